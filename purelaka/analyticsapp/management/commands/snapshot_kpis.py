"""Take daily KPI snapshots."""

from datetime import UTC, date, timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analyticsapp.snapshots import DayHasNotEnded, take_snapshots


class Command(BaseCommand):
    """Takes the snapshot of a day that has ended. Taking it again changes nothing."""

    help = "Take the KPI snapshot of a day that has ended (UTC). Taking it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which days."""
        parser.add_argument(
            "--date", type=date.fromisoformat, help="the day, as 2026-11-23 (default: yesterday)"
        )
        parser.add_argument(
            "--days", type=int, default=1, help="so many days, ending with that one (default: 1)"
        )

    def handle(self, **options) -> None:
        """Print one line a day."""
        now = timezone.now()
        last = options["date"] or now.astimezone(UTC).date() - timedelta(days=1)
        if options["days"] < 1:
            raise CommandError("--days must be 1 or more.", returncode=2)
        first = last - timedelta(days=options["days"] - 1)
        try:
            results = take_snapshots(first, last, now=now)
        except DayHasNotEnded as error:
            raise CommandError(str(error)) from error
        for day, taken in results:
            self.stdout.write(f"{day}: {taken.value}")
