"""Try failed Stripe events again."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from payments.inbox import Receipt, act_on
from payments.models import EventStatus, StripeEvent


class Command(BaseCommand):
    """Acts on every failed event, oldest first. Ends with 1 when one of them fails again."""

    help = "Try failed Stripe events again, oldest first. Ends with 1 when one of them fails again."

    def handle(self, **options: object) -> None:
        """Print one line an event and a last line of counts."""
        events = StripeEvent.objects.filter(status=EventStatus.FAILED).order_by("received_at", "pk")
        receipts = []
        for event in events:
            receipts.append(act_on(event, now=timezone.now()))
            event.refresh_from_db()
            self.stdout.write(f"{event}: {event.status}" + (f": {event.error}" if event.error else ""))
        still_failed = receipts.count(Receipt.FAILED)
        self.stdout.write(f"Tried {len(receipts)} failed events again: {still_failed} still fail.")
        if still_failed:
            sys.exit(1)
