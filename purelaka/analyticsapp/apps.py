"""The app for the store's figures."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Daily KPI snapshots and CSV exports."""

    name = "analyticsapp"
    verbose_name = "Analytics"
