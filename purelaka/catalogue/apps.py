"""The app for what the store sells."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Products and the pages that show them."""

    name = "catalogue"
