"""What a run of CI says on its own page: the gates, and what a pull request changes in them and in the dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateproof.evidence.attempts import Leg
from gateproof.judge.changes import Changes
from gateproof.judge.changes_text import code, counted, escaped, table


def gates_table(legs: Iterable[Leg], missing: Iterable[str] = ()) -> list[str]:
    """A table of gates in Markdown that nothing in it can break; `missing` are gates that left no record."""
    rows = [_row(leg) for leg in legs]
    rows += [f"| {code(name)} | | NOT STARTED | | | never started, so nothing is known |" for name in missing]
    if not rows:
        return ["No gate left a record, so nothing is known.", ""]
    return [
        "| gate | leg | outcome | looked at | attempts | because |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
    ]


def changes_lines(changes: Changes) -> Iterator[str]:
    """What a pull request changes in outcomes, counts and dependencies; where nothing can be compared, it says so."""
    yield from ("## Since the base", "")
    gates = [change for change in changes.gates if not change.is_same]
    if not any(change.before for change in changes.gates):
        yield from ("No record of the base's gates is at hand, so they are not compared.", "")
    elif not gates:
        yield from ("The gates see what they saw before.", "")
    else:
        yield from (f"Gates: {counted(gates)}.", "", *table(gates), "")
    if changes.dependencies:
        yield from (f"Dependencies: {counted(changes.dependencies)}.", "", *table(changes.dependencies), "")
    else:
        yield from ("No dependency changed.", "")


def _row(leg: Leg) -> str:
    last = leg.deciding
    # A record that does not count is told as such: PASSED beside uncommitted files proves nothing.
    outcome = f"{last.outcome}{', does not count' if not last.counts else ', flaky' if leg.is_flaky else ''}"
    looked_at = f"{last.looked_at:,} {escaped(last.unit)}" if last.looked_at else ""
    said = f"{outcome} | {looked_at} | {len(leg.attempts)} | {escaped(last.reason)}"
    return f"| {code(leg.gate)} | {escaped(leg.leg)} | {said} |"
