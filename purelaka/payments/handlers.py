"""What the store does about each kind of Stripe event. To handle another kind, add it to HANDLERS."""

from collections.abc import Callable
from datetime import datetime

from core.money import CURRENCY
from orders.models import Order
from orders.statuses import OrderStatus, normalise_status
from payments.facts import CHARGE_REFUNDED, PAYMENT_CANCELED, PAYMENT_SUCCEEDED, Facts
from payments.models import Payment
from payments.recording import record_cancellation, record_payment, record_refund


class EventRefused(ValueError):
    """An event that cannot be acted on as it is. The text says why, and is shown to staff."""


def payment_succeeded(facts: Facts, *, now: datetime) -> Order:
    """Book the money that an intent took."""
    order = _order_of(facts)
    amount = _amount(facts, facts.taken_minor, "amount received")
    record_payment(order, intent_id=_intent(facts), amount_minor=amount, now=now)
    return order


def payment_canceled(facts: Facts, *, now: datetime) -> Order:
    """Cancel an order whose intent will take no money."""
    order = _order_of(facts)
    if normalise_status(facts.intent_status or "") is not OrderStatus.CANCELLED:
        raise EventRefused(f"A cancellation whose intent is {facts.intent_status!r}.")
    record_cancellation(order, now=now)
    return order


def charge_refunded(facts: Facts, *, now: datetime) -> Order:
    """Book what was given back. The news may come before the news of the payment, so that is booked too."""
    order = _order_of(facts)
    taken = _amount(facts, facts.taken_minor, "amount taken")
    refunded = _amount(facts, facts.refunded_minor, "amount refunded")
    payment = record_payment(order, intent_id=_intent(facts), amount_minor=taken, now=now)
    record_refund(payment, refunded_minor=refunded, now=now)
    return order


HANDLERS: dict[str, Callable[..., Order]] = {
    PAYMENT_SUCCEEDED: payment_succeeded,
    PAYMENT_CANCELED: payment_canceled,
    CHARGE_REFUNDED: charge_refunded,
}


def _order_of(facts: Facts) -> Order:
    """Find the order and lock it, so that two events about it wait for each other."""
    orders = Order.objects.select_for_update()
    if facts.order_reference:
        order = orders.filter(reference=facts.order_reference).first()
        named = f"order {facts.order_reference!r}"
    else:
        known = Payment.objects.filter(intent_id=facts.intent_id).values_list("order_id", flat=True)
        order = orders.filter(pk__in=known).first()
        named = f"order paid by {facts.intent_id!r}"
    if order is None:
        raise EventRefused(f"The store has no {named}.")
    return order


def _intent(facts: Facts) -> str:
    if not facts.intent_id:
        raise EventRefused("The event names no payment intent.")
    return facts.intent_id


def _amount(facts: Facts, value: int | None, name: str) -> int:
    if (facts.currency or "").upper() != CURRENCY:
        raise EventRefused(f"The event is in {facts.currency!r}; the store trades in {CURRENCY}.")
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise EventRefused(f"The event has no {name}: {value!r}.")
    return value
