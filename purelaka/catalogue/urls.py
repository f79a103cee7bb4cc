"""The catalogue's addresses."""

from django.urls import path

from catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.product_list, name="list"),
    path("products/<slug:slug>/", views.product_detail, name="detail"),
    path("products/<slug:slug>/stock/", views.stock, name="stock"),
]
