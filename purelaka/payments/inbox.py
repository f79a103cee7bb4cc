"""Taking a Stripe event in: one row an event, claimed before it acts, so that it acts once."""

from datetime import datetime
from enum import Enum

import structlog
from django.db import transaction
from django.db.models import F

from payments.facts import Facts
from payments.handlers import HANDLERS
from payments.models import EventStatus, StripeEvent

logger = structlog.get_logger(__name__)

# A row in one of these may still be acted on. `claimed` is seen from outside only if someone wrote it by
# hand: the claim and the act commit together.
OPEN = (EventStatus.CLAIMED, EventStatus.FAILED)


class Receipt(Enum):
    """What became of one delivery."""

    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"
    KNOWN = "known already"


@transaction.atomic
def take_in(*, event_id: str, event_type: str, facts: Facts, now: datetime) -> Receipt:
    """Store an event and act on it, unless that was done before."""
    event, _ = StripeEvent.objects.get_or_create(
        event_id=event_id, defaults={"event_type": event_type, "facts": facts.as_json(), "received_at": now}
    )
    return act_on(event, now=now)


@transaction.atomic
def act_on(event: StripeEvent, *, now: datetime) -> Receipt:
    """Act on a stored event that is new or failed before.

    The claim is one conditional UPDATE: of two deliveries at the same time, the second waits for the first
    to commit and then finds nothing left to claim. A handler that fails leaves no trace but its error.
    """
    claimed = StripeEvent.objects.filter(pk=event.pk, status__in=OPEN).update(
        status=EventStatus.CLAIMED, attempts=F("attempts") + 1
    )
    if not claimed:
        return Receipt.KNOWN
    event.refresh_from_db()
    event.error = ""
    handler = HANDLERS.get(event.event_type)
    if handler is None:
        event.status = EventStatus.IGNORED
    else:
        try:
            with transaction.atomic():
                event.order = handler(Facts(**event.facts), now=now)
            event.status = EventStatus.PROCESSED
        except Exception as error:
            logger.exception("stripe_event_failed", event_id=event.event_id, event_type=event.event_type)
            event.status = EventStatus.FAILED
            event.error = (str(error) or type(error).__name__)[:500]
    event.finished_at = now
    event.save()
    logger.info(
        "stripe_event_taken_in", event_id=event.event_id, status=event.status, attempts=event.attempts
    )
    return Receipt(event.status)
