"""Moving stock: every change is one movement, and a product's stock is their sum.

An order holds its goods from the moment it is placed. Cancelling gives them back. Money for a cancelled order
takes them again, even below zero, because money is never refused: that product is then oversold, and
`run_checks` says so.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from catalogue.models import Product, Reason, StockMovement


class OutOfStock(ValueError):
    """There is less of a product than was asked for. The text says so, and is shown to the customer."""


def take_for_order(order, quantities: Mapping[Product, int], *, now: datetime) -> None:
    """Take an order's goods, or raise OutOfStock and take none. Call it within a transaction.

    Each product is one conditional UPDATE, in the order of their keys: of two orders for the last mug one
    waits for the other and is then refused, and no two wait for each other.
    """
    for product in sorted(quantities, key=lambda product: product.pk):
        quantity = quantities[product]
        taken = Product.objects.filter(pk=product.pk, stock__gte=quantity).update(stock=F("stock") - quantity)
        if not taken:
            left = max(Product.objects.values_list("stock", flat=True).get(pk=product.pk), 0)
            raise OutOfStock(
                f"Of {product.name} there are only {left} left." if left else f"{product.name} is sold out."
            )
        StockMovement.objects.create(
            product=product, quantity=-quantity, reason=Reason.ORDERED, order=order, moved_at=now
        )


def put_back(order, *, reason: Reason, now: datetime, by=None) -> None:
    """Give back what an order holds. When it holds nothing, nothing happens."""
    for product, held in _held_by(order):
        if held > 0:
            _move(product, held, reason=reason, order=order, by=by, now=now)


def take_again(order, *, now: datetime) -> None:
    """Take the goods of an order that was cancelled and then paid, once, even where there are none left."""
    if order.movements.filter(reason=Reason.PAID_LATE).exists():
        return
    held = dict(_held_by(order))
    for line in order.lines.order_by("product_id"):
        # An order from before stock was kept took nothing, and takes nothing now.
        if held.get(line.product_id) == 0:
            _move(line.product_id, -line.quantity, reason=Reason.PAID_LATE, order=order, by=None, now=now)


@transaction.atomic
def adjust(product: Product, quantity: int, *, reason: Reason, by, now: datetime) -> None:
    """Book goods that came in, or what a count found to be more or less."""
    _move(product.pk, quantity, reason=reason, order=None, by=by, now=now)


def _held_by(order) -> list[tuple[int, int]]:
    """List the products of an order with how many of each it holds: what went out less what came back."""
    sums = order.movements.order_by("product_id").values("product_id").annotate(moved=Sum("quantity"))
    return [(row["product_id"], -row["moved"]) for row in sums]


def _move(product_id: int, quantity: int, *, reason: Reason, order, by, now: datetime) -> None:
    StockMovement.objects.create(
        product_id=product_id, quantity=quantity, reason=reason, order=order, moved_by=by, moved_at=now
    )
    Product.objects.filter(pk=product_id).update(stock=F("stock") + quantity)
