"""The plan: which gates must report, on which legs, about which source, before anything runs.

CI writes it first, as `plan.json`; whoever merges the records of many machines holds them against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateproof.evidence.layout import LEG, NAME
from gateproof.evidence.statement import decode, encode, source_of
from gateproof.model import Subject

MOST_JOBS = 256
"""GitHub starts no more jobs from one matrix."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Job:
    """One gate on one leg."""

    gate: str
    leg: str

    def __str__(self) -> str:
        return f"{self.gate} on {self.leg}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be proven, of what."""

    commit: str
    source: Subject
    jobs: tuple[Job, ...]

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates, each once."""
        return tuple(dict.fromkeys(job.gate for job in self.jobs))


def write_plan(plan: Plan) -> bytes:
    """The plan as one line of JSON."""
    jobs = [{"gate": job.gate, "leg": job.leg} for job in plan.jobs]
    digest = {"gitTree": plan.source.git_tree, "dirHash": plan.source.dir_hash}
    return encode({"commit": plan.commit, "source": digest, "jobs": jobs}) + b"\n"


def read_plan(raw: bytes) -> Plan:
    """What `write_plan` wrote. Raises ValueError, with a sentence, for anything else, and for a plan of nothing."""
    value = decode(raw.strip())
    if value.keys() != {"commit", "source", "jobs"}:
        raise ValueError("it does not hold exactly commit, source and jobs")
    commit, jobs = value["commit"], value["jobs"]
    if not isinstance(commit, str) or not isinstance(jobs, list):
        raise ValueError("its commit or its jobs are of the wrong kind")
    planned = tuple(map(_job, jobs))
    if not planned:
        raise ValueError("it plans nothing, so nothing could be missing")
    if len(set(planned)) != len(planned):
        raise ValueError("it plans a job twice")
    return Plan(commit=commit, source=source_of(value["source"]), jobs=planned)


def _job(value: object) -> Job:
    if not isinstance(value, dict) or value.keys() != {"gate", "leg"}:
        raise ValueError("a job is not exactly a gate and a leg")
    gate, leg = value["gate"], value["leg"]
    if not isinstance(gate, str) or not NAME.fullmatch(gate):
        raise ValueError(f"{gate!r} is not a name for a gate")
    if not isinstance(leg, str) or not LEG.fullmatch(leg):
        raise ValueError(f"{leg!r} is not a name for a leg")
    return Job(gate=gate, leg=leg)
