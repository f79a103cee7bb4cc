"""Where each gate stands for one source, from its records and nothing else."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateproof.errors import NO, NOTHING_RAN, YES
from gateproof.evidence import attempts
from gateproof.evidence.attempts import Leg
from gateproof.record.ledger import Record


class State(enum.StrEnum):
    """What the records of one gate say about one source."""

    PROVEN = "PROVEN"
    """The latest attempt that counts passed, and none before it failed."""
    WAIVED = "WAIVED"
    """A person lets it be open, for a reason. A release may rest on it, and says so."""
    FLAKY = "FLAKY"
    """The latest attempt that counts passed, but an earlier one on the same source did not."""
    RED = "RED"
    """The latest attempt that counts did not pass."""
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
    state: State
    sentence: str
    leg: Leg | None = None
    """Its attempts on this source; None where there are none."""

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`."""
        facts = self.leg.as_fact() if self.leg else {"gate": self.gate, "leg": None, "attempts": 0}
        return {**facts, "state": self.state.value, "sentence": self.sentence}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """All required gates on one source."""

    git_tree: str
    gates: tuple[GateStanding, ...]

    @property
    def unproven(self) -> tuple[GateStanding, ...]:
        """The gates that keep this source from being released."""
        return tuple(gate for gate in self.gates if gate.state not in (State.PROVEN, State.WAIVED))

    @property
    def waived(self) -> tuple[GateStanding, ...]:
        """The gates that were not proven, and that a person lets be open."""
        return tuple(gate for gate in self.gates if gate.state is State.WAIVED)

    @property
    def is_proven(self) -> bool:
        """Whether a release may rest on this, waivers included; no gate at all is not a proof."""
        return bool(self.gates) and not self.unproven

    @property
    def exit_code(self) -> int:
        """0 when every gate is proven or waived, 3 when there is no gate at all, and otherwise 1."""
        if not self.gates:
            return NOTHING_RAN
        return YES if self.is_proven else NO

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`."""
        gates = [gate.as_mapping() for gate in self.gates]
        return {"source": {"gitTree": self.git_tree}, "gates": gates, "proven": self.is_proven}


def stand(required: Sequence[str], records: Iterable[Record], git_tree: str) -> Standing:
    """Judge each required gate on the source `git_tree`; a gate with several legs stands once for each."""
    of_gate: dict[str, list[Record]] = {name: [] for name in required}
    for record in records:
        if record.kind == "gates" and record.attempt.gate in of_gate:
            of_gate[record.attempt.gate].append(record)
    gates = [one for name in required for one in _legs(name, of_gate[name], git_tree)]
    return Standing(git_tree=git_tree, gates=tuple(gates))


def _legs(gate: str, records: Sequence[Record], git_tree: str) -> list[GateStanding]:
    here = [record for record in records if record.git_tree == git_tree]
    if here:
        return [_one(leg, here) for leg in attempts.legs(record.attempt for record in here)]
    if records:
        last = max(records, key=lambda record: record.started)
        sentence = f"last ran on another source ({last.git_tree[:12]}): {last.attempt.outcome}"
        return [GateStanding(gate=gate, state=State.STALE, sentence=sentence)]
    return [GateStanding(gate=gate, state=State.MISSING, sentence=f"no record; run `nox -s {gate}`")]


def _one(leg: Leg, records: Sequence[Record]) -> GateStanding:
    state, sentence = _state(leg, records)
    return GateStanding(gate=leg.gate, leg=leg, state=state, sentence=sentence)


def _state(leg: Leg, records: Sequence[Record]) -> tuple[State, str]:
    last = leg.deciding
    if leg.state is attempts.State.FAILED or (last.has_ended and not last.is_accepted):
        return State.RED, f"{last.outcome}, {last.reason}"
    if leg.state is attempts.State.UNCOUNTED:
        if not last.has_ended:
            return State.UNFINISHED, last.reason
        beside = next(record.unclean for record in records if record.attempt == last)
        return State.UNCLEAN, f"passed, but beside what the commit has not: {', '.join(beside[:3])}"
    if leg.is_flaky:
        failed = leg.said_no
        return (
            State.FLAKY,
            f"passed at last; failed {len(failed)} of {len(leg.attempts)} times: {failed[-1].reason}",
        )
    return (State.PROVEN if last.is_pass else State.WAIVED), last.reason
