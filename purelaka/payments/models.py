"""Money that was taken and given back, and the Stripe events that brought the news."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.money import format_money
from orders.models import Order


class Payment(models.Model):
    """Money taken for an order by one Stripe payment intent."""

    PERSONAL_DATA: ClassVar = {"intent_id": "Stripe's name for the payment; Stripe knows who paid"}

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    intent_id = models.CharField("Stripe payment intent", max_length=255, unique=True)
    amount_minor = models.PositiveBigIntegerField("amount in pence")
    refunded_minor = models.PositiveBigIntegerField("refunded so far, in pence", default=0)
    booked_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-booked_at", "-pk")
        permissions = (("refund_payment", "Can ask Stripe to give money back"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payment_has_an_amount"),
            models.CheckConstraint(
                condition=models.Q(refunded_minor__lte=models.F("amount_minor")),
                name="payment_refunds_no_more_than_it_took",
            ),
        )

    def __str__(self) -> str:
        return f"{format_money(self.amount_minor)} for {self.order}"

    @property
    def held_minor(self) -> int:
        """Return what is left of it."""
        return self.amount_minor - self.refunded_minor


class Refund(models.Model):
    """A part of a payment that was given back, booked when the store heard of it."""

    PERSONAL_DATA: ClassVar = {}

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveBigIntegerField("amount in pence")
    booked_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-booked_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_has_an_amount"),
        )

    def __str__(self) -> str:
        return f"{format_money(self.amount_minor)} of {self.payment}"


class RequestStatus(models.TextChoices):
    """How far the store is with a refund that somebody asked for."""

    ASKED = "asked", "Asked, not yet taken by Stripe"
    SENT = "sent", "Taken by Stripe, not yet confirmed"
    DONE = "done", "Confirmed by Stripe"
    REFUSED = "refused", "Refused by Stripe"


class RefundRequest(models.Model):
    """Who asked Stripe to give back how much. The money itself is booked when Stripe says so, as a Refund."""

    PERSONAL_DATA: ClassVar = {
        "asked_by": "Which member of staff asked for it",
        "stripe_id": "Stripe's name for the refund; Stripe knows whose",
    }

    OPEN = (RequestStatus.ASKED, RequestStatus.SENT)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="requests")
    amount_minor = models.PositiveBigIntegerField("amount in pence")
    # What will have been given back in all once Stripe has done it: then the request is done.
    refunded_to_minor = models.PositiveBigIntegerField("refunded in all afterwards, in pence")
    goods_came_back = models.BooleanField(default=False)
    # Stripe does the same request once, however often it is sent with this key.
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.ASKED)
    stripe_id = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=RequestStatus.values), name="refund_request_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="refund_request_has_an_amount"
            ),
            models.UniqueConstraint(
                fields=("payment",),
                condition=models.Q(status__in=("asked", "sent")),
                name="one_open_refund_request_a_payment",
            ),
        )

    def __str__(self) -> str:
        return f"{format_money(self.amount_minor)} of {self.payment}"


class EventStatus(models.TextChoices):
    """How far the store is with a Stripe event."""

    CLAIMED = "claimed", "Claimed"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Ignored"
    FAILED = "failed", "Failed"


class StripeEvent(models.Model):
    """One event of Stripe's: stored once, acted on once, however often and in whatever order it comes.

    `facts` holds only what the handlers read. The event's names, addresses and card details are not kept.
    """

    PERSONAL_DATA: ClassVar = {
        "facts": "The order's reference and Stripe's name for the payment; no name, no address"
    }

    event_id = models.CharField(max_length=255, unique=True)
    event_type = models.CharField(max_length=120)
    status = models.CharField(max_length=20, choices=EventStatus, default=EventStatus.CLAIMED)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="stripe_events", null=True, blank=True
    )
    facts = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-received_at", "-pk")
        permissions = (("retry_stripeevent", "Can retry a failed Stripe event"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=EventStatus.values), name="stripe_event_status_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=EventStatus.PROCESSED) | models.Q(order__isnull=False),
                name="processed_stripe_event_has_its_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=EventStatus.FAILED) | ~models.Q(error=""),
                name="failed_stripe_event_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id}"
