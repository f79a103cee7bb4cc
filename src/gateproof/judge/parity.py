"""Parity: CI runs what `nox -s gates` runs, nothing less and nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateproof.errors import NO, NOTHING_RAN, YES
from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.documents import stale
from gateproof.judge.ci.noxfile import PATH, Noxfile, NoxSession, read_noxfile
from gateproof.judge.ci.reading import CiReading, read_ci
from gateproof.judge.ci.steps import Step
from gateproof.judge.codes import Code
from gateproof.judge.kinds.ci import FAMILIES
from gateproof.judge.words import bare
from gateproof.model import Finding

CHECKS = (
    *(tool for tools in FAMILIES.values() for tool in tools),
    *(("manage.py", "check"), ("manage.py", "makemigrations"), ("manage.py", "run_checks")),
    *(("actionlint",), ("zizmor",), ("kingfisher",), ("gitleaks",), ("bandit",)),
)
"""Commands that check something, so that one of them outside of every gate is said to be hidden."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateParity:
    """One gate: how many of its commands CI runs so that their failure counts."""

    gate: str
    commands: int
    in_ci: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Parity:
    """All gates of a noxfile against all that CI runs."""

    gates: tuple[GateParity, ...]
    findings: tuple[Finding, ...]

    @property
    def commands(self) -> int:
        """How many commands of gates CI runs."""
        return sum(gate.in_ci for gate in self.gates)

    @property
    def exit_code(self) -> int:
        """0 when CI runs every gate and no other check, 3 when there is no gate, otherwise 1."""
        if not self.gates:
            return NOTHING_RAN
        return NO if self.findings else YES

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`, and for the gate's reader."""
        gates = [{"gate": one.gate, "commands": one.commands, "in_ci": one.in_ci} for one in self.gates]
        found = [{"code": f.code, "path": f.path, "sentence": f.sentence} for f in self.findings]
        return {"gates": gates, "commands": self.commands, "findings": found}

    def lines(self) -> list[str]:
        """For a person."""
        told = [f"{finding.code}  {finding.path}: {finding.sentence}" for finding in self.findings]
        if not self.gates:
            return [f"{PATH} declares no gate, so there is nothing to compare."]
        kept = sum(gate.commands == gate.in_ci for gate in self.gates)
        return [
            *told,
            f"CI runs {kept} of {len(self.gates)} gates as `nox -s gates` does, {self.commands} commands.",
        ]


def parity(bundle: Bundle) -> Parity:
    """Compare the noxfile's gates with what the CI files run; both are read and never executed."""
    noxfile = read_noxfile(bundle)
    if noxfile is None or not noxfile.gates:
        return Parity(gates=(), findings=())
    ci = read_ci(bundle)
    gates = [noxfile.sessions[name] for name in noxfile.gates]
    counted = tuple(
        GateParity(
            gate=gate.name,
            commands=len(gate.commands),
            in_ci=sum(_where(gate, place) in _effective(ci) for place in range(len(gate.commands))),
        )
        for gate in gates
    )
    findings = [finding for gate in gates for finding in _of_gate(gate, ci)]
    findings += [*stale(bundle), *_hidden(noxfile, ci), *(Code.UNREAD_CI.at("", note) for note in ci.notes)]
    return Parity(gates=counted, findings=tuple(findings))


def _of_gate(gate: NoxSession, ci: CiReading) -> Iterator[Finding]:
    place = f"{PATH}:{gate.line}"
    if not gate.commands:
        yield Code.UNREAD_CI.at(place, f"The gate {gate.name} runs nothing that its text names.")
    seen = {step.where for step in ci.steps}
    for number, command in enumerate(gate.commands):
        where, words = _where(gate, number), " ".join(command.words)
        if where in _effective(ci):
            continue
        if where in seen:
            step = next(step for step in ci.steps if step.where == where)
            yield Code.TOOTHLESS_IN_CI.at(where, f"{gate.name}: '{words}': {step.weaknesses[0]}.")
        else:
            yield Code.NOT_IN_CI.at(where, f"{gate.name}: '{words}'.")


def _where(gate: NoxSession, number: int) -> str:
    return f"{PATH}:{gate.commands[number].line}"


def _effective(ci: CiReading) -> set[str]:
    return {step.where for step in ci.effective if PATH in step.via}


def _hidden(noxfile: Noxfile, ci: CiReading) -> Iterator[Finding]:
    gates = [noxfile.sessions[name] for name in noxfile.gates]
    of_gates = {_where(gate, place) for gate in gates for place in range(len(gate.commands))}
    told: set[str] = set()
    for step in ci.effective:
        if step.where not in of_gates and step.where not in told and _checks_something(step):
            told.add(step.where)
            yield Code.HIDDEN_IN_CI.at(step.where, f"'{step}'.")


def _checks_something(step: Step) -> bool:
    words = bare(step.words)
    return any(words[: len(tool)] == tool for tool in CHECKS)
