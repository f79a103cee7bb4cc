"""The jobs in the administration: what became of them, and running one again."""

import structlog
from django.contrib import admin, messages
from kombu.exceptions import OperationalError

from core.admin import ReadOnlyAdmin
from jobs.models import JobRun
from jobs.tasks import TASKS

logger = structlog.get_logger(__name__)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """Staff see which jobs failed and why, and run them again."""

    list_display = ("job", "day", "status", "attempts", "outcome", "error", "started_at", "request_id")
    list_filter = ("status", "job")
    date_hierarchy = "day"
    actions = ("run_again",)

    def has_rerun_permission(self, request) -> bool:
        """Say who may run a job again."""
        return request.user.has_perm("jobs.rerun_job")

    @admin.action(description="Run again", permissions=("rerun",))
    def run_again(self, request, queryset) -> None:
        """Hand the chosen jobs to a worker, each for its day."""
        try:
            for run in queryset:
                TASKS[run.job].delay(day=run.day.isoformat())
        except (OperationalError, OSError):
            logger.exception("broker_unreachable")
            text = "The broker cannot be reached. The command does the same without it; see the runbook."
            self.message_user(request, text, messages.ERROR)
        else:
            self.message_user(request, f"{len(queryset)} jobs wait for a worker.", messages.SUCCESS)
