"""Paying, giving back, and the address that Stripe calls."""

import stripe
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core.access import staff_only
from customers.access import customer_required
from orders.statuses import OrderStatus
from payments.facts import facts_of
from payments.forms import RefundForm
from payments.gateway import StripeRefused, StripeUnavailable, start_checkout
from payments.inbox import Receipt, take_in
from payments.models import Payment, RefundRequest, RequestStatus
from payments.refunding import CannotRefund, ask_for_refund, send

REFUND_NEWS = {
    RequestStatus.ASKED: "Stripe could not be reached. Send the refund again; it counts once.",
    RequestStatus.SENT: "Stripe took the refund. It is booked when Stripe confirms it.",
    RequestStatus.DONE: "The refund is booked.",
    RequestStatus.REFUSED: "Stripe refused the refund.",
}


@customer_required
@require_POST
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Send a customer to Stripe to pay for an order of their own that awaits payment."""
    order = get_object_or_404(request.user.customer.orders, reference=reference)
    if order.status != OrderStatus.PENDING:
        messages.warning(request, "This order does not await payment.")
        return redirect(order)
    try:
        return redirect(
            start_checkout(order, return_url=request.build_absolute_uri(order.get_absolute_url()))
        )
    except (StripeUnavailable, StripeRefused):
        messages.error(request, "Paying is not possible just now. Nothing was taken. Please try again later.")
        return redirect(order)


@staff_only("payments.refund_payment")
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Let staff give back a payment or a part of it."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    form = RefundForm(request.POST or None, payment=payment)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_for_refund(
                payment,
                form.amount_minor(),
                by=request.user,
                goods_came_back=form.cleaned_data["goods_came_back"],
            )
        except CannotRefund as error:
            form.add_error(None, str(error))
        else:
            return _sent(request, asked)
    return render(request, "payments/refund.html", {"form": form, "payment": payment})


@staff_only("payments.refund_payment")
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let staff send a refund again that Stripe may not have got."""
    return _sent(request, get_object_or_404(RefundRequest, pk=pk))


def _sent(request: HttpRequest, asked: RefundRequest) -> HttpResponse:
    status = send(asked)
    level = messages.SUCCESS if status in (RequestStatus.SENT, RequestStatus.DONE) else messages.ERROR
    messages.add_message(request, level, REFUND_NEWS[status])
    return redirect(asked.payment.order)


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
