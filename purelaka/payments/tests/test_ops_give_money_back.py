"""The ops manager gives money back, whole or in part, once, and it counts when Stripe says so."""

from datetime import timedelta
from unittest import mock

from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone

from catalogue.models import Product
from core.invariants import check
from payments.models import Payment, RefundRequest
from payments.tests.standins import StandInTestCase
from payments.tests.stripe_says import succeeded


class OpsGiveMoneyBack(StandInTestCase):
    def setUp(self):
        super().setUp()
        self.one = self.order()
        self.deliver(succeeded(self.one))
        self.payment = Payment.objects.get()
        self.till.find = self.find
        self.client.force_login(self.omar)

    def find(self, name):
        from payments.standin import Intent

        known = {"name": "pi_1", "order_reference": self.one.reference, "amount_minor": 2800}
        return Intent(**known) if name == "pi_1" else None

    def give_back(self, amount: str, **more):
        return self.client.post(
            f"/payments/{self.payment.pk}/refund/", {"amount": amount, **more}, follow=True
        )

    def test_a_part_is_given_back_when_stripe_confirms_it(self):
        page = self.give_back("8.00")
        self.assertContains(page, "Stripe took the refund.")
        self.assertEqual(self.outcome(self.one), ("paid", 2800, 0, []))
        self.assertEqual(self.let_stripe_say_it(), [b"processed"])
        self.assertEqual(self.outcome(self.one), ("paid", 2800, 800, [800]))
        self.assertEqual(RefundRequest.objects.get().status, "done")

    def test_two_parts_give_back_everything(self):
        for amount in ("8.00", "20.00"):
            self.give_back(amount)
            self.let_stripe_say_it()
        self.assertEqual(self.outcome(self.one), ("refunded", 2800, 2800, [800, 2000]))

    def test_the_form_offers_what_is_left(self):
        self.give_back("8.00")
        self.let_stripe_say_it()
        page = self.client.get(f"/payments/{self.payment.pk}/refund/")
        self.assertContains(page, 'value="20.00"')

    def test_more_than_is_left_or_nothing_is_refused(self):
        for amount in ("28.01", "0.00", "-1", "a lot", "0.001"):
            with self.subTest(amount=amount):
                self.assertContains(self.give_back(amount), "errorlist")
        self.assertFalse(RefundRequest.objects.exists())

    def test_a_second_refund_waits_until_the_first_is_confirmed(self):
        self.give_back("8.00")
        self.assertContains(self.give_back("8.00"), "Another refund of this payment is under way.")
        self.let_stripe_say_it()
        self.assertEqual(self.outcome(self.one)[2], 800)

    def test_the_database_holds_one_open_refund_a_payment(self):
        self.give_back("8.00")
        known = RefundRequest.objects.values().get() | {"id": None, "idempotency_key": None}
        del known["id"], known["idempotency_key"]
        with self.assertRaises(IntegrityError), transaction.atomic():
            RefundRequest.objects.create(**known)

    def test_when_stripe_is_away_it_is_sent_again_and_counts_once(self):
        with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"):
            self.assertContains(self.give_back("8.00"), "Stripe could not be reached.")
        asked = RefundRequest.objects.get()
        self.assertEqual(asked.status, "asked")
        for _ in range(2):
            self.client.post(f"/payments/refunds/{asked.pk}/send-again/")
        self.assertEqual(self.kinds_said(), ["charge.refunded"])
        self.let_stripe_say_it()
        self.assertEqual(self.outcome(self.one), ("paid", 2800, 800, [800]))

    def test_what_stripe_refuses_is_said_and_can_be_asked_anew(self):
        self.till.find = lambda name: None
        self.assertContains(self.give_back("8.00"), "Stripe refused the refund.")
        self.assertContains(self.client.get(self.one.get_absolute_url()), "No such payment_intent.")
        self.till.find = self.find
        self.assertContains(self.give_back("8.00"), "Stripe took the refund.")

    def test_a_confirmation_before_the_answer_stays(self):
        def confirmed_first(request):
            RefundRequest.objects.update(status="done")
            return "re_1"

        with mock.patch("payments.refunding.send_refund", confirmed_first):
            self.assertContains(self.give_back("8.00"), "The refund is booked.")

    def test_goods_that_came_back_go_into_stock_with_the_last_penny(self):
        self.assertContains(self.give_back("8.00", goods_came_back="on"), "Goods go back into stock when all")
        self.give_back("28.00", goods_came_back="on")
        self.assertEqual(Product.objects.get(pk=self.mug.pk).stock, 98)
        self.let_stripe_say_it()
        self.assertEqual(Product.objects.get(pk=self.mug.pk).stock, 100)
        self.assertEqual(check().issues, 0)

    def test_who_asked_for_it_is_written_down(self):
        self.give_back("8.00")
        self.assertContains(self.client.get("/admin/payments/refundrequest/"), "omar@purelaka.example")

    def test_one_that_waits_for_a_day_is_an_issue(self):
        self.give_back("8.00")
        self.assertEqual(check().issues, 0)
        RefundRequest.objects.update(asked_at=timezone.now() - timedelta(days=1, minutes=1))
        self.assertEqual(check().issues, 1)
