"""Whatever happens, the log names nobody and opens nothing."""

import json
import logging
import secrets
from unittest import mock

from django.test import Client, SimpleTestCase, override_settings

from core.logs import MASK, mask
from core.tests.logbook import logbook
from payments.tests.stripe_says import SECRET, WebhookTestCase, event, succeeded

PASSWORD = secrets.token_urlsafe(12)
TELLING_FIELDS = ("password", "Authorization", "email", "username")
CASES = (
    ({"event": "mail to chloe@purelaka.example failed"}, {"event": f"mail to {MASK} failed"}),
    ({"event": "from 192.0.2.7"}, {"event": f"from {MASK}"}),
    ({"event": "from 2001:db8:0:1::7 again"}, {"event": f"from {MASK} again"}),
    ({"event": f"bad key {SECRET}"}, {"event": f"bad key {MASK}"}),
    ({"event": "sk_live_" + "a1" * 12}, {"event": MASK}),
    ({"event": "postgres://store:kettle@db/store"}, {"event": f"postgres://{MASK}@db/store"}),
    ({"event": "card 4242 4242 4242 4242"}, {"event": f"card {MASK}"}),
    (dict.fromkeys(TELLING_FIELDS, "x"), dict.fromkeys(TELLING_FIELDS, MASK)),
    ({"ip": "192.0.2.7", "user_agent": "Firefox"}, {}),
    ({"data": {"token": "x", "list": ["a@b.example", 1]}}, {"data": {"token": MASK, "list": [MASK, 1]}}),
    ({"error": ValueError("of a@b.example")}, {"error": f"of {MASK}"}),
)
# What must stay readable.
HARMLESS = (
    {"event": "12:30:45 PL-2345678BCD 2026-03-02T12:00:00Z", "rows": 100000},
    {"request_id": "0b54c5a1-5be5-4d3c-8a63-1d1a4c4b4f7e", "event_id": "evt_1Nv0FGQ9RKHgCVdK"},
)


class WhatNamesAPersonIsMasked(SimpleTestCase):
    def test_each_kind_is_masked_and_nothing_else(self):
        for line, expected in CASES:
            with self.subTest(line=line):
                self.assertEqual(mask(None, "info", line), expected)
        for line in HARMLESS:
            self.assertEqual(mask(None, "info", line), line)

    def test_an_exception_and_a_library_are_masked_too(self):
        with logbook() as lines:
            try:
                raise ValueError("chloe@purelaka.example")
            except ValueError:
                logging.getLogger("some.library").exception("%s could not be told", "chloe@purelaka.example")
        self.assertNotIn("chloe", json.dumps(lines))
        self.assertIn("ValueError", lines[0]["exception"])


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class NoPersonIsInTheLog(WebhookTestCase):
    def setUp(self):
        self.chloe.name = "Chloe Carter"
        self.chloe.save()
        self.chloe.user.set_password(PASSWORD)
        self.chloe.user.save()

    def everything_that_can_happen(self):
        """Sign in and fail to, order, pay, fail an event, break a page, search, export."""
        address = self.chloe.user.username
        for password in ("guess", "guess", "guess", "guess", "guess", PASSWORD):
            self.client.post("/accounts/sign-in/", {"username": address, "password": password})
        self.client.post("/accounts/sign-up/", {"name": "Nora Novak", "email": "nora@x.example"})
        self.client.force_login(self.chloe.user)
        self.client.post("/orders/new/", {"mug": 2})
        order = self.chloe.orders.get()
        self.deliver(succeeded(order, receipt_email=address, shipping={"name": "Chloe Carter"}))
        self.deliver(event("evt_bad", "payment_intent.succeeded", {"receipt_email": address}))
        self.deliver(succeeded(order), "t=1,v1=nonsense")
        self.client.force_login(self.ada)
        self.client.get("/admin/customers/customer/?q=Chloe")
        self.client.get("/analytics/exports/orders.csv").getvalue()
        broken = Client(raise_request_exception=False)
        with mock.patch("catalogue.views.Paginator", side_effect=ValueError(f"{address} of 192.0.2.7")):
            broken.get("/")

    def test_none_of_it_is_in_the_log(self):
        with logbook() as lines:
            self.everything_that_can_happen()
        text = json.dumps(lines).lower()
        events = {line["event"] for line in lines}
        self.assertLessEqual({"request_failed", "stripe_event_failed", "export_finished"}, events)
        self.assertGreater(len(lines), 30)
        for telling in (
            "chloe",
            "carter",
            "nora",
            "@",
            PASSWORD,
            SECRET,
            "127.0.0.1",
            "192.0.2.7",
            "guess",
            "nonsense",
        ):
            self.assertNotIn(telling.lower(), text)
