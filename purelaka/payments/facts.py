"""What the store reads from a Stripe event, and nothing else of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PAYMENT_SUCCEEDED = "payment_intent.succeeded"
PAYMENT_CANCELED = "payment_intent.canceled"
CHARGE_REFUNDED = "charge.refunded"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The fields that handlers use. One that the event lacked is None, and its handler says so."""

    order_reference: str | None = None
    intent_id: str | None = None
    intent_status: str | None = None
    currency: str | None = None
    taken_minor: int | None = None
    refunded_minor: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is stored beside the event; `Facts(**stored)` reads it back."""
        return asdict(self)


def facts_of(event_type: str, content: Mapping[str, Any]) -> Facts:
    """Pick the facts out of the object that an event is about. An event of no interest has none."""
    reference = (content.get("metadata") or {}).get("order_reference")
    if event_type in (PAYMENT_SUCCEEDED, PAYMENT_CANCELED):
        return Facts(
            order_reference=reference,
            intent_id=content.get("id"),
            intent_status=content.get("status"),
            currency=content.get("currency"),
            taken_minor=content.get("amount_received"),
        )
    if event_type == CHARGE_REFUNDED:
        captured = content.get("amount_captured")
        return Facts(
            order_reference=reference,
            intent_id=content.get("payment_intent"),
            currency=content.get("currency"),
            taken_minor=content.get("amount") if captured is None else captured,
            refunded_minor=content.get("amount_refunded"),
        )
    return Facts()
