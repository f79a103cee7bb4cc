"""Running a job so that everybody can see what became of it."""

from collections.abc import Callable
from datetime import date

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.logs import traced
from jobs.models import JobRun, RunStatus

logger = structlog.get_logger(__name__)


def run_job(
    job: str, day: date, work: Callable[[], str], *, is_retried: Callable[[Exception], bool] = lambda _: False
) -> JobRun:
    """Do the work and write down that it ran, with its outcome or its error, which is raised again.

    The work is one transaction: it is done whole or not at all. Its record is not part of it.
    """
    with traced(job=job, day=day.isoformat()) as request_id:
        run, _ = JobRun.objects.get_or_create(job=job, day=day)
        # Attempts are counted from the last success, so that they say how often it failed in a row.
        JobRun.objects.filter(pk=run.pk).update(
            status=RunStatus.RUNNING,
            attempts=1 if run.status == RunStatus.SUCCEEDED else F("attempts") + 1,
            request_id=request_id,
            started_at=timezone.now(),
            finished_at=None,
        )
        logger.info("job_started")
        try:
            with transaction.atomic():
                outcome = work()
        except Exception as error:
            status = RunStatus.RETRYING if is_retried(error) else RunStatus.FAILED
            _finish(run, status=status, error=(str(error) or type(error).__name__)[:500])
            logger.exception("job_failed", status=status)
            raise
        _finish(run, status=RunStatus.SUCCEEDED, outcome=outcome[:500], error="")
        logger.info("job_succeeded", outcome=outcome)
    run.refresh_from_db()
    return run


def _finish(run: JobRun, **values: str) -> None:
    JobRun.objects.filter(pk=run.pk).update(**values, finished_at=timezone.now())
