"""The addresses of orders."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("", views.order_list, name="list"),
    path("new/", views.place, name="place"),
    path("<str:reference>/", views.order_detail, name="detail"),
    path("<str:reference>/cancel/", views.cancel, name="cancel"),
]
