"""Accepted findings are waived, never green; one more, or a day too late, is red."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateproof.model import Accepted, Outcome, Reading
from gateproof.record.accepting import accept, expired

TODAY = date(2026, 6, 1)
FOUND = Reading(
    outcome=Outcome.FAILED,
    reason="2 issues",
    looked_at=1,
    unit="projects",
    findings=("security.W004", "security.W008"),
)


def entry(finding: str, *, gate: str = "deploy-check", until: str = "2026-06-01") -> Accepted:
    return Accepted(gate=gate, finding=finding, reason="The proxy does it.", until=until)


BOTH = (entry("security.W004"), entry("security.W008"))


def test_all_of_it_accepted_is_waived_and_says_why_and_until_when() -> None:
    it = accept(FOUND, "deploy-check", BOTH, TODAY)

    assert it.outcome is Outcome.WAIVED
    assert "security.W004 until 2026-06-01 (The proxy does it)" in it.reason
    assert it.looked_at == 1


REFUSED = [
    ("one more finding", FOUND, BOTH[:1], "not accepted: security.W008"),
    (
        "a day too late",
        FOUND,
        (BOTH[0], entry("security.W008", until="2026-05-31")),
        "which is past: security.W008",
    ),
    ("of another gate", FOUND, tuple(replace(one, gate="check") for one in BOTH), "2 issues"),
    ("not all told", replace(FOUND, findings=()), BOTH, "2 issues"),
    ("a failed test", replace(FOUND, failed=("t",)), BOTH, "2 issues"),
    ("looked at nothing", replace(FOUND, looked_at=0), BOTH, "2 issues"),
]


@pytest.mark.parametrize(
    ("reading", "entries", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_anything_else_stays_red(reading: Reading, entries: tuple[Accepted, ...], words: str) -> None:
    it = accept(reading, "deploy-check", entries, TODAY)

    assert it.outcome is Outcome.FAILED
    assert words in it.reason


@pytest.mark.parametrize("outcome", [Outcome.ERRORED, Outcome.VACUOUS, Outcome.SKIPPED, Outcome.PASSED])
def test_only_a_failure_can_be_accepted(outcome: Outcome) -> None:
    reading = replace(FOUND, outcome=outcome)

    assert accept(reading, "deploy-check", BOTH, TODAY) == reading


def test_an_entry_whose_day_is_past_is_expired_found_or_not() -> None:
    late = entry("x", until="2026-05-31")

    assert expired((*BOTH, late), TODAY) == (late,)
