"""Recording what happened to an order's money.

Each function adds a fact that can only grow and then works the order's status out anew from all facts. So a
fact that is told twice changes nothing, and two facts give the same result in either order.
"""

from datetime import datetime

from django.db.models import Sum

from catalogue.models import Reason
from catalogue.stock import put_back, take_again
from orders.models import Order
from orders.statuses import OrderStatus, status_for
from payments.models import Payment, Refund, RefundRequest, RequestStatus


class Contradiction(ValueError):
    """Two facts that cannot both be true."""


def record_payment(order: Order, *, intent_id: str, amount_minor: int, now: datetime) -> Payment:
    """Record money taken by an intent, once. Raise Contradiction when the intent is known otherwise."""
    payment, _ = Payment.objects.get_or_create(
        intent_id=intent_id, defaults={"order": order, "amount_minor": amount_minor, "booked_at": now}
    )
    if payment.order_id != order.pk:
        raise Contradiction(f"Intent {intent_id} already paid for {payment.order}, not for {order}.")
    if payment.amount_minor != amount_minor:
        raise Contradiction(
            f"Intent {intent_id} took {payment.amount_minor}, and is now said to be {amount_minor}."
        )
    # The caller's own object, so that a refund through the payment settles the order that the caller holds.
    payment.order = order
    settle(order, now=now)
    return payment


def record_refund(payment: Payment, *, refunded_minor: int, now: datetime) -> Refund | None:
    """Record how much of a payment has been given back in all. Less than is known already is old news."""
    if refunded_minor > payment.amount_minor:
        raise Contradiction(
            f"Intent {payment.intent_id} took {payment.amount_minor}, not {refunded_minor} to refund."
        )
    more = refunded_minor - payment.refunded_minor
    if more <= 0:
        return None
    refund = Refund.objects.create(payment=payment, amount_minor=more, booked_at=now)
    payment.refunded_minor = refunded_minor
    payment.save(update_fields=["refunded_minor"])
    settle(payment.order, now=now)
    done = payment.requests.filter(status__in=RefundRequest.OPEN, refunded_to_minor__lte=refunded_minor)
    for request in done:
        request.status = RequestStatus.DONE
        request.save(update_fields=["status"])
        if request.goods_came_back:
            put_back(payment.order, reason=Reason.RETURNED, now=now, by=request.asked_by)
    return refund


def record_cancellation(order: Order, *, now: datetime) -> None:
    """Record that an order will not be paid, unless it was."""
    if order.cancelled_at is None and not order.payments.exists():
        order.cancelled_at = now
        settle(order, now=now)


def settle(order: Order, *, now: datetime) -> OrderStatus:
    """Store the status that follows from everything recorded about an order, and move its goods with it."""
    sums = order.payments.aggregate(
        taken=Sum("amount_minor", default=0), refunded=Sum("refunded_minor", default=0)
    )
    order.status = status_for(
        total_minor=order.total_minor,
        taken_minor=sums["taken"],
        refunded_minor=sums["refunded"],
        is_cancelled=order.cancelled_at is not None,
    )
    order.save(update_fields=["status", "cancelled_at"])
    if order.status == OrderStatus.CANCELLED:
        put_back(order, reason=Reason.CANCELLED, now=now)
    elif order.cancelled_at is not None and order.status == OrderStatus.PAID:
        take_again(order, now=now)
    return order.status
