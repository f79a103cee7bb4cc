"""The pages that anyone may browse."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalogue.models import Product

PRODUCTS_A_PAGE = 24


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """Show what is for sale."""
    page = Paginator(Product.objects.listed(), PRODUCTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalogue/list.html", {"page": page})


@require_safe
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product, unless it is not listed."""
    product = get_object_or_404(Product.objects.listed(), slug=slug)
    return render(request, "catalogue/detail.html", {"product": product})
