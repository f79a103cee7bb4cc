"""The addresses that machines ask."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [path("healthz", views.healthz, name="healthz"), path("readyz", views.readyz, name="readyz")]
