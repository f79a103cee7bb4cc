"""What became of a demo order: its payment, its refund and the Stripe events that brought the news."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.demo import Plan
from core.money import CURRENCY
from orders.models import Order
from orders.statuses import status_for
from payments.facts import CHARGE_REFUNDED, PAYMENT_CANCELED, PAYMENT_SUCCEEDED, Facts
from payments.models import EventStatus, Payment, Refund, RefundRequest, RequestStatus, StripeEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """Unsaved rows about one order."""

    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    requests: tuple[RefundRequest, ...] = ()
    events: tuple[StripeEvent, ...] = ()


def money_of(order: Order, plan: Plan, *, asked_by) -> Money:
    """Make the rows for an order's fate, and set the order's own status to what follows from them."""
    taken = order.total_minor if plan.fate in ("paid", "refunded", "partly-refunded") else 0
    given = {"refunded": taken, "partly-refunded": max(taken // 4, 1)}.get(plan.fate, 0)
    order.cancelled_at = plan.changed_at if plan.fate == "cancelled" else None
    order.status = status_for(
        total_minor=order.total_minor,
        taken_minor=taken,
        refunded_minor=given,
        is_cancelled=order.cancelled_at is not None,
    )
    if order.cancelled_at:
        canceled = _event(order, PAYMENT_CANCELED, order.cancelled_at, intent_status="canceled")
        return Money(events=(canceled,))
    if not taken:
        return Money()
    payment = Payment(
        order=order,
        intent_id=_intent_of(order),
        amount_minor=taken,
        refunded_minor=given,
        booked_at=plan.paid_at,
    )
    succeeded = _event(order, PAYMENT_SUCCEEDED, plan.paid_at, intent_status="succeeded", taken_minor=taken)
    if not given:
        return Money(payments=(payment,), events=(succeeded,))
    refund = Refund(payment=payment, amount_minor=given, booked_at=plan.changed_at)
    asked = RefundRequest(
        payment=payment,
        amount_minor=given,
        refunded_to_minor=given,
        goods_came_back=plan.fate == "refunded",
        # Not made up anew: seeding is the same every time.
        idempotency_key=uuid.uuid5(uuid.NAMESPACE_URL, f"refund/{order.reference}"),
        status=RequestStatus.DONE,
        stripe_id=f"re_demo_{order.reference}",
        asked_by=asked_by,
        asked_at=plan.changed_at,
    )
    refunded = _event(order, CHARGE_REFUNDED, plan.changed_at, taken_minor=taken, refunded_minor=given)
    return Money(payments=(payment,), refunds=(refund,), requests=(asked,), events=(succeeded, refunded))


def _intent_of(order: Order) -> str:
    return f"pi_demo_{order.reference}"


def _event(order: Order, event_type: str, moment: datetime, **facts) -> StripeEvent:
    known = Facts(
        order_reference=order.reference, intent_id=_intent_of(order), currency=CURRENCY.lower(), **facts
    )
    return StripeEvent(
        event_id=f"evt_demo_{order.reference}_{event_type}",
        event_type=event_type,
        status=EventStatus.PROCESSED,
        order=order,
        facts=known.as_json(),
        attempts=1,
        received_at=moment,
        finished_at=moment,
    )
