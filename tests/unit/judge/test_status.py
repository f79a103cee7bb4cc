"""`invoke status`: where the release stands and what to type next, from evidence alone."""

from __future__ import annotations

from datetime import date

import pytest

from gateproof.judge.standing import GateStanding, Standing, State
from gateproof.judge.status import Status, status_of
from gateproof.model import Accepted

TODAY = date(2026, 6, 1)


def status(*states: tuple[str, State], uncommitted: int = 0, until: str = "") -> Status:
    gates = tuple(GateStanding(gate=name, state=state, sentence="why") for name, state in states)
    accepted = [Accepted(gate="check", finding="W1", reason="later", until=until)] if until else []
    return status_of(
        Standing(git_tree="0" * 40, gates=gates),
        product="shop",
        commit="1" * 40,
        uncommitted=uncommitted,
        accepted=accepted,
        today=TODAY,
    )


A, B, C = ("a", State.PROVEN), ("b", State.STALE), ("c", State.RED)


@pytest.mark.parametrize(
    ("one", "command", "code"),
    [
        (status(), "gateproof init", 3),
        (status(A, B, C, uncommitted=2), "git commit", 1),
        (status(A, B, C), "nox -s c", 1),
        (status(A, B, ("d", State.MISSING)), "nox -s b d", 1),
        (status(B, ("d", State.UNFINISHED)), "nox -s gates", 1),
        (status(A, until="2026-05-31"), "mend what was accepted", 1),
        (status(A, until="2026-06-01"), "invoke release --rehearse", 0),
        (status(A, ("e", State.WAIVED)), "invoke release --rehearse", 0),
        (status(A, uncommitted=1), "git commit", 1),
    ],
)
def test_the_next_command_follows_from_the_evidence(one: Status, command: str, code: int) -> None:
    assert one.next_command.startswith(command)
    assert one.exit_code == code
    assert one.lines()[-1].startswith(f"Next: {command}")
    assert one.as_mapping()["next"] == one.next_command


def test_every_state_is_counted_and_waived_is_not_proven() -> None:
    lines = status(A, B, ("e", State.WAIVED), until="2026-05-31", uncommitted=3).lines()

    assert lines[0] == "shop at 111111111111, 3 files not committed: 1 proven, 1 waived, 1 stale"
    assert any(line.split()[:2] == ["WAIVED", "e"] for line in lines)
    assert any("EXPIRED" in line and "W1 was accepted until 2026-05-31" in line for line in lines)


def test_all_of_it_in_words_and_for_programs() -> None:
    one = status(A, B, until="2026-05-31", uncommitted=3)

    assert one.lines() == [
        "shop at 111111111111, 3 files not committed: 1 proven, 1 stale",
        "  PROVEN     a  why",
        "  STALE      b  why",
        "  EXPIRED    check  W1 was accepted until 2026-05-31: later",
        "Next: git commit",
    ]
    assert one.as_mapping() == {
        "product": "shop",
        "commit": "1" * 40,
        "uncommitted": 3,
        **one.standing.as_mapping(),
        "expired": [{"gate": "check", "finding": "W1", "until": "2026-05-31"}],
        "next": "git commit",
    }


def test_without_a_gate_there_is_no_gate() -> None:
    assert status().lines() == ["shop at 111111111111: no gate", "Next: gateproof init"]
    assert (
        status(until="2026-05-31").lines()[1] == "  EXPIRED    check  W1 was accepted until 2026-05-31: later"
    )
