"""The store's addresses, one include an app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("", include("catalogue.urls")),
    path("accounts/", include("customers.urls")),
    path("orders/", include("orders.urls")),
    path("payments/", include("payments.urls")),
    path("analytics/", include("analyticsapp.urls")),
    path("admin/", admin.site.urls),
]
