"""However often and in whatever order Stripe tells it, an event changes things once."""

from itertools import permutations

from django.db import IntegrityError, transaction

from payments.models import StripeEvent
from payments.tests.stripe_says import WebhookTestCase, canceled, refunded, succeeded


class AnEventActsOnce(WebhookTestCase):
    def test_replay_changes_nothing(self):
        one = self.order()
        payloads = (
            succeeded(one),
            refunded(one, 800, event_id="evt_r1"),
            refunded(one, 2800, event_id="evt_r2"),
        )
        for payload in payloads:
            self.assertEqual(self.deliver(payload).content, b"processed")
        before = self.state()
        for payload in payloads * 2:
            answer = self.deliver(payload)
            self.assertEqual((answer.status_code, answer.content), (200, b"known already"))
        self.assertEqual(self.state(), before)
        self.assertEqual(self.outcome(one), ("refunded", 2800, 2800, [800, 2000]))

    def test_replay_of_a_cancellation_changes_nothing(self):
        one = self.order()
        self.deliver(canceled(one))
        before = self.state()
        self.deliver(canceled(one))
        self.assertEqual(self.state(), before)

    def test_the_same_news_under_another_event_id_changes_no_money(self):
        one = self.order()
        self.deliver(succeeded(one, event_id="evt_1"))
        self.deliver(succeeded(one, event_id="evt_2"))
        self.assertEqual(self.outcome(one), ("paid", 2800, 0, []))

    def test_out_of_order_delivery_changes_nothing_twice(self):
        def news(one):
            return (
                succeeded(one, event_id=f"evt_p{one.pk}", intent=f"pi_{one.pk}"),
                refunded(one, 800, event_id=f"evt_r1{one.pk}", intent=f"pi_{one.pk}"),
                refunded(one, 2800, event_id=f"evt_r2{one.pk}", intent=f"pi_{one.pk}"),
            )

        for order_of_arrival in permutations(range(3)):
            with self.subTest(order_of_arrival=order_of_arrival):
                one = self.order()
                told = news(one)
                for number in order_of_arrival:
                    self.assertEqual(self.deliver(told[number]).status_code, 200)
                for number in order_of_arrival:
                    self.assertEqual(self.deliver(told[number]).content, b"known already")
                status, taken, given, parts = self.outcome(one)
                self.assertEqual((status, taken, given, sum(parts)), ("refunded", 2800, 2800, 2800))

    def test_a_payment_and_a_cancelled_attempt_give_paid_in_either_order(self):
        for order_of_arrival in permutations(range(2)):
            with self.subTest(order_of_arrival=order_of_arrival):
                one = self.order()
                told = (
                    canceled(one, event_id=f"evt_c{one.pk}", intent=f"pi_first_{one.pk}"),
                    succeeded(one, event_id=f"evt_p{one.pk}", intent=f"pi_second_{one.pk}"),
                )
                for number in order_of_arrival:
                    self.deliver(told[number])
                self.assertEqual(self.outcome(one)[0], "paid")

    def test_the_database_holds_one_row_an_event(self):
        one = self.order()
        self.deliver(succeeded(one))
        with self.assertRaises(IntegrityError), transaction.atomic():
            StripeEvent.objects.create(event_id="evt_paid", event_type="payment_intent.succeeded")
        self.assertEqual(StripeEvent.objects.get().attempts, 1)
