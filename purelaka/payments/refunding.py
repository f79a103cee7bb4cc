"""Giving money back: asked for by staff, done by Stripe, booked when Stripe says so."""

from django.db import transaction

from core.money import format_money
from payments.gateway import StripeRefused, StripeUnavailable, send_refund
from payments.models import Payment, RefundRequest, RequestStatus


class CannotRefund(ValueError):
    """A refund that must not be asked for. The text says why, and is shown to staff."""


@transaction.atomic
def ask_for_refund(
    payment: Payment, amount_minor: int, *, by, goods_came_back: bool = False
) -> RefundRequest:
    """Write down a refund that somebody wants, or raise CannotRefund. It is not sent yet.

    One a payment at a time: until Stripe has confirmed or refused the last one, nobody knows what is left.
    """
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.requests.filter(status__in=RefundRequest.OPEN).exists():
        raise CannotRefund("Another refund of this payment is under way. Wait for Stripe's confirmation.")
    if amount_minor < 1 or amount_minor > payment.held_minor:
        raise CannotRefund(f"Of this payment {format_money(payment.held_minor)} are left to give back.")
    refunded_to = payment.refunded_minor + amount_minor
    if goods_came_back and refunded_to != payment.amount_minor:
        raise CannotRefund("Goods go back into stock when all of their price is given back.")
    return RefundRequest.objects.create(
        payment=payment,
        amount_minor=amount_minor,
        refunded_to_minor=refunded_to,
        goods_came_back=goods_came_back,
        asked_by=by,
    )


def send(request: RefundRequest) -> RequestStatus:
    """Send a refund to Stripe and write down what it said. Sending again counts once.

    Not within a transaction: what was asked must be known even if the store stops before Stripe answers.
    Stripe's confirmation may come first, and then the request stays done.
    """
    changes: dict[str, str]
    try:
        changes = {"stripe_id": send_refund(request), "status": RequestStatus.SENT, "error": ""}
    except StripeRefused as error:
        changes = {"status": RequestStatus.REFUSED, "error": str(error)[:500]}
    except StripeUnavailable as error:
        changes = {"error": str(error)[:500]}
    RefundRequest.objects.filter(pk=request.pk, status=RequestStatus.ASKED).update(**changes)
    request.refresh_from_db()
    return RequestStatus(request.status)
