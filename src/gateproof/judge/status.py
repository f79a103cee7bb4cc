"""Where the release stands: each gate on the source that lies here, what is waived, and the next command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateproof.errors import NO
from gateproof.judge.standing import Standing, State
from gateproof.model import Accepted

_TO_RUN = (State.MISSING, State.STALE, State.UNFINISHED, State.UNCLEAN, State.FLAKY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """All that a release engineer asks in the morning."""

    product: str
    commit: str
    uncommitted: int
    """Files that are not as the commit has them; runs beside them do not count."""
    standing: Standing
    expired: tuple[Accepted, ...] = ()

    @property
    def exit_code(self) -> int:
        """The standing's; and 1 where an accepted finding's day is past, for a release refuses that."""
        return self.standing.exit_code or (NO if self.expired or self.uncommitted else 0)

    @property
    def next_command(self) -> str:
        """What to type now."""
        gates = self.standing.gates
        red = [gate.gate for gate in gates if gate.state is State.RED]
        due = list(dict.fromkeys(gate.gate for gate in gates if gate.state in _TO_RUN))
        if not gates:
            return "gateproof init"
        if self.uncommitted:
            return "git commit"
        if red:
            return f"nox -s {red[0]}"
        if due:
            return (
                "nox -s gates"
                if len(due) == len({gate.gate for gate in gates})
                else f"nox -s {' '.join(due)}"
            )
        if self.expired:
            return "mend what was accepted, or agree on another day in [[tool.gateproof.accepted]]"
        return "invoke release --rehearse"

    def lines(self) -> list[str]:
        """For a person."""
        counted = {state: sum(gate.state is state for gate in self.standing.gates) for state in State}
        told = (
            ", ".join(f"{number} {state.lower()}" for state, number in counted.items() if number) or "no gate"
        )
        beside = f", {self.uncommitted} files not committed" if self.uncommitted else ""
        width = max((len(gate.gate) for gate in self.standing.gates), default=0)
        lines = [f"{self.product} at {self.commit[:12]}{beside}: {told}"]
        lines += [f"  {gate.state:<10} {gate.gate:<{width}}  {gate.sentence}" for gate in self.standing.gates]
        lines += [
            f"  EXPIRED    {one.gate:<{width}}  {one.finding} was accepted until {one.until}: {one.reason}"
            for one in self.expired
        ]
        return [*lines, f"Next: {self.next_command}"]

    def as_mapping(self) -> Mapping[str, Any]:
        """For `--as-json`."""
        return {
            "product": self.product,
            "commit": self.commit,
            "uncommitted": self.uncommitted,
            **self.standing.as_mapping(),
            "expired": [
                {"gate": one.gate, "finding": one.finding, "until": one.until} for one in self.expired
            ],
            "next": self.next_command,
        }


def status_of(
    standing: Standing,
    *,
    product: str,
    commit: str,
    uncommitted: int,
    accepted: Sequence[Accepted],
    today: date,
) -> Status:
    """Put it together."""
    late = tuple(entry for entry in accepted if entry.is_expired(today))
    return Status(product=product, commit=commit, uncommitted=uncommitted, standing=standing, expired=late)
