"""Orders in the administration, to look at."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_money
from orders.models import Order, OrderLine


class OrderLineInline(ReadOnlyInline):
    """The lines of an order."""

    model = OrderLine


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Staff look at orders. What is true of an order's money comes from Stripe, not from a form."""

    list_display = ("reference", "customer", "status", "total", "placed_at")
    list_filter = ("status", "placed_at")
    list_select_related = ("customer",)
    search_fields = ("reference", "customer__name", "customer__user__email")
    date_hierarchy = "placed_at"
    inlines = (OrderLineInline,)

    @admin.display(ordering="total_minor")
    def total(self, order: Order) -> str:
        """Show pounds, not pence."""
        return format_money(order.total_minor)
