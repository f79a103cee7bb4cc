"""A customer orders."""

from core.tests.people import StoreTestCase, product
from orders.models import Order
from orders.placing import NothingToOrder, place_order


class PlacingAnOrder(StoreTestCase):
    def setUp(self):
        self.client.force_login(self.chloe.user)

    def test_chloe_orders_and_sees_her_order(self):
        answer = self.client.post("/orders/new/", {"mug": 2, "teapot": 1}, follow=True)
        order = Order.objects.get()
        self.assertRedirects(answer, order.get_absolute_url())
        self.assertEqual((order.customer, order.status, order.total_minor), (self.chloe, "pending", 6600))
        self.assertContains(answer, "£66.00")
        self.assertContains(answer, "Awaiting payment")

    def test_the_price_of_an_order_stays_when_the_product_gets_dearer(self):
        order = place_order(self.chloe, {self.mug: 1})
        self.mug.price_minor = 9900
        self.mug.save()
        self.assertContains(self.client.get(order.get_absolute_url()), "£14.00")

    def test_the_form_offers_one_of_the_product_she_came_from(self):
        page = self.client.get("/orders/new/?product=teapot")
        self.assertContains(
            page, '<input type="number" name="teapot" value="1" min="0" max="99" id="id_teapot">'
        )

    def test_an_order_of_nothing_is_refused(self):
        for answers in ({}, {"mug": 0}, {"mug": ""}):
            page = self.client.post("/orders/new/", {**answers, "submitted": 1})
            self.assertContains(page, "Choose at least one product.")
        with self.assertRaises(NothingToOrder):
            place_order(self.chloe, {})
        with self.assertRaises(NothingToOrder):
            place_order(self.chloe, {self.mug: 0})
        self.assertFalse(Order.objects.exists())

    def test_too_many_or_fewer_than_none_are_refused(self):
        for quantity in (100, -1, "two"):
            self.assertEqual(self.client.post("/orders/new/", {"mug": quantity}).status_code, 200)
        self.assertFalse(Order.objects.exists())

    def test_an_unlisted_product_cannot_be_ordered(self):
        product("Butter dish", 2500, is_listed=False)
        page = self.client.post("/orders/new/", {"butter-dish": 1})
        self.assertContains(page, "Choose at least one product.")

    def test_the_anonymous_are_asked_to_sign_in(self):
        self.client.logout()
        self.assertRedirects(self.client.get("/orders/new/"), "/accounts/sign-in/?next=/orders/new/")

    def test_staff_who_are_no_customers_cannot_order(self):
        self.client.force_login(self.omar)
        self.assertEqual(self.client.get("/orders/new/").status_code, 403)
