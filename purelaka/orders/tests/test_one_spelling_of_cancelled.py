"""Stripe says `canceled`. The store says `cancelled`, everywhere."""

from importlib import import_module

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from core.tests.breaking import check_constraints_off
from core.tests.people import StoreTestCase
from orders.models import Order
from orders.statuses import OrderStatus, normalise_status


class OneSpellingOfCancelled(StoreTestCase):
    def test_both_spellings_become_one_at_the_edge(self):
        for word in ("canceled", "cancelled", " Canceled ", "CANCELLED"):
            self.assertIs(normalise_status(word), OrderStatus.CANCELLED)

    def test_an_unknown_word_is_refused_at_the_edge(self):
        for word in ("", "cancel", "shipped"):
            with self.assertRaises(ValueError):
                normalise_status(word)

    def test_the_database_refuses_the_other_spelling(self):
        order = self.order()
        with self.assertRaisesMessage(IntegrityError, "order_status_is_known"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(status="canceled")

    def test_the_database_wants_to_know_when(self):
        order = self.order()
        with self.assertRaisesMessage(IntegrityError, "cancelled_order_says_when"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(status="cancelled")

    def test_the_list_of_orders_understands_both(self):
        order = self.cancelled_order()
        self.client.force_login(self.chloe.user)
        for word in ("canceled", "cancelled"):
            self.assertContains(self.client.get(f"/orders/?status={word}"), order.reference)
        self.assertNotContains(self.client.get("/orders/?status=paid"), order.reference)
        self.assertEqual(self.client.get("/orders/?status=shipped").status_code, 404)

    def test_the_migration_brings_old_orders_along(self):
        old, other = self.order(), self.order()
        with check_constraints_off(Order):
            Order.objects.filter(pk=old.pk).update(status="canceled")
        migration = import_module("orders.migrations.0002_one_spelling_of_cancelled")
        migration.use_one_spelling(apps, connection.schema_editor())
        old.refresh_from_db()
        other.refresh_from_db()
        self.assertEqual((old.status, old.cancelled_at), ("cancelled", old.placed_at))
        self.assertEqual((other.status, other.cancelled_at), ("pending", None))
