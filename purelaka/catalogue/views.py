"""The pages that anyone may browse, and the stock page for staff."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.forms import StockForm
from catalogue.models import Product
from catalogue.stock import adjust
from core.access import staff_only

PRODUCTS_A_PAGE = 24
MOVEMENTS_SHOWN = 20


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """Show what is for sale."""
    page = Paginator(Product.objects.listed(), PRODUCTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalogue/list.html", {"page": page})


@staff_only("catalogue.adjust_stock")
@require_http_methods(["GET", "HEAD", "POST"])
def stock(request: HttpRequest, slug: str) -> HttpResponse:
    """Let staff book goods that came in or a count, and show the latest movements."""
    product = get_object_or_404(Product, slug=slug)
    form = StockForm(request.POST or None, product=product)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        adjust(product, chosen["quantity"], reason=chosen["reason"], by=request.user, now=timezone.now())
        messages.success(request, f"{product.name}: {chosen['quantity']:+}.")
        return redirect("catalogue:stock", product.slug)
    movements = product.movements.select_related("order", "moved_by")[:MOVEMENTS_SHOWN]
    page = {"product": product, "form": form, "movements": movements}
    return render(request, "catalogue/stock.html", page)


@require_safe
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product, unless it is not listed."""
    product = get_object_or_404(Product.objects.listed(), slug=slug)
    return render(request, "catalogue/detail.html", {"product": product})
