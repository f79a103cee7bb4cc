"""The webhook believes only what Stripe signed, lately."""

import json
import time

from django.test import Client, override_settings

from payments.models import StripeEvent
from payments.tests.stripe_says import WebhookTestCase, event, sign, succeeded


class OnlyStripeIsBelieved(WebhookTestCase):
    def setUp(self):
        self.one = self.order()

    def assert_refused(self, answer, status: int = 400):
        self.assertEqual(answer.status_code, status)
        self.assertFalse(StripeEvent.objects.exists())
        self.assertEqual(self.outcome(self.one)[0], "pending")

    def test_a_signed_event_is_taken_in(self):
        answer = self.deliver(succeeded(self.one))
        self.assertEqual((answer.status_code, answer.content), (200, b"processed"))
        self.assertEqual(self.outcome(self.one)[0], "paid")

    def test_it_needs_no_csrf_token(self):
        self.client = Client(enforce_csrf_checks=True)
        self.assertEqual(self.deliver(succeeded(self.one)).status_code, 200)

    def test_another_secret_is_refused(self):
        payload = succeeded(self.one)
        self.assert_refused(self.deliver(payload, sign(payload, secret="whsec_" + "0" * 32)))

    def test_a_missing_or_broken_signature_is_refused(self):
        payload = succeeded(self.one)
        for signature in ("", "t=,v1=", "t=now,v1=abc", "v1=abc", "nonsense", "t=1,v1=\xe9"):
            with self.subTest(signature=signature):
                self.assert_refused(self.deliver(payload, signature))

    def test_one_changed_byte_is_refused(self):
        payload = succeeded(self.one)
        self.assert_refused(self.deliver(payload.replace("2800", "2801"), sign(payload)))

    def test_an_old_signature_is_refused(self):
        payload = succeeded(self.one)
        self.assert_refused(self.deliver(payload, sign(payload, at=int(time.time()) - 301)))

    def test_signed_text_that_is_no_event_is_refused(self):
        for payload in ("", "[]", "{}", "null", '"text"', "{", json.dumps({"object": "event"}), "\ufffd"):
            with self.subTest(payload=payload):
                self.assert_refused(self.deliver(payload))

    def test_an_event_without_content_is_refused(self):
        for content in (None, [], "text", {"metadata": ["order_reference"]}):
            with self.subTest(content=content):
                self.assert_refused(self.deliver(event("evt_1", "payment_intent.succeeded", content)))

    @override_settings(STRIPE_WEBHOOK_SECRET="")
    def test_without_a_secret_nothing_is_believed(self):
        payload = succeeded(self.one)
        self.assert_refused(self.deliver(payload, sign(payload, secret="")), status=503)

    def test_only_a_post_is_answered(self):
        self.assertEqual(self.client.get("/payments/stripe/webhook/").status_code, 405)
