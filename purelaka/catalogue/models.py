"""What the store sells."""

from django.db import models
from django.urls import reverse


class ProductQuerySet(models.QuerySet):
    """Products, as the store asks for them."""

    def listed(self) -> "ProductQuerySet":
        """Keep what customers may see and order."""
        return self.filter(is_listed=True)


class Product(models.Model):
    """One thing for sale. A product that was ever ordered is unlisted, not deleted."""

    sku = models.CharField("SKU", max_length=32, unique=True)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    price_minor = models.PositiveIntegerField("price in pence")
    is_listed = models.BooleanField("listed", default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=models.Q(price_minor__gt=0), name="product_has_a_price"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the product's page."""
        return reverse("catalogue:detail", args=[self.slug])
