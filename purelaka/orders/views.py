"""A customer's orders: placing one, seeing one, seeing all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from customers.access import customer_required
from orders.forms import OrderForm
from orders.models import Order
from orders.placing import place_order
from orders.statuses import OrderStatus, normalise_status

ORDERS_A_PAGE = 20


@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Show the order form, with one of a product that was asked for, and take the order."""
    chosen = {request.GET["product"]: 1} if "product" in request.GET else {}
    form = OrderForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        order = place_order(request.user.customer, form.quantities())
        messages.success(request, f"Thank you. We have your order {order.reference}.")
        return redirect(order)
    return render(request, "orders/place.html", {"form": form})


@customer_required
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    """Show the customer's own orders, of one status when the address asks for it."""
    orders = request.user.customer.orders.all()
    if asked := request.GET.get("status"):
        try:
            orders = orders.filter(status=normalise_status(asked))
        except ValueError:
            raise Http404(f"No order has the status {asked!r}.") from None
    page = Paginator(orders, ORDERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "orders/list.html", {"page": page, "statuses": OrderStatus.choices})


@login_required
@require_safe
def order_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an order to its customer and to staff. To others it does not exist."""
    orders = Order.objects.prefetch_related("lines__product")
    if not (request.user.is_staff and request.user.has_perm("orders.view_order")):
        orders = orders.filter(customer__user=request.user)
    order = get_object_or_404(orders, reference=reference)
    return render(request, "orders/detail.html", {"order": order})
