"""Write the tables of the documents that follow from the code."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analyticsapp import kpis
from core import generated, licences, personal_data, retention
from purelaka.settings import environment

README = settings.BASE_DIR / "README.md"
DEPLOYMENT = settings.BASE_DIR.parent / "docs" / "deployment.md"
GOVERNANCE = settings.BASE_DIR.parent / "docs" / "data_governance.md"
TRANSFER = settings.BASE_DIR.parent / "docs" / "transfer.md"
TABLES: dict[str, tuple[Path, Callable[[], str]]] = {
    "environment": (README, environment.as_markdown),
    "variables": (DEPLOYMENT, environment.as_markdown),
    "kpis": (README, kpis.as_markdown),
    "personal data": (GOVERNANCE, personal_data.as_markdown),
    "retention": (GOVERNANCE, retention.as_markdown),
    "licences": (TRANSFER, licences.as_markdown),
}


class Command(BaseCommand):
    """Writes the tables, or with --check ends with 1 when a document differs."""

    help = "Write the tables of environment variables, KPIs, personal data, retention and licences into the documents."
    # The check that asks for this command would keep it from running.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to do."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; end with 1 when one differs"
        )

    def handle(self, **options) -> None:
        """Do it for each table and say so."""
        act = generated.check if options["check"] else generated.write
        problems = []
        for name, (document, table) in TABLES.items():
            try:
                act(document, name, table())
                self.stdout.write(f"{name}: {document.name} says what the code says")
            except (generated.OutOfStep, personal_data.NotDeclared, OSError) as error:
                problems.append(f"{name}: {error}")
        if problems:
            hint = "Run `manage.py write_tables` and look at the difference."
            raise CommandError("\n".join([*problems, hint]))
