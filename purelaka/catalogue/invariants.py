"""What must be true of stock."""

from django.db.models import F, Sum

from catalogue.models import Product
from core.observation import Observation


def every_stock_is_the_sum_of_its_movements() -> Observation:
    """A stock that was changed past the movements cannot be explained."""
    products = Product.objects.annotate(moved=Sum("movements__quantity", default=0)).order_by("pk")
    issues = tuple(
        f"Of {product.name} there are {product.stock}, by its movements {product.moved}."
        for product in products.exclude(moved=F("stock"))
    )
    return Observation(looked_at=Product.objects.count(), issues=issues)


def no_product_is_oversold() -> Observation:
    """Less than nothing in stock is a customer who paid and cannot be sent the goods."""
    issues = tuple(
        f"{product.name} is oversold by {-product.stock}: receive more, or refund."
        for product in Product.objects.filter(stock__lt=0).order_by("pk")
    )
    return Observation(looked_at=Product.objects.count(), issues=issues)
