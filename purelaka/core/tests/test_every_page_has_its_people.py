"""Every address of the store, and what each person gets there. A new page must be entered here."""

from django.test import Client
from django.urls import get_resolver

from core.tests.people import StoreTestCase

PEOPLE = ("anonymous", "stranger", "chloe", "ana", "omar", "ada")
# 200 shows it, 302 leads on (the anonymous: to sign in), 403 and 404 refuse, 405 wants a form.
PAGES = {
    "core:healthz": ("get", "/healthz", (200, 200, 200, 200, 200, 200)),
    "core:readyz": ("get", "/readyz", (503, 503, 503, 503, 503, 503)),
    "catalogue:list": ("get", "/", (200, 200, 200, 200, 200, 200)),
    "catalogue:detail": ("get", "/products/mug/", (200, 200, 200, 200, 200, 200)),
    "catalogue:stock": ("get", "/products/mug/stock/", (302, 403, 403, 403, 200, 200)),
    "customers:login": ("get", "/accounts/sign-in/", (200, 302, 302, 302, 302, 302)),
    "customers:logout": ("get", "/accounts/sign-out/", (405, 405, 405, 405, 405, 405)),
    "customers:sign-up": ("get", "/accounts/sign-up/", (200, 200, 200, 200, 200, 200)),
    "orders:list": ("get", "/orders/", (302, 200, 200, 403, 403, 403)),
    "orders:place": ("get", "/orders/new/", (302, 200, 200, 403, 403, 403)),
    "orders:detail": ("get", "/orders/{order}/", (302, 404, 200, 404, 200, 200)),
    "orders:cancel": ("post", "/orders/{order}/cancel/", (302, 404, 302, 404, 302, 302)),
    "payments:pay": ("post", "/payments/pay/{order}/", (302, 404, 302, 403, 403, 403)),
    "payments:refund": ("get", "/payments/{payment}/refund/", (302, 403, 403, 403, 200, 200)),
    "payments:send-again": ("post", "/payments/refunds/1/send-again/", (302, 403, 403, 403, 404, 404)),
    "payments:stripe-webhook": ("get", "/payments/stripe/webhook/", (405, 405, 405, 405, 405, 405)),
    "analyticsapp:days": ("get", "/analytics/", (302, 403, 403, 200, 200, 200)),
    "analyticsapp:export": ("get", "/analytics/exports/orders.csv", (302, 403, 403, 200, 403, 200)),
}
# In the administration the refused are asked to sign in as somebody else: 302 for all who are not staff.
ROOMS = {
    "/admin/": (302, 302, 302, 200, 200, 200),
    "/admin/catalogue/product/": (302, 302, 302, 200, 200, 200),
    "/admin/catalogue/product/add/": (302, 302, 302, 403, 200, 200),
    "/admin/catalogue/stockmovement/": (302, 302, 302, 403, 200, 200),
    "/admin/customers/customer/": (302, 302, 302, 403, 200, 200),
    "/admin/orders/order/": (302, 302, 302, 403, 200, 200),
    "/admin/payments/payment/": (302, 302, 302, 403, 200, 200),
    "/admin/payments/refundrequest/": (302, 302, 302, 403, 200, 200),
    "/admin/payments/stripeevent/": (302, 302, 302, 403, 200, 200),
    "/admin/jobs/jobrun/": (302, 302, 302, 200, 200, 200),
    "/admin/analyticsapp/dailysnapshot/": (302, 302, 302, 200, 200, 200),
    # Accounts and groups are given by a superuser, who is none of these.
    "/admin/auth/user/": (302, 302, 302, 403, 403, 403),
    "/admin/auth/group/": (302, 302, 302, 403, 403, 403),
}


def own_addresses() -> set[str]:
    """Name every address of the store itself."""
    names = set()
    for namespace, (_, resolver) in get_resolver().namespace_dict.items():
        if namespace != "admin":
            names |= {f"{namespace}:{key}" for key in resolver.reverse_dict if isinstance(key, str)}
    return names | {key for key in get_resolver().reverse_dict if isinstance(key, str)}


class EveryPageHasItsPeople(StoreTestCase):
    def setUp(self):
        """Let everybody sign in, each in a browser of their own."""
        people = (None, self.sam.user, self.chloe.user, self.ana, self.omar, self.ada)
        self.browsers = [Client() for _ in people]
        for browser, person in zip(self.browsers, people, strict=True):
            if person:
                browser.force_login(person)

    def answers(self, verb: str, address: str) -> tuple[int, ...]:
        return tuple(getattr(browser, verb)(address).status_code for browser in self.browsers)

    def test_each_person_gets_what_is_theirs(self):
        order = self.paid_order()
        names = {"order": order.reference, "payment": order.payments.get().pk}
        for name, (verb, address, expected) in PAGES.items():
            with self.subTest(page=name):
                self.assertEqual(self.answers(verb, address.format(**names)), expected)

    def test_each_room_of_the_administration_has_its_people(self):
        for address, expected in ROOMS.items():
            with self.subTest(room=address):
                self.assertEqual(self.answers("get", address), expected)

    def test_every_page_is_in_the_table(self):
        self.assertEqual(own_addresses(), set(PAGES))

    def test_the_anonymous_are_led_to_sign_in_and_nowhere_else(self):
        order = self.paid_order()
        names = {"order": order.reference, "payment": order.payments.get().pk}
        for name, (verb, address, expected) in PAGES.items():
            if expected[0] == 302:
                with self.subTest(page=name):
                    answer = getattr(self.client, verb)(address.format(**names))
                    self.assertTrue(answer.headers["Location"].startswith("/accounts/sign-in/?next="))
