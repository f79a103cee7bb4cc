"""What is ordered leaves the stock, what is cancelled comes back, and nothing is sold that is not there."""

from datetime import timedelta

from catalogue.models import Product, StockMovement
from core.tests.people import NOON, StoreTestCase, product
from payments.recording import record_cancellation, record_payment, record_refund


class StockIsKept(StoreTestCase):
    def stock(self, one: Product) -> int:
        return Product.objects.get(pk=one.pk).stock

    def reasons(self) -> list[str]:
        orders = StockMovement.objects.filter(order__isnull=False).order_by("pk")
        return list(orders.values_list("reason", flat=True))

    def order_mugs(self, number: int):
        self.client.force_login(self.chloe.user)
        return self.client.post("/orders/new/", {"mug": number})

    def test_an_order_takes_its_goods(self):
        self.order_mugs(2)
        self.assertEqual((self.stock(self.mug), self.stock(self.teapot)), (98, 100))

    def test_the_last_one_can_be_ordered_and_no_more(self):
        self.order_mugs(99)
        self.assertContains(self.order_mugs(2), "Of Mug there are only 1 left.")
        self.assertEqual(self.order_mugs(1).status_code, 302)
        self.assertContains(self.order_mugs(1), "Mug is sold out.")
        self.assertEqual((self.stock(self.mug), self.chloe.orders.count()), (0, 2))

    def test_a_refused_order_takes_nothing_of_its_other_products(self):
        product("Rare bowl", 500, stock=0)
        self.client.force_login(self.chloe.user)
        page = self.client.post("/orders/new/", {"mug": 1, "rare-bowl": 1})
        self.assertContains(page, "Rare bowl is sold out.")
        self.assertEqual((self.stock(self.mug), self.reasons()), (100, []))

    def test_a_cancelled_order_gives_its_goods_back_once(self):
        order = self.cancelled_order()
        record_cancellation(order, now=NOON)
        self.assertEqual((self.stock(self.mug), self.reasons()), (100, ["ordered", "cancelled"]))

    def test_money_for_a_cancelled_order_takes_them_again_even_below_zero(self):
        order = self.cancelled_order()
        Product.objects.filter(pk=self.mug.pk).update(stock=1)
        for _ in range(2):
            record_payment(order, intent_id="pi_late", amount_minor=order.total_minor, now=NOON)
        self.assertEqual(self.stock(self.mug), -1)
        self.assertEqual(self.reasons(), ["ordered", "cancelled", "paid-late"])

    def test_money_given_back_moves_no_goods_by_itself(self):
        order = self.paid_order()
        record_refund(order.payments.get(), refunded_minor=2800, now=NOON)
        self.assertEqual((self.stock(self.mug), self.reasons()), (98, ["ordered"]))

    def test_pages_say_what_is_sold_out(self):
        product("Rare bowl", 500, stock=0)
        self.assertContains(self.client.get("/"), "Sold out")
        page = self.client.get("/products/rare-bowl/")
        self.assertContains(page, "Sold out.")
        self.assertNotContains(page, "Order Rare bowl")


class OmarKeepsTheStock(StoreTestCase):
    def book(self, reason: str, quantity: int):
        self.client.force_login(self.omar)
        answers = {"reason": reason, "quantity": quantity}
        return self.client.post("/products/mug/stock/", answers, follow=True)

    def test_he_receives_goods(self):
        self.assertContains(self.book("received", 20), "In stock: <strong>120</strong>", html=True)
        latest = StockMovement.objects.latest("pk")
        self.assertEqual((latest.quantity, latest.moved_by), (20, self.omar))

    def test_he_counts_fewer_and_more(self):
        self.book("counted", -3)
        self.assertContains(self.book("counted", 1), "In stock: <strong>98</strong>", html=True)

    def test_senseless_changes_are_refused(self):
        for reason, quantity in (("received", 0), ("received", -1), ("counted", -101), ("stolen", 1)):
            with self.subTest(reason=reason, quantity=quantity):
                self.assertContains(self.book(reason, quantity), "errorlist")
        self.assertEqual(self.mug.movements.count(), 1)

    def test_movements_say_who_and_when_and_nobody_edits_them(self):
        self.book("received", 20)
        page = self.client.get("/admin/catalogue/stockmovement/")
        self.assertContains(page, "omar@purelaka.example")
        one = StockMovement.objects.latest("pk")
        self.assertLess(NOON + timedelta(days=1), one.moved_at)
        for verb in ("change", "delete"):
            address = f"/admin/catalogue/stockmovement/{one.pk}/{verb}/"
            self.assertEqual(self.client.post(address, {"quantity": 1}).status_code, 403)
