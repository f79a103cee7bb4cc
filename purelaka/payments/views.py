"""The address that Stripe calls."""

import stripe
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.facts import facts_of
from payments.inbox import Receipt, take_in


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take in an event that Stripe signed.

    200: taken in, now or before. 400: not signed by Stripe, too old, or no event; nothing is stored.
    500: the handler failed; the event is kept with its error, and Stripe sends it again.
    503: no signing secret is configured. An empty one would accept what anybody signs.
    """
    if not settings.STRIPE_WEBHOOK_SECRET:
        return _answer("STRIPE_WEBHOOK_SECRET is not set.", status=503)
    try:
        event = stripe.Webhook.construct_event(
            request.body,
            request.headers.get("Stripe-Signature", ""),
            settings.STRIPE_WEBHOOK_SECRET,
            tolerance=settings.STRIPE_WEBHOOK_TOLERANCE_SECONDS,
        ).to_dict()
        event_id, event_type = event["id"], event["type"]
        facts = facts_of(event_type, event["data"]["object"])
    except stripe.SignatureVerificationError:
        return _answer("The signature is not valid.", status=400)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _answer("This is not an event.", status=400)
    receipt = take_in(event_id=event_id, event_type=event_type, facts=facts, now=timezone.now())
    return _answer(receipt.value, status=500 if receipt is Receipt.FAILED else 200)


def _answer(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
