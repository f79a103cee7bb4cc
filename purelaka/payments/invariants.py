"""What must be true of money and of the events that brought it."""

from datetime import timedelta

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from core.money import format_money
from core.observation import Observation
from orders.models import Order
from orders.statuses import OrderStatus
from payments.models import EventStatus, Payment, RefundRequest, StripeEvent


def every_paid_order_has_its_payment() -> Observation:
    """A paid or refunded order was paid in full, and holds no more than its total."""
    orders = _with_money(OrderStatus.PAID, OrderStatus.REFUNDED)
    short = orders.filter(taken_minor__lt=F("total_minor"))
    over = orders.filter(held_minor__gt=F("total_minor"))
    issues = (
        *(
            f"Order {order} is {order.status}, but {_of(order.taken_minor, order)} was paid."
            for order in short
        ),
        *(f"Order {order} is {order.status}, but {_of(order.held_minor, order)} is held." for order in over),
    )
    return Observation(looked_at=orders.count(), issues=issues)


def every_refunded_order_gave_everything_back() -> Observation:
    """Refunded means that nothing is held; paid means that something is."""
    orders = _with_money(OrderStatus.PAID, OrderStatus.REFUNDED)
    held = orders.filter(status=OrderStatus.REFUNDED).exclude(held_minor=0)
    empty = orders.filter(status=OrderStatus.PAID, taken_minor__gt=0, held_minor=0)
    issues = (
        *(f"Order {order} is refunded, but still holds {format_money(order.held_minor)}." for order in held),
        *(f"Order {order} is paid, but everything was given back." for order in empty),
    )
    return Observation(looked_at=orders.count(), issues=issues)


def no_unpaid_order_holds_money() -> Observation:
    """Money for a pending or cancelled order is money that somebody must send or give back."""
    orders = _with_money(OrderStatus.PENDING, OrderStatus.CANCELLED)
    issues = tuple(
        f"Order {order} is {order.status}, but holds {_of(order.held_minor, order)}."
        for order in orders.filter(held_minor__gt=0)
    )
    return Observation(looked_at=orders.count(), issues=issues)


def every_payment_reconciles_with_its_refunds() -> Observation:
    """What a payment says was given back is the sum of its refunds."""
    payments = Payment.objects.annotate(given_minor=Sum("refunds__amount_minor", default=0)).order_by("pk")
    issues = tuple(
        f"Payment {payment.intent_id} says {format_money(payment.refunded_minor)} was given back, "
        f"its refunds {format_money(payment.given_minor)}."
        for payment in payments.exclude(given_minor=F("refunded_minor"))
    )
    return Observation(looked_at=Payment.objects.count(), issues=issues)


def no_stripe_event_is_an_orphan() -> Observation:
    """An event that was acted on belongs to an order, and to the order that it names."""
    events = StripeEvent.objects.filter(status=EventStatus.PROCESSED).select_related("order").order_by("pk")
    issues, looked_at = [], 0
    for event in events.iterator():
        looked_at += 1
        named = event.facts.get("order_reference")
        if event.order is None:
            issues.append(f"Stripe event {event.event_id} was processed, but belongs to no order.")
        elif named and named != event.order.reference:
            issues.append(f"Stripe event {event.event_id} names {named}, but belongs to {event.order}.")
    return Observation(looked_at=looked_at, issues=tuple(issues))


def no_stripe_event_is_left_undone() -> Observation:
    """A failed event is news about money that the store has not taken in."""
    undone = StripeEvent.objects.exclude(status__in=(EventStatus.PROCESSED, EventStatus.IGNORED)).order_by(
        "pk"
    )
    issues = tuple(
        f"Stripe event {event.event_id} ({event.event_type}) is {event.status}: {event.error or 'no error'}"
        for event in undone
    )
    return Observation(looked_at=StripeEvent.objects.count(), issues=issues)


def no_refund_is_left_unconfirmed() -> Observation:
    """A refund that Stripe has not confirmed within a day is money that a customer waits for."""
    overdue = RefundRequest.objects.filter(
        status__in=RefundRequest.OPEN, asked_at__lt=timezone.now() - timedelta(days=1)
    )
    issues = tuple(
        f"The refund of {request} was asked for on {request.asked_at:%Y-%m-%d} and is still {request.status}."
        for request in overdue.select_related("payment__order").order_by("pk")
    )
    return Observation(looked_at=RefundRequest.objects.count(), issues=issues)


def _with_money(*statuses: str) -> QuerySet[Order]:
    """Give orders with what was taken for them and what is still held."""
    return (
        Order.objects.filter(status__in=statuses)
        .annotate(
            taken_minor=Sum("payments__amount_minor", default=0),
            held_minor=Sum("payments__amount_minor", default=0) - Sum("payments__refunded_minor", default=0),
        )
        .order_by("pk")
    )


def _of(amount: int, order: Order) -> str:
    return f"{format_money(amount)} of {format_money(order.total_minor)}"
