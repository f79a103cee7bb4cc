"""What the store sells, and how much of it there is."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class ProductQuerySet(models.QuerySet):
    """Products, as the store asks for them."""

    def listed(self) -> "ProductQuerySet":
        """Keep what customers may see and order."""
        return self.filter(is_listed=True)


class Product(models.Model):
    """One thing for sale. A product that was ever ordered is unlisted, not deleted."""

    PERSONAL_DATA: ClassVar = {}

    sku = models.CharField("SKU", max_length=32, unique=True)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    price_minor = models.PositiveIntegerField("price in pence")
    # Kept in step with the movements by catalogue/stock.py. Below zero means that more was sold than there is.
    stock = models.IntegerField("in stock", default=0, editable=False)
    is_listed = models.BooleanField("listed", default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        permissions = (("adjust_stock", "Can receive goods and correct the stock"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(price_minor__gt=0), name="product_has_a_price"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the product's page."""
        return reverse("catalogue:detail", args=[self.slug])


class Reason(models.TextChoices):
    """Why goods came or went."""

    RECEIVED = "received", "Received"
    COUNTED = "counted", "Counted"
    ORDERED = "ordered", "Ordered"
    CANCELLED = "cancelled", "Order cancelled"
    PAID_LATE = "paid-late", "Cancelled order paid after all"
    RETURNED = "returned", "Sent back by the customer"


class StockMovement(models.Model):
    """So many of one product came or went. Movements are added, never changed."""

    PERSONAL_DATA: ClassVar = {"moved_by": "Which member of staff booked it"}

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="movements")
    quantity = models.IntegerField(help_text="More than zero came in, less than zero went out.")
    reason = models.CharField(max_length=20, choices=Reason)
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="movements", null=True, blank=True
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-moved_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=~models.Q(quantity=0), name="stock_movement_moves_something"),
            models.CheckConstraint(
                condition=models.Q(reason__in=Reason.values), name="stock_movement_reason_is_known"
            ),
            models.UniqueConstraint(
                fields=("order", "product", "reason"), name="an_order_moves_a_product_once_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity:+} {self.product} ({self.reason})"
