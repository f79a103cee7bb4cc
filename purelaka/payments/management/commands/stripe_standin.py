"""Run a local stand-in for Stripe."""

import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.models import Payment
from payments.standin import Intent, Till, serve

WEBHOOK = "http://127.0.0.1:8000/payments/stripe/webhook/"


class Command(BaseCommand):
    """Takes checkouts and refunds of a store in development, and sends it signed events. Ends with Ctrl-C."""

    help = "Run a local stand-in for Stripe, for a store in development that has STRIPE_API_BASE set to it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where it listens and where events go."""
        parser.add_argument("--port", type=int, default=8001, help="the port on 127.0.0.1 (default: 8001)")
        parser.add_argument("--webhook", default=WEBHOOK, help=f"where events go (default: {WEBHOOK})")

    def handle(self, **options) -> None:
        """Refuse anything but development, then serve."""
        if settings.ENVIRONMENT != "dev":
            raise CommandError("The stand-in is for development. Staging uses Stripe's own test mode.")
        if not settings.STRIPE_WEBHOOK_SECRET:
            raise CommandError("STRIPE_WEBHOOK_SECRET is not set: the store would not believe its events.")
        webhook = options["webhook"]
        till = Till(
            secret=settings.STRIPE_WEBHOOK_SECRET,
            deliver=lambda payload, signature: send(webhook, payload, signature),
            find=paid_earlier,
        )
        with serve(till, port=options["port"]) as server:
            self.stdout.write(
                f"Stand-in for Stripe on http://127.0.0.1:{server.server_address[1]}, Ctrl-C ends it."
            )
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                return


def paid_earlier(name: str) -> Intent | None:
    """Know the payments that the demo data or an earlier run of the stand-in took."""
    payment = Payment.objects.filter(intent_id=name).select_related("order").first()
    return payment and Intent(
        name=name,
        order_reference=payment.order.reference,
        amount_minor=payment.amount_minor,
        refunded_minor=payment.refunded_minor,
    )


def send(webhook: str, payload: str, signature: str) -> None:
    """Post an event in the background, as Stripe does: whoever caused it does not wait for the store."""
    address = urlsplit(webhook)

    def post() -> None:
        connection = HTTPConnection(address.netloc, timeout=10)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        connection.request("POST", address.path, payload.encode(), headers)
        connection.getresponse().read()
        connection.close()

    threading.Thread(target=post, daemon=True).start()
