"""The store's figures, kept a day at a time."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from analyticsapp.kpis import KPIS


class DailySnapshot(models.Model):
    """The KPIs of one day that has ended. kpis.py says what each means, and under which version."""

    PERSONAL_DATA: ClassVar = {}

    day = models.DateField(unique=True)
    definitions_version = models.PositiveSmallIntegerField()
    customers_joined = models.PositiveIntegerField()
    orders_placed = models.PositiveIntegerField()
    orders_cancelled = models.PositiveIntegerField()
    payments_taken = models.PositiveIntegerField()
    gross_minor = models.PositiveBigIntegerField()
    refunded_minor = models.PositiveBigIntegerField()
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-day",)
        permissions = (("export_data", "Can export orders and figures as CSV"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(definitions_version__gt=0), name="snapshot_names_its_definitions"
            ),
        )

    def __str__(self) -> str:
        return self.day.isoformat()

    @property
    def net_minor(self) -> int:
        """Return what came in less what went back. It is negative on a day of refunds."""
        return self.gross_minor - self.refunded_minor

    def figures(self) -> dict[str, int]:
        """Return the stored KPIs by name."""
        return {kpi.name: getattr(self, kpi.name) for kpi in KPIS}
