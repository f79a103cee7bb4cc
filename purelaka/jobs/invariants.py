"""What must be true of jobs."""

from datetime import timedelta

from django.utils import timezone

from core.observation import Observation
from jobs.models import JobRun, RunStatus

# No job takes longer; one that seems to is dead.
LONGEST = timedelta(hours=6)


def no_job_is_left_failed() -> Observation:
    """A job that gave up, or that never came to an end, waits for somebody."""
    issues = []
    for run in JobRun.objects.exclude(status=RunStatus.SUCCEEDED).order_by("day", "job"):
        if run.status == RunStatus.FAILED:
            issues.append(f"The job {run} failed, {run.attempts} times in a row: {run.error}")
        elif run.started_at < timezone.now() - LONGEST:
            issues.append(f"The job {run} is {run.status} since {run.started_at:%Y-%m-%d %H:%M}.")
    return Observation(looked_at=JobRun.objects.count(), issues=tuple(issues))
