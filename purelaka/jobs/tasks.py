"""The jobs, as Celery runs them. Beat's timetable is CELERY_BEAT_SCHEDULE in the settings."""

from collections.abc import Callable
from datetime import UTC, date, timedelta

from celery import Task, shared_task
from celery.utils.time import get_exponential_backoff_interval
from django.conf import settings
from django.utils import timezone

from analyticsapp.snapshots import DayHasNotEnded, catch_up
from core.backups import run_backup
from core.retention import enforce, in_words
from jobs.running import run_job

SNAPSHOT, RETENTION, BACKUP = "daily-snapshot", "retention", "backup"


@shared_task(bind=True, name="jobs.daily_snapshot")
def daily_snapshot(self: Task, day: str | None = None) -> None:
    """Take the snapshot of a day, by default yesterday, and of those before it that are without one."""
    now = timezone.now()
    chosen = date.fromisoformat(day) if day else now.astimezone(UTC).date() - timedelta(days=1)

    def work() -> str:
        return ", ".join(f"{one}: {what.value}" for one, what in catch_up(chosen, now=now))

    _run(self, SNAPSHOT, chosen, work)


@shared_task(bind=True, name="jobs.retention")
def retention(self: Task, day: str | None = None) -> None:
    """Delete what need not be kept any longer. The day only names the run; what is due now is deleted now."""
    now = timezone.now()
    chosen = date.fromisoformat(day) if day else now.astimezone(UTC).date()
    _run(self, RETENTION, chosen, lambda: in_words(enforce(now)))


@shared_task(bind=True, name="jobs.backup")
def backup(self: Task, day: str | None = None) -> None:
    """Back the database up, and delete the oldest backups. The day only names the run."""
    now = timezone.now()
    chosen = date.fromisoformat(day) if day else now.astimezone(UTC).date()
    _run(self, BACKUP, chosen, lambda: run_backup(now))


# What the administration's "run again" starts.
TASKS = {SNAPSHOT: daily_snapshot, RETENTION: retention, BACKUP: backup}


def _run(task: Task, job: str, day: date, work: Callable[[], str]) -> None:
    """Run a job, and when it fails have it tried again later, unless that is hopeless or was done enough."""

    def is_retried(error: Exception) -> bool:
        return task.request.retries < settings.JOB_RETRIES and not isinstance(error, DayHasNotEnded)

    try:
        run_job(job, day, work, is_retried=is_retried)
    except Exception as error:
        if not is_retried(error):
            raise
        wait = get_exponential_backoff_interval(
            factor=settings.JOB_BACKOFF_SECONDS,
            retries=task.request.retries,
            maximum=settings.JOB_BACKOFF_MOST_SECONDS,
        )
        # For the same day, also when it is tried after midnight.
        raise task.retry(
            exc=error,
            countdown=wait,
            max_retries=settings.JOB_RETRIES,
            kwargs={"day": day.isoformat()},
        ) from error
