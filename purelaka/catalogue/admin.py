"""Products in the administration."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from catalogue.models import Product, StockMovement
from core.admin import ReadOnlyAdmin
from core.money import format_money


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Staff list, price and unlist products."""

    list_display = ("name", "sku", "price", "stock", "stock_page", "is_listed")
    readonly_fields = ("stock",)
    list_filter = ("is_listed",)
    search_fields = ("name", "sku")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012 (Django reads it, nothing changes it)

    @admin.display(ordering="price_minor")
    def price(self, product: Product) -> str:
        """Show pounds, not pence."""
        return format_money(product.price_minor)

    @admin.display(description="change the stock")
    def stock_page(self, product: Product) -> str:
        """Lead to the page on which stock is booked; here it is only shown."""
        return format_html(
            '<a href="{}">Change the stock</a>', reverse("catalogue:stock", args=[product.slug])
        )


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """Staff look at what came and went."""

    list_display = ("product", "quantity", "reason", "order", "moved_by", "moved_at")
    list_filter = ("reason",)
    list_select_related = ("product", "order", "moved_by")
    search_fields = ("product__name", "order__reference")
    date_hierarchy = "moved_at"
