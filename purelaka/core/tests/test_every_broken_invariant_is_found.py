"""For every invariant there is a store that breaks it, and then it says so."""

from datetime import UTC, date, datetime
from pathlib import Path

from analyticsapp.invariants import every_snapshot_reconciles_with_its_day
from analyticsapp.models import DailySnapshot
from analyticsapp.snapshots import take_snapshots
from catalogue.models import Product, Reason
from catalogue.stock import adjust
from core import invariants
from core.invariants import INVARIANTS, check
from core.tests.breaking import check_constraints_off
from core.tests.people import NOON, StoreTestCase
from jobs.models import JobRun
from orders.models import Order, OrderLine
from payments.models import Payment, Refund, RefundRequest, StripeEvent


class EveryBrokenInvariantIsFound(StoreTestCase):
    """Each test breaks one thing; `broken` names the invariants that noticed."""

    def broken(self) -> dict[str, tuple[str, ...]]:
        return {finding.name: finding.issues for finding in check().findings if finding.issues}

    def assert_only(self, invariant, text: str):
        found = self.broken()
        self.assertEqual(list(found), [invariant.__name__])
        self.assertIn(text, found[invariant.__name__][0])

    def event(self, order: Order | None, **changes) -> StripeEvent:
        facts = {"order_reference": order.reference if order else None}
        values = {"event_id": "evt_1", "event_type": "payment_intent.succeeded", "status": "processed"}
        return StripeEvent.objects.create(**{**values, "order": order, "facts": facts, **changes})

    def refund_request(self, **changes) -> RefundRequest:
        values = {"payment": self.paid_order().payments.get(), "amount_minor": 800, "refunded_to_minor": 800}
        return RefundRequest.objects.create(**values, asked_by=self.omar, asked_at=NOON, **changes)

    def test_a_sound_store_breaks_none(self):
        self.order(), self.cancelled_order()
        self.event(self.paid_order(refunded_minor=800))
        self.paid_order(refunded_minor=2800)
        self.refund_request(status="done")
        JobRun.objects.create(job="retention", day=NOON.date(), status="succeeded")
        take_snapshots(date(2026, 3, 1), date(2026, 3, 3), now=datetime(2026, 3, 4, tzinfo=UTC))
        self.assertEqual(self.broken(), {})
        self.assertTrue(all(finding.looked_at for finding in check().findings))

    def test_an_unknown_status(self):
        order = self.order()
        with check_constraints_off(Order):
            Order.objects.filter(pk=order.pk).update(status="canceled")
        self.assert_only(invariants.every_order_status_is_known, "unknown status 'canceled'")

    def test_a_total_that_is_not_the_sum(self):
        OrderLine.objects.filter(order=self.order()).update(quantity=3)
        self.assert_only(
            invariants.every_order_total_is_the_sum_of_its_lines, "says £28.00, its lines £42.00"
        )

    def test_an_order_without_lines(self):
        OrderLine.objects.filter(order=self.order()).delete()
        self.assert_only(invariants.every_order_total_is_the_sum_of_its_lines, "its lines £0.00")

    def test_a_paid_order_without_its_payment(self):
        Order.objects.filter(pk=self.order().pk).update(status="paid")
        self.assert_only(invariants.every_paid_order_has_its_payment, "is paid, but £0.00 of £28.00 was paid")

    def test_a_paid_order_with_too_little(self):
        Payment.objects.filter(order=self.paid_order()).update(amount_minor=2799)
        self.assert_only(invariants.every_paid_order_has_its_payment, "£27.99 of £28.00 was paid")

    def test_an_order_that_was_paid_twice(self):
        Payment.objects.create(order=self.paid_order(), intent_id="pi_again", amount_minor=2800)
        self.assert_only(invariants.every_paid_order_has_its_payment, "£56.00 of £28.00 is held")

    def test_a_refunded_order_that_kept_something(self):
        Order.objects.filter(pk=self.paid_order(refunded_minor=800).pk).update(status="refunded")
        self.assert_only(invariants.every_refunded_order_gave_everything_back, "still holds £20.00")

    def test_a_paid_order_that_gave_everything_back(self):
        Order.objects.filter(pk=self.paid_order(refunded_minor=2800).pk).update(status="paid")
        self.assert_only(invariants.every_refunded_order_gave_everything_back, "everything was given back")

    def test_a_pending_or_cancelled_order_with_money(self):
        for status in ("pending", "cancelled"):
            order = self.paid_order()
            Order.objects.filter(pk=order.pk).update(status=status, cancelled_at=NOON)
            found = self.broken()[invariants.no_unpaid_order_holds_money.__name__]
            self.assertIn(f"is {status}, but holds £28.00 of £28.00", found[-1])

    def test_a_payment_whose_refunds_do_not_add_up(self):
        self.paid_order(refunded_minor=800)
        Refund.objects.update(amount_minor=700)
        self.assert_only(
            invariants.every_payment_reconciles_with_its_refunds, "£8.00 was given back, its refunds £7.00"
        )

    def test_a_processed_event_without_an_order(self):
        with check_constraints_off(StripeEvent):
            self.event(None)
        self.assert_only(invariants.no_stripe_event_is_an_orphan, "belongs to no order")

    def test_an_event_that_names_another_order(self):
        self.event(self.order(), facts={"order_reference": "PL-OTHER"})
        self.assert_only(invariants.no_stripe_event_is_an_orphan, "names PL-OTHER, but belongs to")

    def test_a_failed_or_forgotten_event(self):
        self.event(None, status="failed", error="The power went.")
        self.assert_only(invariants.no_stripe_event_is_left_undone, "is failed: The power went.")
        StripeEvent.objects.update(status="claimed", error="")
        self.assert_only(invariants.no_stripe_event_is_left_undone, "is claimed: no error")

    def test_a_refund_that_stripe_never_confirmed(self):
        self.refund_request(status="sent")
        self.assert_only(
            invariants.no_refund_is_left_unconfirmed, "asked for on 2026-03-02 and is still sent"
        )

    def test_a_stock_that_no_movement_explains(self):
        Product.objects.filter(pk=self.mug.pk).update(stock=7)
        self.assert_only(
            invariants.every_stock_is_the_sum_of_its_movements, "there are 7, by its movements 100"
        )

    def test_more_sold_than_there_is(self):
        adjust(self.mug, -102, reason=Reason.COUNTED, by=self.omar, now=NOON)
        self.assert_only(invariants.no_product_is_oversold, "Mug is oversold by 2")

    def test_a_job_that_gave_up(self):
        JobRun.objects.create(job="retention", day=NOON.date(), status="failed", error="The power went.")
        self.assert_only(invariants.no_job_is_left_failed, "failed, 0 times in a row: The power went.")

    def test_a_snapshot_that_drifted_from_its_day(self):
        take_snapshots(NOON.date(), NOON.date(), now=datetime(2026, 3, 4, tzinfo=UTC))
        self.paid_order()
        found = self.broken()[every_snapshot_reconciles_with_its_day.__name__]
        self.assertIn("Snapshot 2026-03-02 keeps orders_placed 0, but the day now has 1.", found)

    def test_a_snapshot_of_other_definitions(self):
        take_snapshots(NOON.date(), NOON.date(), now=datetime(2026, 3, 4, tzinfo=UTC))
        DailySnapshot.objects.update(definitions_version=99)
        self.assert_only(every_snapshot_reconciles_with_its_day, "uses definitions 99: take it again")

    def test_every_invariant_of_the_table_is_broken_above(self):
        source = Path(__file__).read_text(encoding="utf-8")
        for invariant in INVARIANTS:
            self.assertIn(invariant.__name__, source)
