"""The figures in the administration, to look at."""

from django.contrib import admin

from analyticsapp.models import DailySnapshot
from core.admin import ReadOnlyAdmin


@admin.register(DailySnapshot)
class DailySnapshotAdmin(ReadOnlyAdmin):
    """Staff look at a day's figures; `snapshot_kpis` takes them."""

    list_display = ("day", "orders_placed", "payments_taken", "gross_minor", "refunded_minor", "taken_at")
    date_hierarchy = "day"
