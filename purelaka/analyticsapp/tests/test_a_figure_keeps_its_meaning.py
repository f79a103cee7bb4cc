"""A figure means the same until its definitions get another version."""

from django.test import SimpleTestCase

from analyticsapp.kpis import DEFINITIONS_VERSION, KPIS, VERSIONS

# To change a line here is to change what a figure means: raise DEFINITIONS_VERSION in the same change.
DEFINITIONS = {
    1: (
        "customers_joined: Count(F(pk)) of customers.Customer by joined_at",
        "orders_placed: Count(F(pk)) of orders.Order by placed_at",
        "orders_cancelled: Count(F(pk)) of orders.Order by cancelled_at",
        "payments_taken: Count(F(pk)) of payments.Payment by booked_at",
        "gross_minor: Sum(F(amount_minor)) of payments.Payment by booked_at",
        "refunded_minor: Sum(F(amount_minor)) of payments.Refund by booked_at",
    )
}


class AFigureKeepsItsMeaning(SimpleTestCase):
    def test_the_figures_are_those_of_their_version(self):
        now = tuple(f"{kpi.name}: {kpi.measure} of {kpi.model} by {kpi.moment}" for kpi in KPIS)
        self.assertEqual(DEFINITIONS.get(DEFINITIONS_VERSION), now)

    def test_each_version_says_what_it_changed_and_the_last_is_the_one_in_use(self):
        self.assertEqual(list(VERSIONS), list(DEFINITIONS))
        self.assertEqual(max(VERSIONS), DEFINITIONS_VERSION)
        self.assertTrue(all(VERSIONS.values()))
