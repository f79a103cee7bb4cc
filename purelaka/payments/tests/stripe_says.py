"""Events as Stripe sends them, signed as Stripe signs them, by a secret that is made for each run."""

import hashlib
import hmac
import json
import secrets
import time

from django.test import override_settings

from core.tests.people import StoreTestCase
from orders.models import Order
from payments.models import Payment, Refund, StripeEvent

SECRET = "whsec_" + secrets.token_hex(16)


def sign(payload: str, *, secret: str = SECRET, at: int | None = None) -> str:
    """Return the Stripe-Signature header: HMAC-SHA256 over the time, a full stop and the body."""
    moment = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{moment}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def event(event_id: str, event_type: str, content: dict) -> str:
    """Return the body of a webhook call."""
    return json.dumps(
        {
            "id": event_id,
            "object": "event",
            "type": event_type,
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": content},
        }
    )


def succeeded(order: Order, *, event_id: str = "evt_paid", intent: str = "pi_1", **changes) -> str:
    """Say that an intent took the order's total."""
    content = {
        "id": intent,
        "object": "payment_intent",
        "status": "succeeded",
        "amount_received": order.total_minor,
        "currency": "gbp",
        "metadata": {"order_reference": order.reference},
        "receipt_email": "chloe@purelaka.example",
    }
    return event(event_id, "payment_intent.succeeded", content | changes)


def canceled(order: Order, *, event_id: str = "evt_canceled", intent: str = "pi_1", **changes) -> str:
    """Say that an intent was cancelled, in Stripe's spelling."""
    content = {
        "id": intent,
        "object": "payment_intent",
        "status": "canceled",
        "amount_received": 0,
        "currency": "gbp",
        "metadata": {"order_reference": order.reference},
    }
    return event(event_id, "payment_intent.canceled", content | changes)


def refunded(
    order: Order, amount: int, *, event_id: str = "evt_refund", intent: str = "pi_1", **changes
) -> str:
    """Say how much of an intent's charge has been given back in all."""
    content = {
        "id": "ch_1",
        "object": "charge",
        "payment_intent": intent,
        "amount": order.total_minor,
        "amount_captured": order.total_minor,
        "amount_refunded": amount,
        "refunded": amount == order.total_minor,
        "currency": "gbp",
        "metadata": {"order_reference": order.reference},
        "billing_details": {"name": "Chloe", "email": "chloe@purelaka.example"},
    }
    return event(event_id, "charge.refunded", content | changes)


@override_settings(STRIPE_WEBHOOK_SECRET=SECRET)
class WebhookTestCase(StoreTestCase):
    """A store that Stripe talks to."""

    def deliver(self, payload: str, signature: str | None = None):
        """Call the webhook, signed by Stripe unless told otherwise."""
        return self.client.post(
            "/payments/stripe/webhook/",
            data=payload,
            content_type="application/json",
            headers={"Stripe-Signature": sign(payload) if signature is None else signature},
        )

    def state(self) -> dict:
        """Return everything that an event may change, so that two states can be compared."""
        return {
            "orders": list(Order.objects.order_by("pk").values("reference", "status", "cancelled_at")),
            "payments": list(Payment.objects.order_by("pk").values()),
            "refunds": list(Refund.objects.order_by("pk").values()),
            "events": list(StripeEvent.objects.order_by("pk").values()),
        }

    def outcome(self, order: Order) -> tuple[str, int, int, list[int]]:
        """Return an order's status, what was taken, what was given back, and in which parts."""
        order.refresh_from_db()
        payments = list(order.payments.all())
        refunds = Refund.objects.filter(payment__order=order).order_by("pk")
        return (
            order.status,
            sum(payment.amount_minor for payment in payments),
            sum(payment.refunded_minor for payment in payments),
            [refund.amount_minor for refund in refunds],
        )
