"""A local stand-in for Stripe: checkouts, refunds and signed events, enough to show and test the store.

It speaks HTTP as Stripe does for the two things that the store asks of it, shows a page on which a customer
pays or gives up, and then signs and sends the events that Stripe would. No card, no network, no account.
"""

import hashlib
import hmac
import html
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

logger = logging.getLogger(__name__)

Deliver = Callable[[str, str], None]
REFERENCE = "payment_intent_data[metadata][order_reference]"
PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Pay</title>
</head>
<body><h1>Pay {amount}</h1><p>This is a stand-in for Stripe. No money moves.</p>
<form method="post"><button name="do" value="pay">Pay {amount}</button>
<button name="do" value="give-up">Give up</button></form>
</body></html>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What the stand-in knows of one payment."""

    name: str
    order_reference: str
    amount_minor: int
    refunded_minor: int = 0


@dataclass(kw_only=True, slots=True)
class Till:
    """The stand-in's memory. `find` gives payments that it does not know itself, such as the demo's."""

    secret: str
    deliver: Deliver
    find: Callable[[str], Intent | None] = lambda name: None
    intents: dict[str, Intent] = field(default_factory=dict)
    checkouts: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, object]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def once(self, key: str, make: Callable[[], dict[str, object]]) -> dict[str, object]:
        """Give the same answer to the same idempotency key."""
        with self.lock:
            if key not in self.answers:
                self.answers[key] = make()
            return self.answers[key]

    def open_checkout(self, form: Mapping[str, str], address: str) -> dict[str, object]:
        """Open a checkout for the line items of the form."""
        name = f"cs_standin_{secrets.token_hex(8)}"
        items = range(sum(1 for key in form if key.endswith("[quantity]")))
        amount = sum(
            int(form[f"line_items[{item}][quantity]"])
            * int(form[f"line_items[{item}][price_data][unit_amount]"])
            for item in items
        )
        intent = Intent(
            name=f"pi_standin_{secrets.token_hex(8)}", order_reference=form[REFERENCE], amount_minor=amount
        )
        self.intents[intent.name] = intent
        self.checkouts[name] = {"intent": intent.name, "return_url": form["success_url"]}
        return {"id": name, "object": "checkout.session", "url": f"{address}/checkout/{name}"}

    def refund(self, form: Mapping[str, str]) -> dict[str, object]:
        """Give back a part of a payment and say so."""
        with self.lock:
            intent = self.intents.get(form["payment_intent"]) or self.find(form["payment_intent"])
            if intent is None:
                raise LookupError("No such payment_intent.")
            refunded = intent.refunded_minor + int(form["amount"])
            if refunded > intent.amount_minor:
                raise LookupError("The refund is more than what is left.")
            self.intents[intent.name] = Intent(
                name=intent.name,
                order_reference=intent.order_reference,
                amount_minor=intent.amount_minor,
                refunded_minor=refunded,
            )
        content = {
            "id": f"ch_{intent.name}",
            "object": "charge",
            "payment_intent": intent.name,
            "amount": intent.amount_minor,
            "amount_captured": intent.amount_minor,
            "amount_refunded": refunded,
            "currency": "gbp",
            "metadata": {"order_reference": intent.order_reference},
        }
        self.say("charge.refunded", content)
        return {"id": f"re_standin_{secrets.token_hex(8)}", "object": "refund", "status": "succeeded"}

    def settle(self, checkout: str, *, is_paid: bool) -> str:
        """Let the customer pay or give up, say so, and return where the customer goes next."""
        known = self.checkouts[checkout]
        intent = self.intents[known["intent"]]
        content = {
            "id": intent.name,
            "object": "payment_intent",
            "status": "succeeded" if is_paid else "canceled",
            "amount_received": intent.amount_minor if is_paid else 0,
            "currency": "gbp",
            "metadata": {"order_reference": intent.order_reference},
        }
        self.say("payment_intent.succeeded" if is_paid else "payment_intent.canceled", content)
        return known["return_url"]

    def say(self, event_type: str, content: Mapping[str, object]) -> None:
        """Sign an event and send it."""
        event = {
            "id": f"evt_standin_{secrets.token_hex(8)}",
            "object": "event",
            "type": event_type,
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": content},
        }
        payload = json.dumps(event)
        self.deliver(payload, sign(payload, secret=self.secret, at=int(time.time())))


def sign(payload: str, *, secret: str, at: int) -> str:
    """Sign as Stripe does: HMAC-SHA256 over the moment and the payload. https://docs.stripe.com/webhooks"""
    digest = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def serve(till: Till, *, port: int) -> ThreadingHTTPServer:
    """Make a server on the loopback address; the caller runs and closes it."""

    class Handler(_Handler):
        pass

    Handler.till = till
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class _Handler(BaseHTTPRequestHandler):
    till: Till

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.removeprefix("/checkout/")
        if name not in self.till.checkouts:
            return self._answer(HTTPStatus.NOT_FOUND, "There is no such checkout.")
        minor = self.till.intents[self.till.checkouts[name]["intent"]].amount_minor
        amount = f"£{minor // 100}.{minor % 100:02}"
        return self._answer(HTTPStatus.OK, PAGE.format(amount=html.escape(amount)), kind="text/html")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
        path = urlsplit(self.path).path
        if path.startswith("/checkout/") and path.removeprefix("/checkout/") in self.till.checkouts:
            onward = self.till.settle(path.removeprefix("/checkout/"), is_paid=form.get("do") == "pay")
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", onward)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        host, port = self.server.server_address[:2]
        verbs = {
            "/v1/checkout/sessions": lambda: self.till.open_checkout(form, f"http://{host}:{port}"),
            "/v1/refunds": lambda: self.till.refund(form),
        }
        if path not in verbs:
            return self._error(HTTPStatus.NOT_FOUND, "The stand-in does not do that.")
        try:
            answer = self.till.once(self.headers.get("Idempotency-Key", secrets.token_hex(8)), verbs[path])
        except (LookupError, ValueError) as error:
            return self._error(HTTPStatus.BAD_REQUEST, str(error))
        return self._answer(HTTPStatus.OK, json.dumps(answer), kind="application/json")

    def _error(self, status: HTTPStatus, text: str) -> None:
        error = {"error": {"type": "invalid_request_error", "message": text}}
        self._answer(status, json.dumps(error), kind="application/json")

    def _answer(self, status: HTTPStatus, text: str, *, kind: str = "text/plain") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class calls it so)
        logger.debug("stand-in: " + format, *args)  # noqa: G003
