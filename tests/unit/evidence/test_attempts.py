"""Attempts: what counts, what decides, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from gateproof.evidence.attempts import Attempt, State, against, legs, read_attempt, waived
from gateproof.evidence.statement import LINK, TEST_RESULT, Statement
from gateproof.model import SUPPORT, Outcome


def attempt(run: str = "1", gate: str = "unit", leg: str = "linux", **changes: Any) -> Attempt:
    told: dict[str, Any] = {
        "outcome": Outcome.PASSED,
        "reason": "12 tests passed.",
        "looked_at": 12,
        "unit": "tests",
        "is_clean": True,
        "has_ended": True,
    }
    return Attempt(gate=gate, leg=leg, run=run, **{**told, **changes})


def failed(run: str = "1", **changes: Any) -> Attempt:
    return attempt(run, outcome=Outcome.FAILED, reason="1 test failed.", **changes)


def statements(link: Any = None, **changes: Any) -> list[Statement]:
    ours = {
        "name": "unit",
        "leg": "linux",
        "outcome": "PASSED",
        "reason": "Fine.",
        "looked_at": 12,
        "unit": "tests",
        "is_clean": True,
        "finished": "2026-11-24T03:18:39Z",
    }
    result = {"result": "PASSED", "failedTests": [], "gateproof_run": {**ours, **changes}}
    same = {name: {**ours, **changes}[name] for name in ("outcome", "looked_at", "unit")}
    ran = {"gateproof_run": {"executed": True, **same}} if link is None else link
    return [
        Statement(subject=(), predicate_type=LINK, predicate=ran),
        Statement(subject=(), predicate_type=TEST_RESULT, predicate=result),
    ]


def command(outcome: str, **ours: Any) -> dict[str, Any]:
    """What the link of a command says."""
    return {"gateproof_run": {"executed": True, "outcome": outcome, "looked_at": 12, "unit": "tests", **ours}}


def read(found: list[Statement]) -> Attempt:
    return read_attempt(found, gate="unit", leg="linux", run="1")


@pytest.mark.parametrize(
    ("attempts", "state", "is_flaky"),
    [
        ([attempt()], State.PASSED, False),
        ([failed()], State.FAILED, False),
        ([failed("1"), attempt("2")], State.PASSED, True),
        ([attempt("2"), failed("1")], State.PASSED, True),
        ([attempt("1"), failed("2")], State.FAILED, True),
        ([attempt("1"), failed("2", is_clean=False)], State.PASSED, False),
        ([attempt("1"), failed("2", has_ended=False)], State.PASSED, False),
        ([attempt("1", is_clean=False)], State.UNCOUNTED, False),
        ([attempt("1", has_ended=False)], State.UNCOUNTED, False),
        ([attempt(contradictions=("it argues",))], State.FAILED, False),
        ([attempt(outcome=Outcome.VACUOUS)], State.FAILED, False),
        ([attempt(outcome=Outcome.SKIPPED)], State.FAILED, False),
        ([attempt(outcome=Outcome.ERRORED)], State.FAILED, False),
        ([attempt(outcome=Outcome.WAIVED)], State.WAIVED, False),
        ([attempt("1"), attempt("2", outcome=Outcome.WAIVED)], State.WAIVED, False),
        ([attempt("1", outcome=Outcome.WAIVED), attempt("2")], State.PASSED, False),
        ([attempt("1", outcome=Outcome.WAIVED), failed("2")], State.FAILED, True),
        ([failed("1"), attempt("2", outcome=Outcome.WAIVED)], State.WAIVED, True),
        ([attempt("1", outcome=Outcome.SKIPPED), attempt("2")], State.PASSED, False),
        ([attempt("1"), attempt("2", outcome=Outcome.SKIPPED)], State.FAILED, False),
        ([failed("1"), attempt("2", outcome=Outcome.SKIPPED), attempt("3")], State.PASSED, True),
        ([attempt("1", outcome=Outcome.ERRORED), attempt("2")], State.PASSED, True),
        ([attempt("1", outcome=Outcome.SKIPPED, contradictions=("x",)), attempt("2")], State.PASSED, True),
        ([attempt(outcome=Outcome.WAIVED, is_clean=False)], State.UNCOUNTED, False),
        ([attempt(outcome=Outcome.WAIVED, contradictions=("it argues",))], State.FAILED, False),
    ],
)
def test_the_latest_attempt_that_counts_decides(
    attempts: list[Attempt], state: State, is_flaky: bool
) -> None:
    [leg] = legs(attempts)
    assert (leg.state, leg.is_flaky) == (state, is_flaky)
    assert leg.as_fact()["attempts"] == len(attempts)


def test_each_leg_is_decided_by_itself() -> None:
    found = legs([attempt(leg="windows"), failed(leg="linux"), attempt(gate="lint")])
    assert [(leg.gate, leg.leg, leg.state.value) for leg in found] == [
        ("lint", "linux", "PASSED"),
        ("unit", "linux", "FAILED"),
        ("unit", "windows", "PASSED"),
    ]


def test_gates_that_all_passed_have_nothing_against_them() -> None:
    assert against(legs([attempt(), attempt(gate="lint")]), ["lint", "unit"]) == ()


def test_nothing_is_not_a_pass() -> None:
    assert against([], []) == ("No gate is required, so nothing was asked.", "No gate left a record.")


def test_a_required_gate_without_a_record_is_named() -> None:
    assert against(legs([attempt()]), ["lint", "unit"]) == ("The gate lint is required and left no record.",)


def test_a_gate_that_failed_is_a_no_even_where_it_is_not_required() -> None:
    [reason] = against(legs([attempt(), failed(gate="extra")]), ["unit"])
    assert reason == "The gate extra on linux is FAILED: 1 test failed."


def test_a_waived_gate_is_not_held_against_a_release_and_is_never_silent() -> None:
    found = legs([attempt(), attempt(gate="audit", outcome=Outcome.WAIVED, reason="Old advisories.")])

    assert against(found, ["audit", "unit"]) == ()
    assert waived(found) == ("The gate audit on linux is waived: Old advisories.",)
    assert not any(leg.deciding.is_pass for leg in found if leg.gate == "audit")


def told(outcome: str, result: str, **changes: Any) -> list[Statement]:
    """A record whose result for strangers is `result`."""
    link, said = statements(outcome=outcome, **changes)
    predicate = {**said.predicate, "result": result}
    return [link, Statement(subject=(), predicate_type=TEST_RESULT, predicate=predicate)]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (told("WAIVED", "PASSED"), "its result for strangers is 'PASSED' and its outcome is WAIVED"),
        (told("WAIVED", "WARNED"), "its result for strangers is 'WARNED' and its outcome is WAIVED"),
        (told("WAIVED", "FAILED", reason=" "), "it was waived and gives no reason"),
        (told("WAIVED", "FAILED", looked_at=0), "it was waived and looked at nothing"),
        (told("WAIVED", "FAILED", link=command("FAILED")), "it was waived and a command of it is FAILED"),
        (told("WAIVED", "FAILED")[1:], "it was waived and ran no command that proves anything"),
    ],
)
def test_a_waiver_that_argues_with_itself_is_not_accepted(found: list[Statement], why: str) -> None:
    assert why in read(found).contradictions
    assert not read(found).is_accepted


def test_a_waived_record_is_accepted_and_is_no_pass() -> None:
    found = read(told("WAIVED", "FAILED"))

    assert (found.is_accepted, found.is_pass, found.is_green) == (True, False, False)


def test_a_record_is_read() -> None:
    found = read(statements())
    assert found.is_pass
    assert (found.looked_at, found.unit, found.reason) == (12, "tests", "Fine.")


def test_an_honest_failure_contradicts_nothing() -> None:
    found = statements(outcome="FAILED", looked_at=0)
    changed = Statement(
        subject=(), predicate_type=TEST_RESULT, predicate={**found[1].predicate, "result": "FAILED"}
    )
    assert read([changed]).contradictions == ()
    assert not read([changed]).is_pass


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (statements(outcome="VACUOUS"), "its result for strangers is 'PASSED' and its outcome is VACUOUS"),
        (statements(looked_at=0), "it passed and looked at nothing"),
        (statements(looked_at=-1), "it passed and looked at nothing"),
        (statements(looked_at="12"), "it passed and looked at nothing"),
        (statements(unclean=["notes.txt"]), "it says that it was clean, and names what was not"),
        (statements(link=command("FAILED")), "it passed and a command of it is FAILED"),
        (
            statements(link=command("PASSED", looked_at=0)),
            "it passed and its commands looked at 0, not at 12",
        ),
        (
            statements(link=command("PASSED", unit="files")),
            "it passed and its commands looked at 0, not at 12",
        ),
        (statements(link=command("WAIVED")), "it passed and a command of it is WAIVED"),
        (statements(link=command("VACUOUS")), "it passed and a command of it is VACUOUS"),
        (statements(link={"gateproof_run": {"executed": True}}), "it passed and a command of it is None"),
        (
            statements(link=command("VACUOUS", unit=SUPPORT)),
            "it passed and ran no command that proves anything",
        ),
        (statements()[1:], "it passed and ran no command that proves anything"),
        (statements(link={}), "it passed and ran no command that proves anything"),
        (
            statements(link={"gateproof_run": {"executed": "yes"}}),
            "it passed and ran no command that proves anything",
        ),
    ],
)
def test_a_pass_that_argues_with_itself_is_none(found: list[Statement], why: str) -> None:
    assert why in read(found).contradictions
    assert not read(found).is_pass


@pytest.mark.parametrize("name", ["is_clean", "finished", "reason", "unit"])
def test_a_field_that_is_missing_is_never_taken_for_good(name: str) -> None:
    found = read(statements(**{name: None}))
    assert (found.is_pass, found.reason, found.unit) == {
        "is_clean": (False, "Fine.", "tests"),
        "finished": (False, "Fine.", "tests"),
        "reason": (True, "", "tests"),
        "unit": (True, "Fine.", "things"),
    }[name]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "0 results"),
        ([*statements(), *statements()], "2 results"),
        ([Statement(subject=(), predicate_type=TEST_RESULT, predicate={})], "no gateproof_run"),
        (statements(outcome="GREEN"), "none that is known"),
        (statements(outcome=[]), "none that is known"),
        (statements(name="lint"), "not of unit on linux"),
        (statements(leg="windows"), "not of unit on linux"),
    ],
)
def test_what_is_no_record_is_refused(found: list[Statement], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(found)
