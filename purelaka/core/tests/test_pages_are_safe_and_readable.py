"""Every page says its language, has one heading, lets one skip to it, and allows no foreign script."""

from django.test import override_settings

from core.tests.people import StoreTestCase


class PagesAreSafeAndReadable(StoreTestCase):
    def pages(self):
        order = self.paid_order()
        yield from (self.client.get(path) for path in ("/", "/accounts/sign-in/", "/accounts/sign-up/"))
        self.client.force_login(self.chloe.user)
        yield from (
            self.client.get(path)
            for path in ("/orders/", "/orders/new/", order.get_absolute_url(), self.mug.get_absolute_url())
        )
        self.client.force_login(self.ana)
        yield self.client.get("/analytics/")

    def test_each_page_has_what_a_screen_reader_needs(self):
        for page in self.pages():
            with self.subTest(path=page.request["PATH_INFO"]):
                self.assertContains(page, '<html lang="en-GB">')
                self.assertContains(page, "<h1>", count=1)
                self.assertContains(page, '<a class="skip" href="#content">')
                self.assertRegex(page.content.decode(), r"<title>[^<]+ · Purelaka</title>")

    def test_each_field_has_its_label(self):
        for page in self.pages():
            form = page.context.get("form")
            for field in form.visible_fields() if form else ():
                self.assertContains(page, f'for="{field.id_for_label}"')

    def test_each_page_forbids_what_it_does_not_need(self):
        for page in self.pages():
            self.assertIn("default-src 'self'", page.headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", page.headers["Content-Security-Policy"])
            self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(page.headers["Referrer-Policy"], "same-origin")
            self.assertNotContains(page, "<script")
            self.assertNotContains(page, "style=")

    def test_what_is_missing_or_forbidden_has_a_page_too(self):
        self.assertContains(self.client.get("/nothing/"), "<h1>Not found</h1>", status_code=404, html=True)
        self.client.force_login(self.sam.user)
        self.assertContains(self.client.get("/analytics/"), "Not for this account", status_code=403)

    def test_staging_says_so_and_nothing_else_does(self):
        self.assertNotContains(self.client.get("/"), "noindex")
        with override_settings(ENVIRONMENT="staging"):
            self.assertContains(self.client.get("/"), "Staging: nothing ordered here is real.")
            self.assertContains(self.client.get("/"), '<meta name="robots" content="noindex">')
