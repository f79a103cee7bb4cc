"""An order is its customer's business, and the staff's."""

from core.tests.people import StoreTestCase


class WhoSeesAnOrder(StoreTestCase):
    def status_for(self, user) -> int:
        self.client.force_login(user)
        return self.client.get(self.order().get_absolute_url()).status_code

    def test_chloe_sees_hers(self):
        self.assertEqual(self.status_for(self.chloe.user), 200)

    def test_ops_and_admin_see_it(self):
        self.assertEqual(self.status_for(self.omar), 200)
        self.assertEqual(self.status_for(self.ada), 200)

    def test_for_a_stranger_it_does_not_exist(self):
        self.assertEqual(self.status_for(self.sam.user), 404)

    def test_for_the_analyst_it_does_not_exist(self):
        self.assertEqual(self.status_for(self.ana), 404)

    def test_the_anonymous_are_asked_to_sign_in(self):
        order = self.order()
        answer = self.client.get(order.get_absolute_url())
        self.assertRedirects(answer, f"/accounts/sign-in/?next=/orders/{order.reference}/")

    def test_the_list_shows_ones_own_orders_only(self):
        order = self.order()
        self.client.force_login(self.chloe.user)
        self.assertContains(self.client.get("/orders/"), order.reference)
        self.client.force_login(self.sam.user)
        self.assertNotContains(self.client.get("/orders/"), order.reference)

    def test_the_list_needs_an_account(self):
        self.assertRedirects(self.client.get("/orders/"), "/accounts/sign-in/?next=/orders/")

    def test_references_cannot_be_counted(self):
        first, second = self.order(), self.order()
        self.assertRegex(first.reference, r"\APL-[2-9B-DF-HJ-NP-TV-XZ]{10}\Z")
        self.assertNotEqual(first.reference[:8], second.reference[:8])
