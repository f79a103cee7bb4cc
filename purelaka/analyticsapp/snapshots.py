"""Taking the daily snapshots."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Max

from analyticsapp.kpis import DEFINITIONS_VERSION, measure_days
from analyticsapp.models import DailySnapshot


class DayHasNotEnded(ValueError):
    """A day that is still going on has no final figures."""


class Taken(Enum):
    """What taking a snapshot did."""

    NEW = "taken"
    SAME = "unchanged"
    CHANGED = "taken again, because the figures changed"


# A store that was without jobs for longer is told what to take: `snapshot_kpis --days`.
MOST_DAYS_TO_CATCH_UP = 31


def catch_up(last: date, *, now: datetime) -> list[tuple[date, Taken]]:
    """Take the snapshots that are missing between the latest one and the given day, that day included."""
    latest = DailySnapshot.objects.filter(day__lt=last).aggregate(latest=Max("day"))["latest"]
    earliest = last - timedelta(days=MOST_DAYS_TO_CATCH_UP - 1)
    first = max(latest + timedelta(days=1), earliest) if latest else last
    return take_snapshots(first, last, now=now)


@transaction.atomic
def take_snapshots(first: date, last: date, *, now: datetime) -> list[tuple[date, Taken]]:
    """Take a snapshot of every day from first to last, or raise DayHasNotEnded and take none.

    Taking one again changes nothing, unless the figures or their definitions have.
    """
    if last >= now.astimezone(UTC).date():
        raise DayHasNotEnded(f"{last} has not ended (UTC). Its snapshot can be taken tomorrow.")
    stored = {snapshot.day: snapshot for snapshot in DailySnapshot.objects.filter(day__range=(first, last))}
    results, rows = [], []
    for day, figures in measure_days(first, last).items():
        values = {"definitions_version": DEFINITIONS_VERSION, **figures}
        known = stored.get(day)
        if known and known.definitions_version == DEFINITIONS_VERSION and known.figures() == figures:
            results.append((day, Taken.SAME))
            continue
        rows.append(DailySnapshot(day=day, taken_at=now, **values))
        results.append((day, Taken.CHANGED if known else Taken.NEW))
    # One statement for all days. Whoever takes the same day meanwhile waits for it, and neither fails.
    written = [field.name for field in DailySnapshot._meta.fields if field.name not in {"id", "day"}]
    DailySnapshot.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["day"], update_fields=written
    )
    return results
