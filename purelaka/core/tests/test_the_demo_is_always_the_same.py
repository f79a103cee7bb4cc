"""seed_demo fills a store with the same realistic data every time, and never production's."""

import io
import secrets
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db.models import Max, Min
from django.test import TestCase, override_settings

from analyticsapp.models import DailySnapshot
from catalogue.models import Product, StockMovement
from core.invariants import check
from core.seeding import seed
from customers.models import Customer
from orders.models import Order, OrderLine
from payments.models import Payment, Refund, RefundRequest, StripeEvent

TODAY = datetime(2026, 6, 1, 10, tzinfo=UTC)


def seeded_rows() -> list:
    """Return what the demo wrote, without the keys that a database gives out."""
    return [
        list(Customer.objects.order_by("pk").values_list("user__username", "name", "joined_at")),
        list(Order.objects.order_by("pk").values_list("reference", "customer__name", "status", "placed_at")),
        list(OrderLine.objects.order_by("pk").values_list("order__reference", "product__sku", "quantity")),
        list(Payment.objects.order_by("pk").values_list("intent_id", "amount_minor", "booked_at")),
        list(Refund.objects.order_by("pk").values_list("payment__intent_id", "amount_minor", "booked_at")),
        list(RefundRequest.objects.order_by("pk").values_list("idempotency_key", "status", "asked_at")),
        list(
            StockMovement.objects.order_by("pk").values_list("product__sku", "quantity", "reason", "moved_at")
        ),
        list(Product.objects.order_by("pk").values_list("sku", "stock")),
        list(StripeEvent.objects.order_by("pk").values_list("event_id", "facts", "received_at")),
        list(DailySnapshot.objects.order_by("day").values_list("day", "gross_minor", "refunded_minor")),
    ]


class TheDemoIsAlwaysTheSame(TestCase):
    def test_it_has_customers_and_orders_in_every_status_over_90_days(self):
        seed(customers=12, orders=60, now=TODAY)
        statuses = list(Order.objects.values_list("status", flat=True))
        for status, number in {"pending": 6, "paid": 36, "refunded": 6, "cancelled": 12}.items():
            self.assertEqual(statuses.count(status), number)
        self.assertTrue(Payment.objects.filter(refunded_minor__gt=0, order__status="paid").exists())
        span = Order.objects.aggregate(first=Min("placed_at"), last=Max("placed_at"))
        self.assertGreater(span["last"] - span["first"], timedelta(days=80))
        self.assertEqual(DailySnapshot.objects.count(), 90)

    def test_nothing_of_it_lies_in_the_future_or_before_its_cause(self):
        seed(customers=12, orders=200, now=TODAY)
        for order in Order.objects.select_related("customer").prefetch_related("payments__refunds"):
            moments = [order.customer.joined_at, order.placed_at]
            for payment in order.payments.all():
                moments += [payment.booked_at, *(refund.booked_at for refund in payment.refunds.all())]
            self.assertEqual(moments, sorted(moments))
            self.assertLess(moments[-1].date(), TODAY.date())

    def test_it_breaks_no_invariant(self):
        seed(customers=12, orders=60, now=TODAY)
        report = check()
        self.assertEqual(report.issues, 0)
        self.assertTrue(all(finding.looked_at for finding in report.findings))

    def test_seeding_again_changes_nothing(self):
        seed(customers=5, orders=20, now=TODAY)
        before = seeded_rows()
        seed(customers=5, orders=20, now=TODAY + timedelta(hours=3))
        self.assertEqual(seeded_rows(), before)

    def test_two_stores_get_the_same_demo(self):
        seed(customers=5, orders=20, now=TODAY)
        first = seeded_rows()
        for model in (
            RefundRequest,
            Refund,
            StripeEvent,
            Payment,
            StockMovement,
            Order,
            Customer,
            DailySnapshot,
        ):
            model.objects.all().delete()
        get_user_model().objects.filter(is_staff=False).delete()
        seed(customers=5, orders=20, now=TODAY)
        self.assertEqual(seeded_rows(), first)

    def test_more_can_be_asked_for_later(self):
        seed(customers=5, orders=20, now=TODAY)
        before = set(seeded_rows()[1])
        seed(customers=8, orders=30, now=TODAY + timedelta(days=2))
        self.assertLess(before, set(seeded_rows()[1]))
        self.assertEqual((Customer.objects.count(), Order.objects.count()), (8, 30))
        self.assertEqual(check().issues, 0)


class TheCommand(TestCase):
    def seed_demo(self, *options: str) -> str:
        out = io.StringIO()
        call_command("seed_demo", *options, stdout=out)
        return out.getvalue()

    @override_settings(DEMO_PASSWORD="")
    def test_it_prints_what_there_is_and_what_is_new(self):
        text = self.seed_demo("--customers", "3", "--orders", "10")
        for line in (
            "staff: 3 (3 new)",
            "customers: 3 (3 new)",
            "orders: 10 (10 new)",
            "orders cancelled: 2 (2 new)",
        ):
            self.assertIn(line, text.splitlines())
        self.assertIn("Nobody of the demo can sign in", text)
        self.assertIn("orders: 10 (0 new)", self.seed_demo("--customers", "3", "--orders", "10"))

    def test_without_a_password_nobody_can_sign_in(self):
        with override_settings(DEMO_PASSWORD=""):
            self.seed_demo("--customers", "1", "--orders", "1")
        self.assertFalse(any(user.has_usable_password() for user in get_user_model().objects.all()))

    @override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    def test_with_one_chloe_and_the_staff_can(self):
        password = secrets.token_urlsafe(12)
        with override_settings(DEMO_PASSWORD=password):
            self.seed_demo("--customers", "2", "--orders", "1")
        for account, expected in (
            ("ada", 302),
            ("omar", 302),
            ("ana", 302),
            ("chloe", 302),
            ("customer1", 200),
        ):
            answers = {"username": f"{account}@purelaka.example", "password": password}
            self.assertEqual(self.client.post("/accounts/sign-in/", answers).status_code, expected, account)
            self.client.logout()

    @override_settings(DEMO_PASSWORD="12345")
    def test_a_weak_password_is_refused(self):
        with self.assertRaisesMessage(CommandError, "DEMO_PASSWORD: This password is too short."):
            self.seed_demo()
        self.assertFalse(Order.objects.exists())

    @override_settings(ENVIRONMENT="production", DEMO_PASSWORD="")
    def test_production_is_refused_unless_forced(self):
        with self.assertRaisesMessage(CommandError, "--force insists"):
            self.seed_demo()
        self.assertFalse(Order.objects.exists())
        self.assertIn("orders: 4 (4 new)", self.seed_demo("--orders", "4", "--force"))

    def test_senseless_sizes_are_refused(self):
        for options in (("--customers", "0"), ("--orders", "-1")):
            with self.assertRaisesMessage(CommandError, "--customers must be 1 or more"):
                self.seed_demo(*options)
