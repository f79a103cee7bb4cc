"""What customers order."""

import secrets
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Product
from core.money import format_money
from customers.models import Customer
from orders.statuses import OrderStatus

# No vowels, so no words; no 0, 1 or I, so that it survives being read out on the telephone.
REFERENCE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
REFERENCE_LENGTH = 10


def new_reference() -> str:
    """Make an order's public name. It cannot be guessed, and says nothing about how many orders there are."""
    return "PL-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


class Order(models.Model):
    """What one customer ordered at one moment, at the prices of that moment."""

    PERSONAL_DATA: ClassVar = {"customer": "Who ordered"}

    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, choices=OrderStatus, default=OrderStatus.PENDING)
    total_minor = models.PositiveBigIntegerField("total in pence")
    placed_at = models.DateTimeField(default=timezone.now, db_index=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("-placed_at", "-pk")
        permissions = (("cancel_order", "Can cancel an order that is not paid"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=OrderStatus.values), name="order_status_is_known"
            ),
            models.CheckConstraint(condition=models.Q(total_minor__gt=0), name="order_has_a_total"),
            models.CheckConstraint(
                condition=~models.Q(status=OrderStatus.CANCELLED) | models.Q(cancelled_at__isnull=False),
                name="cancelled_order_says_when",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the address of the order's page."""
        return reverse("orders:detail", args=[self.reference])


class OrderLine(models.Model):
    """So many of one product, at the price at which it was ordered."""

    PERSONAL_DATA: ClassVar = {}

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lines")
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    unit_price_minor = models.PositiveIntegerField("price of one in pence")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_line_has_a_quantity"),
            models.CheckConstraint(condition=models.Q(unit_price_minor__gt=0), name="order_line_has_a_price"),
            models.UniqueConstraint(fields=("order", "product"), name="one_line_a_product"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of {self.product} at {format_money(self.unit_price_minor)}"

    @property
    def total_minor(self) -> int:
        """Return the price of the whole line."""
        return self.quantity * self.unit_price_minor
