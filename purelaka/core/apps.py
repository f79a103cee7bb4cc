"""The app for what the other apps share: roles, money, business checks, demo data."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Keeps the roles in step with the code whenever the database is migrated."""

    name = "core"

    def ready(self) -> None:
        """Grant the roles their permissions after each migrate."""
        from core import checks  # noqa: F401 (importing registers them)
        from core.roles import grant_roles

        post_migrate.connect(grant_roles, sender=self, dispatch_uid="core.grant_roles")
