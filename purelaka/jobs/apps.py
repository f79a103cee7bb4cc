"""The app for work that runs by the clock."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Scheduled jobs, and a record of what became of each."""

    name = "jobs"
