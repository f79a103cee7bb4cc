"""Standings as lines that a person reads."""

from __future__ import annotations

from gateproof.judge.standing import Standing, State


def standing_lines(standing: Standing) -> list[str]:
    """A line a gate, then what it comes to."""
    wide = max((len(gate.gate) for gate in standing.gates), default=0)
    lines = [f"{gate.gate:{wide}}  {gate.state:10}  {gate.sentence}" for gate in standing.gates]
    return [*lines, "", _altogether(standing)]


def _altogether(standing: Standing) -> str:
    proven = sum(gate.state is State.PROVEN for gate in standing.gates)
    source = f"source {standing.git_tree[:12]}"
    if not standing.gates:
        return f"No gate is declared, so nothing is proven for {source}."
    if standing.waived and standing.is_proven:
        names = ", ".join(gate.gate for gate in standing.waived)
        return (
            f"{proven} of {len(standing.gates)} gates are proven for {source}; waived, not proven: {names}."
        )
    if standing.is_proven:
        return f"All {proven} gates are proven for {source}."
    return f"{proven} of {len(standing.gates)} gates are proven for {source}; run `nox -s gates` in a clean checkout."
