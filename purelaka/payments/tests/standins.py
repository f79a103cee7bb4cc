"""The stand-in for Stripe, running for a test."""

import json
import threading

from django.test import override_settings

from payments.standin import Till, serve
from payments.tests.stripe_says import SECRET, WebhookTestCase


class StandInTestCase(WebhookTestCase):
    """A store that asks the stand-in. What it says is kept in `said` until the test lets Stripe say it."""

    def setUp(self):
        self.said: list[tuple[str, str]] = []
        self.till = Till(secret=SECRET, deliver=lambda *event: self.said.append(event))
        server = serve(self.till, port=0)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        asks = override_settings(STRIPE_API_BASE=self.address, STRIPE_SECRET_KEY="sk_test_standin")
        asks.enable()
        self.addCleanup(asks.disable)

    def let_stripe_say_it(self) -> list[bytes]:
        """Deliver everything that was said, and return the store's answers."""
        answers = [self.deliver(payload, signature).content for payload, signature in self.said]
        self.said.clear()
        return answers

    def kinds_said(self) -> list[str]:
        """Return the types of the events that wait."""
        return [json.loads(payload)["type"] for payload, _ in self.said]
