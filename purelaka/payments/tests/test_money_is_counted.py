"""Refunds, cancellations and payments count what they say, to the penny."""

from django.db import IntegrityError, transaction

from payments.models import Payment, StripeEvent
from payments.tests.stripe_says import WebhookTestCase, canceled, event, refunded, succeeded


class MoneyIsCounted(WebhookTestCase):
    def setUp(self):
        self.one = self.order()

    def test_a_partial_refund_leaves_the_order_paid(self):
        self.deliver(succeeded(self.one))
        self.deliver(refunded(self.one, 800))
        self.assertEqual(self.outcome(self.one), ("paid", 2800, 800, [800]))

    def test_a_full_refund_makes_it_refunded(self):
        self.deliver(succeeded(self.one))
        self.deliver(refunded(self.one, 2800))
        self.assertEqual(self.outcome(self.one), ("refunded", 2800, 2800, [2800]))

    def test_a_refund_is_found_by_its_intent_when_it_names_no_order(self):
        self.deliver(succeeded(self.one))
        self.deliver(refunded(self.one, 2800, metadata={}))
        self.assertEqual(self.outcome(self.one)[0], "refunded")

    def test_stripes_canceled_becomes_cancelled(self):
        self.deliver(canceled(self.one))
        self.assertEqual(self.outcome(self.one)[0], "cancelled")
        self.assertIsNotNone(self.one.cancelled_at)

    def test_a_cancellation_never_hides_money(self):
        self.deliver(succeeded(self.one))
        self.deliver(canceled(self.one))
        self.assertEqual(self.outcome(self.one)[0], "paid")
        self.assertIsNone(self.one.cancelled_at)

    def test_a_penny_too_little_does_not_make_an_order_paid(self):
        self.deliver(succeeded(self.one, amount_received=2799))
        self.assertEqual(self.outcome(self.one), ("pending", 2799, 0, []))

    def test_a_second_payment_is_kept_until_it_is_given_back(self):
        self.deliver(succeeded(self.one, event_id="evt_1", intent="pi_1"))
        self.deliver(succeeded(self.one, event_id="evt_2", intent="pi_2"))
        self.assertEqual(self.outcome(self.one), ("paid", 5600, 0, []))
        self.deliver(refunded(self.one, 2800, intent="pi_2"))
        self.assertEqual(self.outcome(self.one), ("paid", 5600, 2800, [2800]))

    def test_other_events_are_kept_and_change_nothing(self):
        answer = self.deliver(event("evt_other", "customer.updated", {"id": "cus_1", "email": "c@x.example"}))
        self.assertEqual((answer.status_code, answer.content), (200, b"ignored"))
        self.assertEqual(StripeEvent.objects.get().status, "ignored")

    def test_no_name_or_address_of_an_event_is_kept(self):
        self.deliver(succeeded(self.one))
        self.deliver(refunded(self.one, 800))
        kept = str(list(StripeEvent.objects.values()))
        self.assertNotIn("chloe", kept.lower())

    def test_the_database_refuses_more_refund_than_payment(self):
        self.deliver(succeeded(self.one))
        with self.assertRaisesMessage(IntegrityError, "payment_refunds_no_more"), transaction.atomic():
            Payment.objects.update(refunded_minor=2801)
