"""Where each gate stands for one source, from its records and nothing else."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateproof.errors import NO, NOTHING_RAN, YES
from gateproof.model import Outcome
from gateproof.record.ledger import Record


class State(enum.StrEnum):
    """What the records of one gate say about one source."""

    PROVEN = "PROVEN"
    """The latest attempt passed in a clean checkout, and none failed before."""
    FLAKY = "FLAKY"
    """The latest attempt passed, but an earlier one on the same source did not."""
    RED = "RED"
    """The latest attempt did not pass."""
    UNCLEAN = "UNCLEAN"
    """It passed, but beside files that no commit has, so the run does not count."""
    UNFINISHED = "UNFINISHED"
    """Every attempt started and did not end."""
    STALE = "STALE"
    """There are records, but about another source."""
    MISSING = "MISSING"
    """There is no record at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateStanding:
    """One gate, on one leg, on one source."""

    gate: str
    leg: str | None
    state: State
    sentence: str
    attempts: tuple[Record, ...]
    """Every record of it on this source, oldest first."""

    @property
    def deciding(self) -> Record | None:
        """The latest attempt that ended, the clean ones first."""
        return _deciding(self.attempts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """All required gates on one source."""

    git_tree: str
    gates: tuple[GateStanding, ...]

    @property
    def missing(self) -> tuple[GateStanding, ...]:
        """The gates that keep this source from being released."""
        return tuple(gate for gate in self.gates if gate.state is not State.PROVEN)

    @property
    def exit_code(self) -> int:
        """0 when every gate is proven, 3 when there is no gate at all, and otherwise 1."""
        if not self.gates:
            return NOTHING_RAN
        return NO if self.missing else YES

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`."""
        rows = [
            {
                "gate": gate.gate,
                "leg": gate.leg,
                "state": gate.state.value,
                "sentence": gate.sentence,
                "attempts": len(gate.attempts),
                "looked_at": gate.deciding.looked_at if gate.deciding else 0,
                "unit": gate.deciding.unit if gate.deciding else None,
                "record": gate.deciding.folder.as_posix() if gate.deciding else None,
            }
            for gate in self.gates
        ]
        return {"source": {"gitTree": self.git_tree}, "gates": rows, "proven": not self.missing and bool(rows)}


def stand(required: Sequence[str], records: Iterable[Record], git_tree: str) -> Standing:
    """Judge each required gate on the source `git_tree`; a gate with several legs stands once for each."""
    by_gate: dict[str, list[Record]] = {name: [] for name in required}
    for record in records:
        if record.name in by_gate:
            by_gate[record.name].append(record)
    gates = [one for name in required for one in _legs(name, by_gate[name], git_tree)]
    return Standing(git_tree=git_tree, gates=tuple(gates))


def _legs(name: str, records: Sequence[Record], git_tree: str) -> list[GateStanding]:
    here: dict[str, list[Record]] = {}
    for record in records:
        if record.git_tree == git_tree:
            here.setdefault(record.leg, []).append(record)
    if here:
        return [_one(name, leg, sorted(found, key=_age)) for leg, found in sorted(here.items())]
    state, sentence = State.MISSING, "no record; run it"
    if records:
        last = max(records, key=_age)
        state, sentence = State.STALE, f"last ran on another source ({last.git_tree[:12]}): {last.outcome}"
    return [GateStanding(gate=name, leg=None, state=state, sentence=sentence, attempts=())]


def _one(name: str, leg: str, attempts: Sequence[Record]) -> GateStanding:
    state, sentence = _state(attempts)
    return GateStanding(gate=name, leg=leg, state=state, sentence=sentence, attempts=tuple(attempts))


def _state(attempts: Sequence[Record]) -> tuple[State, str]:
    last = _deciding(attempts)
    if last is None:
        return State.UNFINISHED, f"{attempts[-1].reason} ({len(attempts)} attempts)"
    if last.outcome is not Outcome.PASSED:
        return State.RED, f"{last.outcome}, {last.reason}"
    if not last.is_clean:
        beside = ", ".join(last.unclean[:3])
        return State.UNCLEAN, f"passed beside what the commit has not: {beside}"
    counted = [record for record in attempts if record.is_clean]
    failed = [record for record in counted if record.outcome is not Outcome.PASSED]
    if failed:
        return State.FLAKY, f"passed on attempt {len(counted)} of {len(counted)}; before: {failed[-1].reason}"
    return State.PROVEN, last.reason


def _deciding(attempts: Sequence[Record]) -> Record | None:
    ended = [record for record in attempts if record.has_ended]
    clean = [record for record in ended if record.is_clean]
    return max(clean or ended, key=_age, default=None)


def _age(record: Record) -> datetime:
    return record.started
