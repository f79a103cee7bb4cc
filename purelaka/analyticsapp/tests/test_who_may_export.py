"""Exports and figures are for staff who hold the permission."""

from analyticsapp.exports import EXPORTS
from core.tests.people import StoreTestCase

ADDRESSES = ("/analytics/exports/orders.csv", "/analytics/exports/kpis.csv", "/analytics/")


class WhoMayExport(StoreTestCase):
    def answers(self, user) -> list[int]:
        self.client.force_login(user)
        return [self.client.get(address).status_code for address in ADDRESSES]

    def test_the_analyst_and_the_administrator_may(self):
        self.assertEqual(self.answers(self.ana), [200, 200, 200])
        self.assertEqual(self.answers(self.ada), [200, 200, 200])

    def test_the_ops_manager_sees_figures_and_may_not_export(self):
        self.assertEqual(self.answers(self.omar), [403, 403, 200])

    def test_customers_and_strangers_may_not(self):
        self.assertEqual(self.answers(self.chloe.user), [403, 403, 403])
        self.assertEqual(self.answers(self.sam.user), [403, 403, 403])

    def test_a_permission_without_being_staff_is_not_enough(self):
        self.ana.is_staff = False
        self.ana.save()
        self.assertEqual(self.answers(self.ana), [403, 403, 403])

    def test_the_anonymous_are_asked_to_sign_in(self):
        for address in ADDRESSES:
            self.assertRedirects(self.client.get(address), f"/accounts/sign-in/?next={address}")

    def test_the_page_streams_the_same_file_as_the_command(self):
        order = self.paid_order()
        self.client.force_login(self.ana)
        answer = self.client.get("/analytics/exports/orders.csv")
        self.assertTrue(answer.streaming)
        text = answer.getvalue().decode()
        self.assertIn(order.reference, text)
        self.assertEqual(text, "".join(EXPORTS["orders"].lines()))
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertEqual(answer.headers["X-Export-Schema"], "orders/1")
        self.assertIn('filename="purelaka-orders-v1.csv"', answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_an_unknown_export_is_not_found(self):
        self.client.force_login(self.ana)
        self.assertEqual(self.client.get("/analytics/exports/customers.csv").status_code, 404)

    def test_the_page_of_figures_offers_the_exports(self):
        self.client.force_login(self.ana)
        page = self.client.get("/analytics/")
        self.assertContains(page, "No day has been measured yet.")
        self.assertContains(page, "/analytics/exports/orders.csv")
