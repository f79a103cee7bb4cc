"""Delete personal data that need not be kept any longer."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.logs import traced
from core.retention import due, enforce, in_words
from jobs.running import run_job


class Command(BaseCommand):
    """Carries out the retention policy, without broker or worker. Again, and nothing is due."""

    help = "Delete personal data that need not be kept any longer; docs/data_governance.md has the policy."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the rehearsal."""
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")

    def handle(self, **options) -> None:
        """Do it as a job, so that it is seen where jobs are seen."""
        now = timezone.now()
        if options["dry_run"]:
            self.show(due(now), "due")
            return
        done: dict[str, int] = {}

        def work() -> str:
            done.update(enforce(now))
            return in_words(done)

        with traced(command="enforce_retention"):
            run_job("retention", now.date(), work)
        self.show(done, "done")

    def show(self, numbers: dict[str, int], word: str) -> None:
        """Print one line a rule."""
        for what, number in numbers.items():
            self.stdout.write(f"{what}: {number} {word}")
