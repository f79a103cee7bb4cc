"""Take daily KPI snapshots."""

from datetime import UTC, date, datetime, timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analyticsapp.snapshots import DayHasNotEnded, take_snapshots
from core.logs import traced
from jobs.running import run_job


class Command(BaseCommand):
    """Takes the snapshot of a day that has ended, without broker or worker. Again, and nothing changes."""

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
            with traced(command="snapshot_kpis"):
                for number in range(options["days"]):
                    self.take(first + timedelta(days=number), now)
        except DayHasNotEnded as error:
            raise CommandError(str(error)) from error

    def take(self, day: date, now: datetime) -> None:
        """Run the job of one day, so that it is seen where jobs are seen."""

        def work() -> str:
            ((_, taken),) = take_snapshots(day, day, now=now)
            return f"{day}: {taken.value}"

        if day >= now.astimezone(UTC).date():
            # A wrong option is not a failed job.
            raise DayHasNotEnded(f"{day} has not ended (UTC). Its snapshot can be taken tomorrow.")
        self.stdout.write(run_job("daily-snapshot", day, work).outcome)
