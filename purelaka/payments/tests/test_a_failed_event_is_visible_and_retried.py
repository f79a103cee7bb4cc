"""A handler that fails changes nothing, says why, and can be tried again."""

import io
import logging
from unittest import mock

from django.core.management import call_command

from payments.models import Payment, StripeEvent
from payments.tests.stripe_says import WebhookTestCase, canceled, event, refunded, succeeded


class AFailedEventIsVisibleAndRetried(WebhookTestCase):
    def setUp(self):
        logging.disable(logging.ERROR)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.one = self.order()

    def failed(self, payload: str) -> StripeEvent:
        answer = self.deliver(payload)
        self.assertEqual((answer.status_code, answer.content), (500, b"failed"))
        failed = StripeEvent.objects.latest("pk")
        self.assertEqual((failed.status, failed.order), ("failed", None))
        return failed

    def test_an_order_that_the_store_does_not_have(self):
        failed = self.failed(succeeded(self.one, metadata={"order_reference": "PL-UNKNOWN"}))
        self.assertEqual(failed.error, "The store has no order 'PL-UNKNOWN'.")
        self.assertFalse(Payment.objects.exists())

    def test_a_refund_of_an_unknown_intent(self):
        failed = self.failed(refunded(self.one, 800, metadata={}))
        self.assertEqual(failed.error, "The store has no order paid by 'pi_1'.")

    def test_money_in_another_currency(self):
        failed = self.failed(succeeded(self.one, currency="eur"))
        self.assertIn("trades in GBP", failed.error)

    def test_amounts_that_are_none(self):
        for number, amount in enumerate((None, 0, -5, "2800", True, 28.0)):
            with self.subTest(amount=amount):
                failed = self.failed(succeeded(self.one, event_id=f"evt_{number}", amount_received=amount))
                self.assertIn("no amount received", failed.error)

    def test_an_event_without_its_intent(self):
        self.assertIn("no payment intent", self.failed(succeeded(self.one, id=None)).error)

    def test_a_cancellation_that_is_none(self):
        failed = self.failed(canceled(self.one, status="processing"))
        self.assertIn("processing", failed.error)
        self.assertEqual(self.outcome(self.one)[0], "pending")

    def test_more_refund_than_payment(self):
        self.deliver(succeeded(self.one))
        self.assertIn("took 2800, not 2801", self.failed(refunded(self.one, 2801)).error)

    def test_one_intent_for_two_orders_or_with_two_amounts(self):
        other = self.order(mugs=1)
        self.deliver(succeeded(self.one))
        self.assertIn("already paid for", self.failed(succeeded(other, event_id="evt_2")).error)
        changed = succeeded(self.one, event_id="evt_3", amount_received=1)
        self.assertIn("now said to be 1", self.failed(changed).error)

    def test_a_handler_that_breaks_halfway_leaves_no_trace(self):
        with mock.patch("payments.recording.settle", side_effect=RuntimeError("The power went.")):
            failed = self.failed(succeeded(self.one))
        self.assertEqual((failed.error, failed.attempts), ("The power went.", 1))
        self.assertFalse(Payment.objects.exists())
        self.assertEqual(self.outcome(self.one)[0], "pending")

    def test_stripe_sends_it_again_and_it_acts(self):
        with mock.patch("payments.recording.settle", side_effect=RuntimeError("The power went.")):
            self.failed(succeeded(self.one))
        self.assertEqual(self.deliver(succeeded(self.one)).content, b"processed")
        event_row = StripeEvent.objects.get()
        self.assertEqual((event_row.status, event_row.error, event_row.attempts), ("processed", "", 2))
        self.assertEqual(self.outcome(self.one), ("paid", 2800, 0, []))

    def test_the_command_retries_and_ends_with_1_while_one_still_fails(self):
        with mock.patch("payments.recording.settle", side_effect=RuntimeError("The power went.")):
            self.failed(succeeded(self.one))
        self.failed(
            event("evt_lost", "payment_intent.succeeded", {"metadata": {"order_reference": "PL-LOST"}})
        )
        out = io.StringIO()
        with self.assertRaises(SystemExit) as end:
            call_command("retry_stripe_events", stdout=out)
        self.assertEqual(end.exception.code, 1)
        self.assertIn("Tried 2 failed events again: 1 still fail.", out.getvalue())
        self.assertEqual(self.outcome(self.one)[0], "paid")

    def test_omar_retries_in_the_administration_and_ana_cannot(self):
        with mock.patch("payments.recording.settle", side_effect=RuntimeError("The power went.")):
            failed = self.failed(succeeded(self.one))
        action = {"action": "retry", "_selected_action": [failed.pk]}
        self.client.force_login(self.ana)
        self.assertEqual(self.client.post("/admin/payments/stripeevent/", action).status_code, 403)
        self.client.force_login(self.omar)
        self.assertContains(self.client.get("/admin/payments/stripeevent/"), "The power went.")
        page = self.client.post("/admin/payments/stripeevent/", action, follow=True)
        self.assertContains(page, "Tried 1 failed events again: 1 processed.")
        self.assertEqual(self.outcome(self.one)[0], "paid")
