"""Counts that fell: a gate that looks at much less than it did at the last release is green all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateproof.judge.changes import Change

A_FIFTH = 5
_COUNT = re.compile(r", (?P<number>[0-9,]+) (?P<unit>[^,]+)")


def fall(gate: Change) -> str:
    """How far the count of this gate fell, where that is a fifth or more; else nothing.

    A count of another unit is no fall, as files and tests cannot be compared; a gate that counts nothing more is one.
    """
    before, after = _count(gate.before), _count(gate.after)
    if before is None or gate.after is None:
        return ""
    was, unit = before
    now, other = after or (0, unit)
    if unit != other or (was - now) * A_FIFTH < was or not was:
        return ""
    return f"fell by {(was - now) * 100 // was} %"


def falls(gates: Iterable[Change]) -> Iterator[str]:
    """A sentence for each gate whose count fell by a fifth or more."""
    for gate in gates:
        if how := fall(gate):
            yield f"What the gate {gate.name} looks at {how}: {gate.before} before, {gate.after} now."


def _count(text: str | None) -> tuple[int, str] | None:
    found = _COUNT.search(text or "")
    return (int(found["number"].replace(",", "")), found["unit"]) if found else None
