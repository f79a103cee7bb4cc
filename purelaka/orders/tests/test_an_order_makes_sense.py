"""The database refuses orders that make no sense."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from core.tests.people import StoreTestCase
from orders.models import Order, OrderLine


class AnOrderMakesSense(StoreTestCase):
    def test_an_order_costs_something(self):
        with self.assertRaisesMessage(IntegrityError, "order_has_a_total"), transaction.atomic():
            Order.objects.create(customer=self.chloe, total_minor=0)

    def test_a_line_has_a_quantity_and_a_price(self):
        order = self.order()
        for quantity, price, name in ((0, 1, "order_line_has_a_quantity"), (1, 0, "order_line_has_a_price")):
            with self.assertRaisesMessage(IntegrityError, name), transaction.atomic():
                OrderLine.objects.create(
                    order=order, product=self.teapot, quantity=quantity, unit_price_minor=price
                )

    def test_a_product_has_one_line_an_order(self):
        order = self.order()
        with self.assertRaises(IntegrityError), transaction.atomic():
            OrderLine.objects.create(order=order, product=self.mug, quantity=1, unit_price_minor=1)

    def test_what_was_ordered_and_who_ordered_cannot_be_deleted(self):
        self.order()
        for thing in (self.mug, self.chloe, self.chloe.user):
            with self.assertRaises(ProtectedError):
                thing.delete()
