"""The addresses of the figures."""

from django.urls import path

from analyticsapp import views

app_name = "analyticsapp"
urlpatterns = [
    path("", views.days, name="days"),
    path("exports/<slug:name>.csv", views.export, name="export"),
]
