"""The catalogue is open to everybody and shows what is listed."""

from core.tests.people import StoreTestCase, product


class AnyoneCanBrowse(StoreTestCase):
    def test_the_list_shows_names_and_prices_in_pounds(self):
        page = self.client.get("/")
        self.assertContains(page, "Teapot")
        self.assertContains(page, "£38.00")

    def test_a_product_has_its_own_page(self):
        page = self.client.get(self.mug.get_absolute_url())
        self.assertContains(page, "<h1>Mug</h1>", html=True)
        self.assertContains(page, "/orders/new/?product=mug")

    def test_an_unlisted_product_is_neither_listed_nor_found(self):
        retired = product("Butter dish", 2500, is_listed=False)
        self.assertNotContains(self.client.get("/"), "Butter dish")
        self.assertEqual(self.client.get(retired.get_absolute_url()).status_code, 404)

    def test_many_products_come_in_pages(self):
        for number in range(30):
            product(f"Plate {number:02}", 1900)
        self.assertContains(self.client.get("/"), "Page 1 of 2")
        self.assertContains(self.client.get("/?page=2"), "Page 2 of 2")

    def test_an_empty_catalogue_says_so(self):
        self.mug.movements.all().delete()
        self.mug.delete()
        self.teapot.movements.all().delete()
        self.teapot.delete()
        self.assertContains(self.client.get("/"), "Nothing is for sale just now.")

    def test_a_page_cannot_be_posted_to(self):
        self.assertEqual(self.client.post("/").status_code, 405)
