"""What must be true of orders."""

from django.db.models import F, Sum

from core.money import format_money
from core.observation import Observation
from orders.models import Order
from orders.statuses import OrderStatus


def every_order_status_is_known() -> Observation:
    """The database refuses unknown statuses; this finds what got past it, from a restore or by hand."""
    strays = Order.objects.exclude(status__in=OrderStatus.values).order_by("pk")
    issues = tuple(f"Order {order} has the unknown status {order.status!r}." for order in strays)
    return Observation(looked_at=Order.objects.count(), issues=issues)


def every_order_total_is_the_sum_of_its_lines() -> Observation:
    """An order without lines sums to nothing, so it is found too."""
    orders = Order.objects.annotate(
        lines_minor=Sum(F("lines__quantity") * F("lines__unit_price_minor"), default=0)
    ).order_by("pk")
    issues = tuple(
        f"Order {order} says {format_money(order.total_minor)}, its lines {format_money(order.lines_minor)}."
        for order in orders.exclude(lines_minor=F("total_minor"))
    )
    return Observation(looked_at=Order.objects.count(), issues=issues)
