"""How long personal data stays, and deleting what need not stay longer.

RETENTION is the policy: docs/data_governance.md shows it, `enforce_retention` and the nightly job carry it out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Customer
from orders.models import Order

ERASED = "Erased customer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One kind of data: how long it stays, why, and what happens then."""

    what: str
    days: int
    why: str
    due: Callable[[datetime], QuerySet]
    act: Callable[[QuerySet], int]


def erase(customers: QuerySet[Customer]) -> int:
    """Forget who customers were. Those who ordered stay as a nameless row, because their orders must."""
    number = 0
    for customer in customers.select_related("user"):
        number += 1
        if customer.orders.exists():
            _make_nameless(customer)
        else:
            user = customer.user
            customer.delete()
            user.delete()
    return number


def _make_nameless(customer: Customer) -> None:
    user = customer.user
    user.username, user.email, user.is_active = f"erased-{user.pk}", "", False
    user.set_unusable_password()
    user.save()
    customer.name = ERASED
    customer.save()


def _delete(rows: QuerySet) -> int:
    number = rows.count()
    rows.delete()
    return number


def _without_orders(before: datetime) -> QuerySet[Customer]:
    silent = Q(user__last_login__lt=before) | Q(user__last_login=None)
    return Customer.objects.filter(silent, joined_at__lt=before, orders=None, user__is_staff=False)


def _with_old_orders(before: datetime) -> QuerySet[Customer]:
    orders = Order.objects.filter(customer=OuterRef("pk"))
    return Customer.objects.exclude(name=ERASED).filter(
        Exists(orders), ~Exists(orders.filter(placed_at__gte=before)), user__is_staff=False
    )


RETENTION = (
    Rule(
        what="failed sign-ins",
        days=30,
        why="To stop guessing, and to see a wave of it",
        due=lambda before: AccessAttempt.objects.filter(attempt_time__lt=before),
        act=_delete,
    ),
    Rule(
        what="sessions after their end",
        days=0,
        why="Nobody is signed in by them any more",
        due=lambda before: Session.objects.filter(expire_date__lt=before),
        act=_delete,
    ),
    Rule(
        what="entries in the administration's log",
        days=400,
        why="To see who changed what, over one business year",
        due=lambda before: LogEntry.objects.filter(action_time__lt=before),
        act=_delete,
    ),
    Rule(
        what="customers who never ordered, after their last visit",
        days=730,
        why="The account may still be wanted",
        due=_without_orders,
        act=erase,
    ),
    Rule(
        what="names and addresses of customers, after their last order",
        days=2557,
        why="Records of sales are kept for six years after the business year; here seven calendar years",
        due=_with_old_orders,
        act=erase,
    ),
)


def due(now: datetime) -> dict[str, int]:
    """Count what is due, and change nothing."""
    return {rule.what: rule.due(now - timedelta(days=rule.days)).count() for rule in RETENTION}


@transaction.atomic
def enforce(now: datetime) -> dict[str, int]:
    """Do what is due and count it. Again, and nothing is due."""
    return {rule.what: rule.act(rule.due(now - timedelta(days=rule.days))) for rule in RETENTION}


def in_words(numbers: dict[str, int]) -> str:
    """Say in a line what was done."""
    return ", ".join(f"{number} {what}" for what, number in numbers.items())


def as_markdown() -> str:
    """Return the policy as a table."""
    rows = (f"| {rule.what} | {rule.days} days | {rule.why} |" for rule in RETENTION)
    return "\n".join(("| what | stays | why |", "| --- | --- | --- |", *rows))
