"""The app for the people who buy."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers, their accounts and signing in."""

    name = "customers"
