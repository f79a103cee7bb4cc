"""A customer's orders: placing one, seeing one, cancelling one, seeing all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.stock import OutOfStock
from customers.access import customer_required
from orders.forms import OrderForm
from orders.models import Order
from orders.placing import place_order
from orders.statuses import OrderStatus, normalise_status
from payments.recording import record_cancellation

ORDERS_A_PAGE = 20


@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Show the order form, with one of a product that was asked for, and take the order."""
    chosen = {request.GET["product"]: 1} if "product" in request.GET else {}
    form = OrderForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            order = place_order(request.user.customer, form.quantities())
        except OutOfStock as error:
            form.add_error(None, str(error))
        else:
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
    order = get_object_or_404(_orders_of(request.user, "orders.view_order"), reference=reference)
    page = {"order": order, "is_mine": order.customer.user_id == request.user.pk}
    return render(request, "orders/detail.html", page)


@login_required
@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Cancel an order that awaits payment, for its customer or for staff, and put its goods back."""
    with transaction.atomic():
        orders = _orders_of(request.user, "orders.cancel_order").select_for_update(of=("self",))
        order = get_object_or_404(orders, reference=reference)
        record_cancellation(order, now=timezone.now())
    if order.status == OrderStatus.CANCELLED:
        messages.success(request, f"Order {order.reference} is cancelled.")
    else:
        messages.warning(request, f"Order {order.reference} is paid and cannot be cancelled.")
    return redirect(order)


def _orders_of(user, permission: str) -> QuerySet[Order]:
    """Give the orders that a user may reach: staff who hold the permission all, others their own."""
    orders = Order.objects.select_related("customer").prefetch_related("lines__product")
    if user.is_staff and user.has_perm(permission):
        return orders
    return orders.filter(customer__user=user)
