"""What must be true of the daily snapshots."""

from django.db.models import Max, Min

from analyticsapp.kpis import DEFINITIONS_VERSION, measure_days
from analyticsapp.models import DailySnapshot
from core.observation import Observation


def every_snapshot_reconciles_with_its_day() -> Observation:
    """Measuring a day anew gives the figures that were kept."""
    snapshots = DailySnapshot.objects.order_by("day")
    span = snapshots.aggregate(first=Min("day"), last=Max("day"))
    if span["first"] is None:
        return Observation(looked_at=0)
    measured, issues = measure_days(span["first"], span["last"]), []
    for snapshot in snapshots:
        if snapshot.definitions_version != DEFINITIONS_VERSION:
            issues.append(
                f"Snapshot {snapshot} uses definitions {snapshot.definitions_version}: take it again."
            )
            continue
        for name, kept in snapshot.figures().items():
            if kept != (now := measured[snapshot.day][name]):
                issues.append(f"Snapshot {snapshot} keeps {name} {kept}, but the day now has {now}.")
    return Observation(looked_at=len(snapshots), issues=tuple(issues))
