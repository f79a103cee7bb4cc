"""Asking Stripe to do something. What it did is believed only when its webhook says so."""

import stripe
from django.conf import settings
from django.utils import timezone

from core.money import CURRENCY
from orders.models import Order
from payments.models import RefundRequest

TIMEOUT_SECONDS = 10


class StripeUnavailable(Exception):
    """Nobody knows whether Stripe did it. The same request may be sent again: its key makes it count once."""


class StripeRefused(Exception):
    """Stripe said no, and asking the same again would not help. The text is Stripe's."""


def start_checkout(order: Order, *, return_url: str) -> str:
    """Open a Stripe Checkout for an order and return its address.

    Asking again on the same day gives the same checkout, so that an order cannot be paid twice by two clicks.
    No name or address goes to Stripe from here; the customer writes them there.
    """
    lines = order.lines.select_related("product")
    items = [
        {
            "quantity": line.quantity,
            "price_data": {
                "currency": CURRENCY.lower(),
                "unit_amount": line.unit_price_minor,
                "product_data": {"name": line.product.name},
            },
        }
        for line in lines
    ]
    session = _ask(
        lambda client, options: client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": items,
                "client_reference_id": order.reference,
                "payment_intent_data": {"metadata": {"order_reference": order.reference}},
                "success_url": return_url,
                "cancel_url": return_url,
            },
            options,
        ),
        key=f"checkout-{order.reference}-{timezone.now():%Y-%m-%d}",
    )
    return session.url


def send_refund(request: RefundRequest) -> str:
    """Ask Stripe to give money back and return its name for the refund. Asking again counts once."""
    refund = _ask(
        lambda client, options: client.v1.refunds.create(
            {"payment_intent": request.payment.intent_id, "amount": request.amount_minor}, options
        ),
        key=str(request.idempotency_key),
    )
    return refund.id


def _ask(call, *, key: str):
    if not settings.STRIPE_SECRET_KEY:
        raise StripeRefused("STRIPE_SECRET_KEY is not set, so nothing can be asked of Stripe.")
    client = stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.new_default_http_client(timeout=TIMEOUT_SECONDS),
        max_network_retries=1,
    )
    try:
        return call(client, {"idempotency_key": key})
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        raise StripeRefused(error.user_message or "Stripe refused.") from error
    except stripe.StripeError as error:
        raise StripeUnavailable("Stripe could not be reached, or did not answer.") from error
