"""Where a gate stands, from its records alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateproof.errors import NO, NOTHING_RAN, YES
from gateproof.evidence.attempts import Attempt
from gateproof.judge.render import standing_lines
from gateproof.judge.standing import State, stand
from gateproof.model import Outcome
from gateproof.record.ledger import Record

HERE, ELSEWHERE = "a" * 40, "b" * 40
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def record(
    outcome: Outcome = Outcome.PASSED,
    *,
    minute: int = 0,
    tree: str = HERE,
    clean: bool = True,
    ended: bool = True,
    leg: str = "py3.11-linux",
) -> Record:
    attempt = Attempt(
        gate="test",
        leg=leg,
        run=f"20260101T12{minute:02}00Z-00000000",
        outcome=outcome,
        reason="12 tests passed" if outcome is Outcome.PASSED else "2 tests failed",
        looked_at=12,
        unit="tests",
        is_clean=clean,
        has_ended=ended,
    )
    return Record(
        folder=Path("ledger"),
        git_tree=tree,
        attempt=attempt,
        call="c",
        started=NOON + timedelta(minutes=minute),
        seconds=1.0 if ended else None,
        unclean=() if clean else ("left.log",),
    )


FAILED, PASSED = Outcome.FAILED, Outcome.PASSED
STANDINGS = [
    ("no record", [], State.MISSING, "run `nox -s test`"),
    ("passed", [record()], State.PROVEN, "12 tests passed"),
    ("passed twice", [record(), record(minute=1)], State.PROVEN, "12 tests passed"),
    ("failed", [record(FAILED)], State.RED, "FAILED, 2 tests failed"),
    ("passed, then failed", [record(), record(FAILED, minute=1)], State.RED, "2 tests failed"),
    ("failed, then passed", [record(FAILED), record(minute=1)], State.FLAKY, "failed 1 of 2 times"),
    ("waived", [record(Outcome.WAIVED)], State.WAIVED, "tests failed"),
    ("passed, then waived", [record(), record(Outcome.WAIVED, minute=1)], State.WAIVED, "tests failed"),
    ("failed, then waived", [record(FAILED), record(Outcome.WAIVED, minute=1)], State.FLAKY, "failed 1 of 2"),
    ("waived beside a stray file", [record(Outcome.WAIVED, clean=False)], State.UNCLEAN, "left.log"),
    ("looked at nothing", [record(Outcome.VACUOUS)], State.RED, "VACUOUS"),
    (
        "only on another source",
        [record(tree=ELSEWHERE)],
        State.STALE,
        "another source (bbbbbbbbbbbb): PASSED",
    ),
    (
        "failed elsewhere, passed here",
        [record(FAILED, tree=ELSEWHERE), record(minute=1)],
        State.PROVEN,
        "12 tests",
    ),
    ("passed beside a stray file", [record(clean=False)], State.UNCLEAN, "left.log"),
    ("failed beside a stray file", [record(FAILED, clean=False)], State.RED, "2 tests failed"),
    (
        "clean pass, then an unclean failure",
        [record(), record(FAILED, minute=1, clean=False)],
        State.PROVEN,
        "12",
    ),
    ("did not end", [record(Outcome.ERRORED, ended=False)], State.UNFINISHED, "failed"),
    (
        "passed, then did not end",
        [record(), record(Outcome.ERRORED, minute=1, ended=False)],
        State.PROVEN,
        "12",
    ),
]


@pytest.mark.parametrize(
    ("records", "state", "words"), [row[1:] for row in STANDINGS], ids=[row[0] for row in STANDINGS]
)
def test_a_gate_stands_where_its_latest_counting_attempt_says(
    records: list[Record], state: State, words: str
) -> None:
    standing = stand(["test"], reversed(records), HERE)

    (gate,) = standing.gates
    assert gate.state is state
    assert words in gate.sentence
    assert standing.is_proven is (state in {State.PROVEN, State.WAIVED})
    assert standing.exit_code == (YES if standing.is_proven else NO)
    assert bool(standing.waived) is (state is State.WAIVED)


def test_a_record_that_contradicts_itself_is_no_proof() -> None:
    lying = record()
    lying = replace(lying, attempt=replace(lying.attempt, contradictions=("it passed and ran no command",)))

    assert stand(["test"], [lying], HERE).gates[0].state is State.RED


def test_what_is_waived_is_never_counted_as_proven() -> None:
    assert standing_lines(stand(["test"], [record(Outcome.WAIVED)], HERE))[-1] == (
        "0 of 1 gates are proven for source aaaaaaaaaaaa; waived, not proven: test."
    )


def test_no_gate_at_all_is_not_a_proof() -> None:
    standing = stand([], [record()], HERE)

    assert not standing.is_proven
    assert standing.exit_code == NOTHING_RAN
    assert "nothing is proven" in standing_lines(standing)[-1]


def test_a_record_of_a_gate_that_is_not_required_does_not_count() -> None:
    assert stand(["lint"], [record()], HERE).gates[0].state is State.MISSING


def test_each_leg_stands_for_itself() -> None:
    standing = stand(["test"], [record(), record(FAILED, leg="py3.12-linux")], HERE)

    assert [(gate.leg.leg if gate.leg else None, gate.state) for gate in standing.gates] == [
        ("py3.11-linux", State.PROVEN),
        ("py3.12-linux", State.RED),
    ]
    assert not standing.is_proven


def test_the_lines_say_what_to_do_next() -> None:
    lines = standing_lines(stand(["test", "lint"], [record()], HERE))

    assert lines[0].startswith("test  PROVEN")
    assert lines[1].startswith("lint  MISSING")
    assert "1 of 2 gates are proven for source aaaaaaaaaaaa; run `nox -s gates`" in lines[-1]


def test_all_proven_says_so() -> None:
    assert (
        standing_lines(stand(["test"], [record()], HERE))[-1]
        == "All 1 gates are proven for source aaaaaaaaaaaa."
    )


def test_as_json_it_names_the_source_and_each_gate() -> None:
    mapping = stand(["test", "lint"], [record()], HERE).as_mapping()

    assert mapping["source"] == {"gitTree": HERE}
    assert [gate["state"] for gate in mapping["gates"]] == ["PROVEN", "MISSING"]
    assert mapping["proven"] is False


def test_a_deployment_of_the_gates_name_says_nothing_of_the_gate() -> None:
    standing = stand(["test"], [replace(record(), kind="deploy")], HERE)

    assert [gate.state for gate in standing.gates] == [State.MISSING]


def test_a_gate_is_told_to_programs_with_its_leg_or_without() -> None:
    (missing,) = stand(["lint"], [], HERE).gates
    (there,) = stand(["test"], [record()], HERE).gates

    assert missing.as_mapping() == {
        "gate": "lint",
        "leg": None,
        "attempts": 0,
        "state": "MISSING",
        "sentence": "no record; run `nox -s lint`",
    }
    assert there.leg is not None
    assert there.as_mapping() == {**there.leg.as_fact(), "state": "PROVEN", "sentence": there.sentence}


def test_of_several_sources_the_latest_is_told() -> None:
    old, new = record(tree=ELSEWHERE), record(FAILED, minute=5, tree="c" * 40)
    for records in ([old, new], [new, old]):
        (gate,) = stand(["test"], records, HERE).gates
        assert (gate.gate, gate.state) == ("test", State.STALE)
        assert gate.sentence == "last ran on another source (cccccccccccc): FAILED"


def test_three_stray_files_are_named_and_no_more() -> None:
    it = replace(record(clean=False), unclean=("a", "b", "c", "d"))
    (gate,) = stand(["test"], [it], HERE).gates
    assert gate.sentence == "passed, but beside what the commit has not: a, b, c"
