"""Money in the administration, to look at, and failed events, to try again."""

from django.contrib import admin, messages
from django.utils import timezone

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_money
from payments.inbox import act_on
from payments.models import EventStatus, Payment, Refund, RefundRequest, StripeEvent


class RefundInline(ReadOnlyInline):
    """The refunds of a payment."""

    model = Refund


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Staff look at what was taken and given back."""

    list_display = ("intent_id", "order", "amount", "refunded", "booked_at")
    list_select_related = ("order",)
    search_fields = ("intent_id", "order__reference")
    date_hierarchy = "booked_at"
    inlines = (RefundInline,)

    @admin.display(ordering="amount_minor")
    def amount(self, payment: Payment) -> str:
        """Show pounds, not pence."""
        return format_money(payment.amount_minor)

    @admin.display(ordering="refunded_minor")
    def refunded(self, payment: Payment) -> str:
        """Show pounds, not pence."""
        return format_money(payment.refunded_minor)


@admin.register(RefundRequest)
class RefundRequestAdmin(ReadOnlyAdmin):
    """Staff see who asked for which refund, and what became of it."""

    list_display = ("payment", "amount", "status", "asked_by", "asked_at", "error")
    list_filter = ("status",)
    list_select_related = ("payment__order", "asked_by")
    search_fields = ("payment__intent_id", "payment__order__reference")
    date_hierarchy = "asked_at"

    @admin.display(ordering="amount_minor")
    def amount(self, request: RefundRequest) -> str:
        """Show pounds, not pence."""
        return format_money(request.amount_minor)


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    """Staff see which events failed and why, and try them again."""

    list_display = ("event_id", "event_type", "status", "order", "attempts", "error", "received_at")
    list_filter = ("status", "event_type")
    list_select_related = ("order",)
    search_fields = ("event_id", "order__reference")
    actions = ("retry",)

    def has_retry_permission(self, request) -> bool:
        """Say who may retry."""
        return request.user.has_perm("payments.retry_stripeevent")

    @admin.action(description="Try failed events again", permissions=("retry",))
    def retry(self, request, queryset) -> None:
        """Act on the chosen events that failed."""
        failed = queryset.filter(status=EventStatus.FAILED).order_by("received_at", "pk")
        receipts = [act_on(event, now=timezone.now()).value for event in failed]
        text = f"Tried {len(receipts)} failed events again: {receipts.count('processed')} processed."
        self.message_user(request, text, messages.WARNING if "failed" in receipts else messages.SUCCESS)
