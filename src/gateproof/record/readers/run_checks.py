"""Reads a store's own business invariants: `manage.py run_checks --fail-on-issues --format json`."""

from __future__ import annotations

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import count_of, json_from


def run_checks(*, at_least: int = 1) -> Reader:
    """Rows that the invariants looked at; an invariant that looked at none is named, and does not pass."""
    need = Requirement(options=("--fail-on-issues",), why="without --fail-on-issues broken invariants exit 0")
    return Reader(
        name="run-checks",
        read=_read,
        arguments=lambda files: ("--format=json",),
        at_least=at_least,
        requires=(need,),
    )


def _read(ended: Ended) -> Reading:
    report = json_from(ended.stdout.path)
    try:
        invariants = [
            (str(one["name"]), count_of(one["looked_at"]), len(one["issues"])) for one in report["invariants"]
        ]
        looked_at, issues = count_of(report["looked_at"]), count_of(report["issues"])
    except (KeyError, TypeError) as missing:
        raise NotUnderstoodError(f"the report of run_checks lacks {missing}") from None
    if looked_at != sum(rows for _, rows, _ in invariants) or issues != sum(
        wrong for _, _, wrong in invariants
    ):
        raise NotUnderstoodError("the sums in the report of run_checks are not those of its invariants")
    outcome, reason = _outcome(invariants, issues)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=looked_at,
        unit="rows",
        counts=(("invariants", len(invariants)), ("issues", issues)),
        passed=tuple(name for name, rows, wrong in invariants if rows and not wrong),
        failed=tuple(name for name, _, wrong in invariants if wrong),
        skipped=tuple(name for name, rows, wrong in invariants if not rows and not wrong),
    )


def _outcome(invariants: list[tuple[str, int, int]], issues: int) -> tuple[Outcome, str]:
    if issues:
        broken = next(name for name, _, wrong in invariants if wrong)
        return Outcome.FAILED, f"{issues} issues, first in {broken}"
    if blind := [name for name, rows, _ in invariants if not rows]:
        return Outcome.VACUOUS, f"{blind[0]} looked at nothing: seed the database first"
    return Outcome.PASSED, f"{len(invariants)} invariants hold"
