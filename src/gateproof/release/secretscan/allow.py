"""The allow-list: which hits may stay, each for a reason; an entry that allows nothing is a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateproof.findings import Code, Notes
from gateproof.model import Finding
from gateproof.pack.inspect.globs import matches_any
from gateproof.pack.inspect.rules import RuleException

NOT_LOOKED_AT = Code.NOT_LOOKED_AT.rule
"""The rule by which an entry speaks of a file that could not be looked into."""
EVIDENCE = "evidence/"
"""Entries for paths below it are about the evidence; all others about the source."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Catch:
    """What a rule caught, where."""

    path: str
    rule: str
    detail: str
    """For a person; never the secret."""
    shown: str = ""
    """The path as it may be shown, where the path itself holds a secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """What one entry let pass."""

    entry: RuleException
    times: int


def judge(
    caught: Sequence[Catch], entries: Iterable[RuleException]
) -> tuple[tuple[Finding, ...], tuple[Allowed, ...]]:
    """The findings that no entry allows, those for unused entries last; and what each entry let pass."""
    times = dict.fromkeys(entries, 0)
    notes = Notes()
    for catch in caught:
        fitting = [e for e in times if e.rule == catch.rule and matches_any(catch.path, (e.path,))]
        for entry in fitting:
            times[entry] += 1
        if not fitting:
            code = Code.NOT_LOOKED_AT if catch.rule == NOT_LOOKED_AT else Code.SECRET
            notes.add(code, catch.shown or catch.path, catch.detail)
    for entry, used in times.items():
        if not used:
            notes.add(Code.UNUSED_ALLOWANCE, entry.path, f"It is from {entry.rule}: {entry.reason}")
    return notes.findings(), tuple(Allowed(entry=entry, times=used) for entry, used in times.items() if used)


def about(entries: Iterable[RuleException], *, evidence: bool) -> tuple[RuleException, ...]:
    """The entries about the evidence, or about the source."""
    return tuple(entry for entry in entries if entry.path.lstrip("/").startswith(EVIDENCE) is evidence)
