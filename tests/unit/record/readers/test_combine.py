"""What a gate of several commands saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateproof.model import Outcome, Reading
from gateproof.record.readers import combine, decide, exit_code, is_support
from unit.record.readers.builder import ended, reading

PASSED, FAILED, VACUOUS, SKIPPED, ERRORED, WAIVED = map(reading, Outcome)
SUPPORT = Reading(outcome=Outcome.VACUOUS, reason="exited 0", unit="supporting commands")


@pytest.mark.parametrize(
    ("readings", "worst"),
    [
        ([PASSED], PASSED),
        ([PASSED, SKIPPED], SKIPPED),
        ([PASSED, WAIVED], WAIVED),
        ([WAIVED, VACUOUS], VACUOUS),
        ([SKIPPED, VACUOUS, PASSED], VACUOUS),
        ([VACUOUS, ERRORED, SKIPPED], ERRORED),
        ([ERRORED, FAILED, PASSED], FAILED),
        ([SUPPORT, PASSED], PASSED),
        ([replace(SUPPORT, outcome=Outcome.FAILED), PASSED], replace(SUPPORT, outcome=Outcome.FAILED)),
    ],
)
def test_the_worst_outcome_wins(readings: Sequence[Reading], worst: Reading) -> None:
    it = combine(readings)
    assert it.outcome is worst.outcome
    assert it.reason == worst.reason


@pytest.mark.parametrize(
    ("readings", "reason"),
    [([], "no command ran"), ([SUPPORT, SUPPORT], "no command of this gate proves anything")],
)
def test_a_gate_without_a_proving_command_is_vacuous(readings: Sequence[Reading], reason: str) -> None:
    assert combine(readings) == Reading(outcome=Outcome.VACUOUS, reason=reason)


def test_numbers_add_up_per_unit_and_the_first_unit_leads() -> None:
    tests = replace(
        reading(looked_at=2, unit="tests", reason="2 passed"), counts=(("skipped", 1),), passed=("a",)
    )
    more = replace(
        reading(looked_at=3, unit="tests", reason="3 passed"), counts=(("skipped", 2),), skipped=("b",)
    )
    files = replace(reading(looked_at=7, unit="files", reason="7 clean"), failed=("c",))
    assert combine([SUPPORT, tests, files, more]) == Reading(
        outcome=Outcome.PASSED,
        reason="2 passed; 7 clean; 3 passed",
        looked_at=5,
        unit="tests",
        counts=(("skipped", 3), ("files", 7), ("supporting commands", 1)),
        passed=("a",),
        failed=("c",),
        skipped=("b",),
    )


@pytest.mark.parametrize(
    ("code", "outcome"), [(0, Outcome.VACUOUS), (1, Outcome.FAILED), (3, Outcome.FAILED)]
)
def test_an_exit_code_alone_never_passes(tmp_path: Path, code: int, outcome: Outcome) -> None:
    it = decide(exit_code(), ended(tmp_path, exit_code=code))
    assert it.outcome is outcome
    assert is_support(it) == (code == 0)


def test_what_is_stated_of_the_source_stays_and_other_units_add_up_by_name() -> None:
    one = replace(PASSED, predicates=(("vulns", {"a": 1}),))
    pins = reading(looked_at=5, unit="pins")
    it = combine([one, pins, replace(pins, looked_at=2), replace(one, predicates=(("vulns", {"b": 2}),))])

    assert it.predicates == (("vulns", {"a": 1}), ("vulns", {"b": 2}))
    assert it.counts == (("pins", 7),)
