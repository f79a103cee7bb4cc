"""`invoke status`: where the release stands and what to type next, from evidence alone."""

from __future__ import annotations

import pytest

from gateproof.judge.standing import GateStanding, Standing, State
from gateproof.judge.status import Status


def status(*states: tuple[str, State], uncommitted: int = 0) -> Status:
    gates = tuple(GateStanding(gate=name, state=state, sentence="why") for name, state in states)
    standing = Standing(git_tree="0" * 40, gates=gates)
    return Status(product="shop", commit="1" * 40, uncommitted=uncommitted, standing=standing)


A, B, C = ("a", State.PROVEN), ("b", State.STALE), ("c", State.RED)


@pytest.mark.parametrize(
    ("one", "command", "code"),
    [
        (status(), "gateproof init", 3),
        (status(A, B, C, uncommitted=2), "git commit", 1),
        (status(A, B, C), "nox -s c", 1),
        (status(A, B, ("d", State.MISSING)), "nox -s b d", 1),
        (status(B, ("d", State.UNFINISHED)), "nox -s gates", 1),
        (status(A), "invoke release --rehearse", 0),
        (status(A, uncommitted=1), "git commit", 1),
    ],
)
def test_the_next_command_follows_from_the_evidence(one: Status, command: str, code: int) -> None:
    assert one.next_command.startswith(command)
    assert one.exit_code == code
    assert one.lines()[-1].startswith(f"Next: {command}")
    assert one.as_mapping()["next"] == one.next_command


def test_every_state_is_counted() -> None:
    lines = status(A, B, C, uncommitted=3).lines()

    assert lines[0] == "shop at 111111111111, 3 files not committed: 1 proven, 1 red, 1 stale"
    assert any(line.split()[:2] == ["RED", "c"] for line in lines)
