"""Deliveries at really the same time. Needs PostgreSQL, so it is not found by name: SQLite has one writer.

DATABASE_URL=postgres://… python manage.py test payments.tests.concurrency
"""

import threading
from collections import Counter
from collections.abc import Callable
from unittest import mock

from django.db import connection
from django.test import Client, TransactionTestCase

from catalogue.models import Product, Reason
from catalogue.stock import OutOfStock, adjust
from core.invariants import check
from core.roles import OPS, grant_roles
from core.tests.people import NOON, customer, product, staff
from orders.placing import place_order
from payments import handlers, inbox
from payments.models import Payment, Refund, RefundRequest, StripeEvent
from payments.refunding import CannotRefund, ask_for_refund
from payments.tests.stripe_says import SECRET, refunded, sign, succeeded

AT_ONCE = 8


def at_once(*work: Callable[[], object]) -> list[object]:
    """Do everything in threads that start together, each with its own connection, and list what came of it."""
    barrier, results = threading.Barrier(len(work)), []

    def one(do: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            results.append(do())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(do,)) for do in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


class AtTheSameTime(TransactionTestCase):
    def setUp(self):
        if connection.vendor != "postgresql":
            self.fail("This needs PostgreSQL: set DATABASE_URL.")
        # The last test emptied every table, that of the roles included.
        grant_roles()
        secret = self.settings(STRIPE_WEBHOOK_SECRET=SECRET)
        secret.enable()
        self.addCleanup(secret.disable)
        self.chloe, self.omar = customer("Chloe"), staff("Omar", OPS)
        self.mug = product("Mug", 1400)
        self.order = place_order(self.chloe, {self.mug: 2})

    def delivery(self, payload: str) -> Callable[[], bytes]:
        def deliver() -> bytes:
            answer = Client().post(
                "/payments/stripe/webhook/",
                payload,
                content_type="application/json",
                headers={"Stripe-Signature": sign(payload)},
            )
            return answer.content

        return deliver

    def slowly(self):
        """Hold every handler for a moment, so that the others surely come in the meantime."""
        real = handlers.payment_succeeded

        def slow(*args, **kwargs):
            order = real(*args, **kwargs)
            threading.Event().wait(0.3)
            return order

        return mock.patch.dict(inbox.HANDLERS, {"payment_intent.succeeded": slow})

    def test_one_event_delivered_eight_times_at_once_acts_once(self):
        with self.slowly():
            answers = Counter(at_once(*[self.delivery(succeeded(self.order))] * AT_ONCE))
        self.assertEqual(answers, {b"processed": 1, b"known already": AT_ONCE - 1})
        event = StripeEvent.objects.get()
        self.assertEqual(
            (event.attempts, event.status, Payment.objects.get().amount_minor), (1, "processed", 2800)
        )

    def test_a_payment_and_its_refunds_at_once_give_the_same_in_any_order(self):
        news = (
            succeeded(self.order),
            refunded(self.order, 800, event_id="evt_r1"),
            refunded(self.order, 2800, event_id="evt_r2"),
        )
        with self.slowly():
            answers = at_once(*(self.delivery(payload) for payload in news * 2))
        self.assertEqual(Counter(answers), {b"processed": 3, b"known already": 3})
        self.order.refresh_from_db()
        given = sum(Refund.objects.values_list("amount_minor", flat=True))
        self.assertEqual((self.order.status, Payment.objects.count(), given), ("refunded", 1, 2800))
        self.assertEqual(check().issues, 0)

    def test_two_orders_for_the_last_mugs_sell_them_once(self):
        adjust(self.mug, -95, reason=Reason.COUNTED, by=None, now=NOON)
        self.mug.refresh_from_db()
        self.assertEqual(self.mug.stock, 3)
        results = at_once(*[lambda: place_order(self.chloe, {self.mug: 2})] * AT_ONCE)
        refused = [one for one in results if isinstance(one, OutOfStock)]
        self.assertEqual((len(refused), Product.objects.get().stock), (AT_ONCE - 1, 1))
        self.assertEqual(check().issues, 0)

    def test_two_clicks_ask_for_one_refund(self):
        self.delivery(succeeded(self.order))()
        payment = Payment.objects.get()
        results = at_once(*[lambda: ask_for_refund(payment, 800, by=self.omar)] * AT_ONCE)
        refused = [one for one in results if isinstance(one, CannotRefund)]
        self.assertEqual((len(refused), RefundRequest.objects.count()), (AT_ONCE - 1, 1))

    def test_a_payment_and_a_cancellation_at_once_leave_the_goods_counted_once(self):
        canceller = Client()
        canceller.force_login(self.chloe.user)
        with self.slowly():
            at_once(
                self.delivery(succeeded(self.order)),
                lambda: canceller.post(f"/orders/{self.order.reference}/cancel/").status_code,
            )
        self.order.refresh_from_db()
        self.assertEqual((self.order.status, Product.objects.get().stock), ("paid", 98))
        self.assertEqual(check().issues, 0)
