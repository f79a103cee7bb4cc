"""Says what a gate saw, from what each of its commands saw."""

from __future__ import annotations

from collections.abc import Sequence

from gateproof.model import SUPPORT, Outcome, Reading

WORST_FIRST = (
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.VACUOUS,
    Outcome.SKIPPED,
    Outcome.WAIVED,
    Outcome.PASSED,
)
"""A known no comes before an unknown: nothing that is still to be found out can turn it into a yes."""


def combine(readings: Sequence[Reading]) -> Reading:
    """The worst outcome with its reason; numbers add up per unit, the first unit leading.

    A command that only supports others is set aside.
    Without any other the gate is VACUOUS.
    """
    proving = [one for one in readings if not is_support(one)]
    if not proving:
        reason = "no command of this gate proves anything" if readings else "no command ran"
        return Reading(outcome=Outcome.VACUOUS, reason=reason)
    worst = min(proving, key=lambda one: WORST_FIRST.index(one.outcome))
    unit = proving[0].unit
    return Reading(
        outcome=worst.outcome,
        reason=worst.reason
        if worst.outcome is not Outcome.PASSED
        else "; ".join(one.reason for one in proving),
        looked_at=sum(one.looked_at for one in proving if one.unit == unit),
        unit=unit,
        counts=_counts(proving, unit, len(readings) - len(proving)),
        passed=tuple(name for one in proving for name in one.passed),
        failed=tuple(name for one in proving for name in one.failed),
        skipped=tuple(name for one in proving for name in one.skipped),
        predicates=tuple(predicate for one in proving for predicate in one.predicates),
    )


def is_support(reading: Reading) -> bool:
    """Whether the command did its part and proves nothing by itself; one that failed is no support."""
    return reading.unit == SUPPORT and reading.outcome is Outcome.VACUOUS


def _counts(proving: Sequence[Reading], unit: str, support: int) -> tuple[tuple[str, int], ...]:
    numbers: dict[str, int] = {}
    for one in proving:
        if one.unit != unit:
            numbers[one.unit] = numbers.get(one.unit, 0) + one.looked_at
        for name, number in one.counts:
            numbers[name] = numbers.get(name, 0) + number
    if support:
        numbers[SUPPORT] = support
    return tuple(numbers.items())
