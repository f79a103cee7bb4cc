"""The store's business invariants: one table, one function each. To add one, write it beside its models."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analyticsapp.invariants import every_snapshot_reconciles_with_its_day
from catalogue.invariants import every_stock_is_the_sum_of_its_movements, no_product_is_oversold
from core.observation import Observation
from jobs.invariants import no_job_is_left_failed
from orders.invariants import every_order_status_is_known, every_order_total_is_the_sum_of_its_lines
from payments.invariants import (
    every_paid_order_has_its_payment,
    every_payment_reconciles_with_its_refunds,
    every_refunded_order_gave_everything_back,
    no_refund_is_left_unconfirmed,
    no_stripe_event_is_an_orphan,
    no_stripe_event_is_left_undone,
    no_unpaid_order_holds_money,
)

Invariant = Callable[[], Observation]

INVARIANTS: tuple[Invariant, ...] = (
    every_order_status_is_known,
    every_order_total_is_the_sum_of_its_lines,
    every_paid_order_has_its_payment,
    every_refunded_order_gave_everything_back,
    no_unpaid_order_holds_money,
    every_payment_reconciles_with_its_refunds,
    no_stripe_event_is_an_orphan,
    no_stripe_event_is_left_undone,
    no_refund_is_left_unconfirmed,
    every_stock_is_the_sum_of_its_movements,
    no_product_is_oversold,
    every_snapshot_reconciles_with_its_day,
    no_job_is_left_failed,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one invariant saw, under its name."""

    name: str
    looked_at: int
    issues: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What all invariants saw."""

    findings: tuple[Finding, ...]

    @property
    def looked_at(self) -> int:
        """Return how many rows were looked at, each as often as an invariant looked."""
        return sum(finding.looked_at for finding in self.findings)

    @property
    def issues(self) -> int:
        """Return how many issues there are in all."""
        return sum(len(finding.issues) for finding in self.findings)


def check(invariants: Iterable[Invariant] = INVARIANTS) -> Report:
    """Look at everything once."""
    findings = []
    for invariant in invariants:
        seen = invariant()
        findings.append(Finding(name=invariant.__name__, looked_at=seen.looked_at, issues=seen.issues))
    return Report(findings=tuple(findings))
