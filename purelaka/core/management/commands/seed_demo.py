"""Fill the store with demo data."""

from datetime import UTC

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils import timezone

from analyticsapp.models import DailySnapshot
from catalogue.models import Product
from core.seeding import seed
from customers.models import Customer
from orders.models import Order
from orders.statuses import OrderStatus
from payments.models import Payment, Refund, StripeEvent


class Command(BaseCommand):
    """Writes customers, products, orders in every status, their money, 90 days of figures, and staff."""

    help = "Fill the store with demo data: always the same, and what is there already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the sizes, and the way past the refusal."""
        parser.add_argument("--customers", type=int, default=12, help="so many customers (default: 12)")
        parser.add_argument("--orders", type=int, default=60, help="so many orders (default: 60)")
        parser.add_argument("--force", action="store_true", help="seed even a production database")

    def handle(self, **options) -> None:
        """Refuse production, seed, and print what there is now and how much of it is new."""
        if settings.ENVIRONMENT == "production" and not options["force"]:
            raise CommandError(
                "These are production settings. Demo data does not belong there; --force insists."
            )
        if options["customers"] < 1 or options["orders"] < 0:
            raise CommandError("--customers must be 1 or more, --orders 0 or more.", returncode=2)
        before = counts()
        seed(
            customers=options["customers"],
            orders=options["orders"],
            now=timezone.now().astimezone(UTC),
            password=acceptable(settings.DEMO_PASSWORD),
        )
        for name, number in counts().items():
            self.stdout.write(f"{name}: {number} ({number - before[name]} new)")
        if not settings.DEMO_PASSWORD:
            self.stdout.write("Nobody of the demo can sign in: DEMO_PASSWORD is not set.")


def acceptable(password: str) -> str:
    """Return the password, or raise CommandError when the store would not take it from a customer either."""
    try:
        if password:
            validate_password(password)
    except ValidationError as error:
        raise CommandError("DEMO_PASSWORD: " + " ".join(error.messages)) from error
    return password


def counts() -> dict[str, int]:
    """Count what the demo consists of."""
    numbers = {
        "staff": get_user_model().objects.filter(is_staff=True).count(),
        "customers": Customer.objects.count(),
        "products": Product.objects.count(),
        "orders": Order.objects.count(),
    }
    by_status = dict(Order.objects.order_by().values_list("status").annotate(models.Count("pk")))
    numbers |= {f"orders {status}": by_status.get(status, 0) for status in OrderStatus.values}
    rows = {
        "payments": Payment,
        "refunds": Refund,
        "stripe events": StripeEvent,
        "daily snapshots": DailySnapshot,
    }
    return numbers | {name: model.objects.count() for name, model in rows.items()}
