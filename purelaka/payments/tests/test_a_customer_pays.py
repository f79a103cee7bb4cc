"""A customer pays at Stripe, and the order is paid when Stripe says so, not before."""

from urllib.request import urlopen

from django.test import override_settings

from payments.tests.standins import StandInTestCase


class ACustomerPays(StandInTestCase):
    def setUp(self):
        super().setUp()
        self.one = self.order()
        self.client.force_login(self.chloe.user)

    def pay(self):
        return self.client.post(f"/payments/pay/{self.one.reference}/")

    def at_stripe(self, address: str, choice: str) -> None:
        """Press a button on Stripe's page; where it leads back to is the store's own page of the order."""
        name = address.rpartition("/")[2]
        back = self.till.settle(name, is_paid=choice == "pay")
        self.assertEqual(back, f"http://testserver/orders/{self.one.reference}/")

    def test_she_is_led_to_a_page_with_the_amount(self):
        answer = self.pay()
        self.assertEqual(answer.status_code, 302)
        with urlopen(answer.headers["Location"]) as page:
            self.assertIn("Pay £28.00", page.read().decode())

    def test_the_order_is_paid_when_stripe_says_so(self):
        self.at_stripe(self.pay().headers["Location"], "pay")
        self.assertEqual(self.outcome(self.one)[0], "pending")
        self.assertEqual(self.let_stripe_say_it(), [b"processed"])
        self.assertEqual(self.outcome(self.one), ("paid", 2800, 0, []))

    def test_giving_up_cancels_it(self):
        self.at_stripe(self.pay().headers["Location"], "give-up")
        self.let_stripe_say_it()
        self.assertEqual(self.outcome(self.one)[0], "cancelled")

    def test_two_clicks_open_one_checkout(self):
        self.assertEqual(self.pay().headers["Location"], self.pay().headers["Location"])
        self.assertEqual(len(self.till.checkouts), 1)

    def test_no_name_or_address_goes_to_stripe(self):
        self.pay()
        self.assertNotIn("chloe", str(self.till).lower())

    def test_an_order_that_does_not_await_payment_leads_nowhere(self):
        self.one = self.paid_order()
        self.assertRedirects(self.pay(), self.one.get_absolute_url())
        self.assertEqual(self.till.checkouts, {})

    def test_she_cancels_an_order_that_awaits_payment_and_no_other(self):
        for order, text in (
            (self.one, "is cancelled."),
            (self.paid_order(), "is paid and cannot be cancelled."),
        ):
            page = self.client.post(f"/orders/{order.reference}/cancel/", follow=True)
            self.assertContains(page, f"Order {order.reference} {text}")
        self.assertEqual(self.outcome(self.one)[0], "cancelled")

    def test_without_stripe_she_is_told_so_and_nothing_happens(self):
        for broken in ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, {"STRIPE_SECRET_KEY": ""}):
            with override_settings(**broken):
                page = self.client.post(f"/payments/pay/{self.one.reference}/", follow=True)
                self.assertContains(page, "Paying is not possible just now.")
        self.assertEqual(self.outcome(self.one)[0], "pending")
