"""The app for what customers order."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders, their lines and their one set of statuses."""

    name = "orders"
