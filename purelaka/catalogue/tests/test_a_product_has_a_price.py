"""Nothing is free by mistake."""

from django.db import IntegrityError, transaction

from catalogue.models import Product
from core.tests.people import StoreTestCase, product


class AProductHasAPrice(StoreTestCase):
    def test_the_database_refuses_a_product_for_nothing(self):
        with self.assertRaisesMessage(IntegrityError, "product_has_a_price"), transaction.atomic():
            product("Air", 0)

    def test_the_database_refuses_two_products_with_one_sku(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Product.objects.create(sku=self.mug.sku, name="Other mug", slug="other-mug", price_minor=1)
