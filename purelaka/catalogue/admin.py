"""Products in the administration."""

from django.contrib import admin

from catalogue.models import Product
from core.money import format_money


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Staff list, price and unlist products."""

    list_display = ("name", "sku", "price", "is_listed")
    list_filter = ("is_listed",)
    search_fields = ("name", "sku")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012 (Django reads it, nothing changes it)

    @admin.display(ordering="price_minor")
    def price(self, product: Product) -> str:
        """Show pounds, not pence."""
        return format_money(product.price_minor)
