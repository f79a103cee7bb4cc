"""Whether the store lives, and whether it is ready."""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

OK = "ok"
# The job runs within the first hour of a day. After this, a missing snapshot is a failure and not a delay.
GRACE = timedelta(hours=2)


def readiness(now: datetime) -> dict[str, str]:
    """Look at what the store needs; each answer is "ok" or says what is wrong, without details for strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = unapplied_migrations()
    except DatabaseError:
        return {"database": "cannot be reached", "migrations": "unknown", "snapshot": "unknown"}
    if waiting:
        return {"database": OK, "migrations": f"{waiting} not applied", "snapshot": "unknown"}
    return {"database": OK, "migrations": OK, "snapshot": snapshot_freshness(now)}


def unapplied_migrations() -> int:
    """Count the migrations that the code has and the database has not."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def snapshot_freshness(now: datetime) -> str:
    """Say whether there is a snapshot of the latest day whose time has come."""
    due = (now.astimezone(UTC) - GRACE).date() - timedelta(days=1)
    latest = apps.get_model("analyticsapp.DailySnapshot").objects.order_by("-day").first()
    if latest is None:
        return "there is none"
    return OK if latest.day >= due else f"the latest is of {latest.day}"
