"""What became of the store's jobs."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class RunStatus(models.TextChoices):
    """How far a job is."""

    RUNNING = "running", "Running"
    RETRYING = "retrying", "Failed, will be tried again"
    FAILED = "failed", "Failed"
    SUCCEEDED = "succeeded", "Succeeded"


class JobRun(models.Model):
    """One job for one day: however often it runs, it has one row, which tells of the latest attempt."""

    PERSONAL_DATA: ClassVar = {}

    job = models.CharField(max_length=60)
    day = models.DateField()
    status = models.CharField(max_length=20, choices=RunStatus, default=RunStatus.RUNNING)
    attempts = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=500, blank=True)
    error = models.CharField(max_length=500, blank=True)
    # Under which the log has the details.
    request_id = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-day", "job")
        permissions = (("rerun_job", "Can run a job again"),)
        constraints = (
            models.UniqueConstraint(fields=("job", "day"), name="one_run_a_job_a_day"),
            models.CheckConstraint(
                condition=models.Q(status__in=RunStatus.values), name="job_run_status_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=("failed", "retrying")) | ~models.Q(error=""),
                name="failed_job_run_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.job} for {self.day}"
