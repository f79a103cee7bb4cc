"""The page of a CI run: every gate is told, nothing breaks the table, and what cannot be compared is said."""

from __future__ import annotations

from gateproof.evidence.attempts import Attempt, legs
from gateproof.judge.changes import Change, Changes
from gateproof.judge.ci.summary import changes_lines, gates_table
from gateproof.model import Outcome


def attempt(outcome: Outcome = Outcome.PASSED, **said: object) -> Attempt:
    facts = {
        "gate": "unit",
        "leg": "py3.12-linux",
        "run": "20260101T000000Z-00000000",
        "reason": "12 tests passed",
        "looked_at": 1200,
        "unit": "tests",
        "is_clean": True,
        "has_ended": True,
    }
    return Attempt(outcome=outcome, **(facts | said))  # type: ignore[arg-type]


def test_a_gate_is_a_line() -> None:
    line = gates_table(legs([attempt()]))[2]

    assert line == "| `unit` | py3.12-linux | PASSED | 1,200 tests | 1 | 12 tests passed |"


def test_a_red_one_an_uncounted_one_and_a_missing_one_are_told() -> None:
    told = gates_table(
        legs([attempt(Outcome.VACUOUS, gate="a", looked_at=0), attempt(gate="b", is_clean=False)]), ["c"]
    )

    assert "| VACUOUS |  | 1 |" in told[2]
    assert "PASSED, does not count" in told[3]
    assert "NOT STARTED" in told[4]


def test_a_flaky_one_is_not_told_as_plainly_passed() -> None:
    tries = [attempt(Outcome.FAILED), attempt(run="20260101T000001Z-00000000")]

    assert "| PASSED, flaky | 1,200 tests | 2 |" in gates_table(legs(tries))[2]


def test_what_a_gate_says_cannot_break_the_table() -> None:
    line = gates_table(legs([attempt(reason="a | b <img> \x1b[31m `x`")]))[2]

    assert line.replace("\\|", "").count("|") == 7
    assert "\x1b" not in line
    assert "\\<img\\>" in line


def test_no_record_is_not_an_empty_table() -> None:
    assert gates_table([]) == ["No gate left a record, so nothing is known.", ""]


def test_changed_outcomes_counts_and_dependencies_are_told() -> None:
    told = "\n".join(
        changes_lines(
            Changes(
                old="a",
                new="b",
                gates=(
                    Change(name="unit", before="PASSED, 12 tests", after="PASSED, 9 tests"),
                    Change(name="lint", before="PASSED", after="PASSED"),
                ),
                dependencies=(
                    Change(name="django", before="5.2", after="5.2.1", where="requirements/store.txt"),
                ),
            )
        )
    )

    assert "Gates: 1 changed." in told
    assert "| `unit` | changed | PASSED, 12 tests | PASSED, 9 tests |" in told
    assert "lint" not in told
    assert "| `django` | changed | 5.2 | 5.2.1 |" in told


def test_nothing_to_compare_with_is_not_no_change() -> None:
    alone = Changes(old="a", new="b", gates=(Change(name="unit", before=None, after="PASSED"),))
    same = Changes(old="a", new="b", gates=(Change(name="unit", before="PASSED", after="PASSED"),))

    assert "are not compared" in "\n".join(changes_lines(alone))
    assert "see what they saw before" in "\n".join(changes_lines(same))
