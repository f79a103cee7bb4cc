"""Writing the demo's data. What is there already stays as it is, so that seeding again changes nothing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Sum
from django.utils.text import slugify

from analyticsapp.snapshots import take_snapshots
from catalogue.models import Product, Reason, StockMovement
from core import demo
from core.demo_money import money_of
from core.roles import ADMIN
from customers.models import Customer
from jobs.models import JobRun
from jobs.running import run_job
from jobs.tasks import SNAPSHOT
from orders.models import Order, OrderLine
from payments.models import Payment, Refund, RefundRequest, StripeEvent

ORDERS_AT_A_TIME = 1000


@transaction.atomic
def seed(*, customers: int, orders: int, now: datetime, password: str = "") -> None:
    """Write everything, or nothing: staff, customers, products, orders with their money, snapshots."""
    today = now.date()
    seed_staff(password)
    buyers = seed_customers(customers, today, password)
    products = seed_products()
    for start in range(0, orders, ORDERS_AT_A_TIME):
        seed_orders(range(start, min(start + ORDERS_AT_A_TIME, orders)), buyers, products, today)
    seed_stock(products, today)
    seed_snapshots(today, now)


def seed_snapshots(today: date, now: datetime) -> None:
    """Take the figures of the whole window, the latest day's by its job, unless that has run."""
    yesterday = today - timedelta(days=1)
    take_snapshots(today - timedelta(days=demo.DAYS), yesterday, now=now)
    if not JobRun.objects.filter(job=SNAPSHOT, day=yesterday).exists():
        run_job(SNAPSHOT, yesterday, lambda: f"{yesterday}: taken")


def seed_staff(password: str) -> None:
    """Give each role one person. Without a password they exist and cannot sign in."""
    users = get_user_model().objects
    for name, account, role in demo.PEOPLE:
        first, last = name.split()
        user, _ = users.get_or_create(
            username=demo.email(account),
            defaults={
                "email": demo.email(account),
                "first_name": first,
                "last_name": last,
                "password": make_password(None),
                "is_staff": True,
                "is_superuser": role == ADMIN,
            },
        )
        user.groups.add(Group.objects.get(name=role))
        _give_password(user, password)


def seed_customers(customers: int, today: date, password: str) -> list[Customer]:
    """Give back so many customers, the first of them Chloe, making those who are missing."""
    user_model = get_user_model()
    emails = [demo.customer_email(number) for number in range(customers)]
    known = set(user_model.objects.filter(username__endswith=demo.DOMAIN).values_list("username", flat=True))
    new = [(number, email) for number, email in enumerate(emails) if email not in known]
    users = [user_model(username=email, email=email, password=make_password(None)) for _, email in new]
    user_model.objects.bulk_create(users, batch_size=ORDERS_AT_A_TIME)
    Customer.objects.bulk_create(
        (
            Customer(
                user=user, name=demo.customer_name(number), joined_at=demo.joined_at(number, customers, today)
            )
            for (number, _), user in zip(new, users, strict=True)
        ),
        batch_size=ORDERS_AT_A_TIME,
    )
    by_email = {
        customer.user.username: customer
        for customer in Customer.objects.filter(user__username__endswith=demo.DOMAIN).select_related("user")
    }
    buyers = [by_email[email] for email in emails]
    _give_password(buyers[0].user, password)
    return buyers


def seed_products() -> list[Product]:
    """Give back the demo's products, making those that are missing."""
    return [
        Product.objects.get_or_create(
            sku=sku,
            defaults={"name": name, "slug": slugify(name), "price_minor": price, "description": description},
        )[0]
        for sku, name, price, _, description in demo.PRODUCTS
    ]


def seed_orders(numbers: Iterable[int], buyers: list[Customer], products: list[Product], today: date) -> None:
    """Make the orders that are missing, each with its lines, its money and the events that brought it."""
    plans = {plan.reference: plan for plan in (demo.plan_order(n, len(buyers), today) for n in numbers)}
    known = set(Order.objects.filter(reference__in=plans).values_list("reference", flat=True))
    missing = [plan for reference, plan in plans.items() if reference not in known]
    omar = get_user_model().objects.get(username=demo.email(demo.OPS_MANAGER))
    orders, lines, movements, payments, refunds, requests, events = [], [], [], [], [], [], []
    for plan in missing:
        chosen = [(products[product], quantity) for product, quantity in plan.quantities]
        order = Order(
            reference=plan.reference,
            customer=buyers[plan.customer],
            total_minor=sum(product.price_minor * quantity for product, quantity in chosen),
            placed_at=plan.placed_at,
        )
        orders.append(order)
        own_lines = [
            OrderLine(order=order, product=product, quantity=quantity, unit_price_minor=product.price_minor)
            for product, quantity in chosen
        ]
        lines += own_lines
        movements += _movements(order, own_lines, plan)
        money = money_of(order, plan, asked_by=omar)
        payments += money.payments
        refunds += money.refunds
        requests += money.requests
        events += money.events
    for model, rows in (
        (Order, orders),
        (OrderLine, lines),
        (StockMovement, movements),
        (Payment, payments),
        (Refund, refunds),
        (RefundRequest, requests),
        (StripeEvent, events),
    ):
        model.objects.bulk_create(rows, batch_size=ORDERS_AT_A_TIME)


def seed_stock(products: list[Product], today: date) -> None:
    """Receive what the orders took and what is to be on the shelf. Where there is enough, nothing comes in."""
    opened = datetime.combine(today - timedelta(days=demo.DAYS), time(6), tzinfo=UTC)
    for product, (*_, wanted, _) in zip(products, demo.PRODUCTS, strict=True):
        moved = product.movements.aggregate(moved=Sum("quantity", default=0))["moved"]
        if moved < wanted:
            StockMovement.objects.create(
                product=product, quantity=wanted - moved, reason=Reason.RECEIVED, moved_at=opened
            )
        Product.objects.filter(pk=product.pk).update(stock=max(moved, wanted))


def _movements(order: Order, lines: list[OrderLine], plan: demo.Plan) -> list[StockMovement]:
    """Say what an order took from stock, and what came back."""
    back = {"cancelled": Reason.CANCELLED, "refunded": Reason.RETURNED}.get(plan.fate)
    moves = [(Reason.ORDERED, -1, plan.placed_at), *([(back, 1, plan.changed_at)] if back else [])]
    return [
        StockMovement(
            product=line.product, quantity=sign * line.quantity, reason=reason, order=order, moved_at=moment
        )
        for reason, sign, moment in moves
        for line in lines
    ]


def _give_password(user, password: str) -> None:
    if password and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
