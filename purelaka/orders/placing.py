"""Placing an order."""

from collections.abc import Mapping

from django.db import transaction

from catalogue.models import Product
from catalogue.stock import take_for_order
from customers.models import Customer
from orders.models import Order, OrderLine


class NothingToOrder(ValueError):
    """An order needs at least one product, each at least once."""


@transaction.atomic
def place_order(customer: Customer, quantities: Mapping[Product, int]) -> Order:
    """Store an order with its lines at today's prices and take its goods from stock.

    Raises NothingToOrder or OutOfStock, and then stores nothing.
    """
    if not quantities or min(quantities.values()) < 1:
        raise NothingToOrder("Choose at least one product.")
    total = sum(product.price_minor * quantity for product, quantity in quantities.items())
    order = Order.objects.create(customer=customer, total_minor=total)
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=product, quantity=quantity, unit_price_minor=product.price_minor)
        for product, quantity in quantities.items()
    )
    take_for_order(order, quantities, now=order.placed_at)
    return order
