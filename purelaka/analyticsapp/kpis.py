"""The definitions of the store's KPIs: the only place where a figure gets its meaning.

A day is a UTC day. A fact belongs to the day on which the store booked it, so the figures of a day that has
ended do not change. Whoever changes what a figure means raises DEFINITIONS_VERSION in the same change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.apps import apps
from django.db.models import Aggregate, Count, Sum
from django.db.models.functions import TruncDate

DEFINITIONS_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Kpi:
    """One figure: which rows of a day it looks at, and how it adds them up."""

    name: str
    meaning: str
    model: str
    moment: str
    measure: Aggregate


KPIS = (
    Kpi(
        name="customers_joined",
        meaning="Customers who made their account",
        model="customers.Customer",
        moment="joined_at",
        measure=Count("pk"),
    ),
    Kpi(
        name="orders_placed",
        meaning="Orders placed, whatever became of them",
        model="orders.Order",
        moment="placed_at",
        measure=Count("pk"),
    ),
    Kpi(
        name="orders_cancelled",
        meaning="Orders cancelled, whether or not money came later",
        model="orders.Order",
        moment="cancelled_at",
        measure=Count("pk"),
    ),
    Kpi(
        name="payments_taken",
        meaning="Payments booked",
        model="payments.Payment",
        moment="booked_at",
        measure=Count("pk"),
    ),
    Kpi(
        name="gross_minor",
        meaning="Pence taken by the payments booked",
        model="payments.Payment",
        moment="booked_at",
        measure=Sum("amount_minor"),
    ),
    Kpi(
        name="refunded_minor",
        meaning="Pence given back by the refunds booked, for payments of any day",
        model="payments.Refund",
        moment="booked_at",
        measure=Sum("amount_minor"),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The figures of several days together, and what follows from them."""

    orders_placed: int
    payments_taken: int
    gross_minor: int
    refunded_minor: int

    @property
    def net_minor(self) -> int:
        """Return what came in less what went back."""
        return self.gross_minor - self.refunded_minor

    @property
    def average_payment_minor(self) -> int:
        """Return pence a payment, rounded down; 0 without one."""
        return self.gross_minor // self.payments_taken if self.payments_taken else 0

    @property
    def refunded_percent(self) -> float:
        """Return how much of what came in on these days went back on these days, also for earlier payments."""
        return round(100 * self.refunded_minor / self.gross_minor, 1) if self.gross_minor else 0.0


def summarise(days: Iterable[Mapping[str, int]]) -> Summary:
    """Add up the figures of days."""
    days = list(days)
    names = ("orders_placed", "payments_taken", "gross_minor", "refunded_minor")
    return Summary(**{name: sum(day[name] for day in days) for name in names})


# What each version changed. A snapshot keeps the version under which it was taken, and `run_checks` names
# those of an older one, to be taken again.
VERSIONS = {1: "The first definitions"}


def as_markdown() -> str:
    """Return the definitions as a table."""
    rows = (f"| `{kpi.name}` | {kpi.meaning} | `{kpi.model}` by `{kpi.moment}` |" for kpi in KPIS)
    return "\n".join(("| KPI | meaning | rows |", "| --- | --- | --- |", *rows))


def measure_days(first: date, last: date) -> Mapping[date, Mapping[str, int]]:
    """Measure every KPI on every day from first to last, both included, with one query a KPI."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    figures = {day: dict.fromkeys((kpi.name for kpi in KPIS), 0) for day in days}
    start = datetime.combine(first, time.min, tzinfo=UTC)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)
    for kpi in KPIS:
        rows = (
            apps.get_model(kpi.model)
            .objects.filter(**{f"{kpi.moment}__gte": start, f"{kpi.moment}__lt": end})
            .order_by()
            .annotate(day=TruncDate(kpi.moment, tzinfo=UTC))
            .values("day")
            .annotate(figure=kpi.measure)
            .values_list("day", "figure")
        )
        for day, figure in rows:
            figures[day][kpi.name] = figure
    return figures
