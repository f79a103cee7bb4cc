"""Verdicts: what evidence makes of an item, and why."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


class Verdict(enum.StrEnum):
    """What evidence says of a proof or an item. Only MET ticks a box."""

    MET = "MET"
    UNMET = "UNMET"
    """It was looked at, and it is not so."""
    UNPROVEN = "UNPROVEN"
    """There is no evidence."""
    STALE = "STALE"
    """There is evidence, about another source."""
    CONTRADICTED = "CONTRADICTED"
    """One piece of evidence says so, and another says otherwise."""
    WAIVED = "WAIVED"
    """A named person lets it be open until a day, for a reason. It ticks nothing."""


_WORST_FIRST = (
    Verdict.CONTRADICTED,
    Verdict.UNMET,
    Verdict.STALE,
    Verdict.UNPROVEN,
    Verdict.WAIVED,
    Verdict.MET,
)


def badness(verdict: Verdict) -> int:
    """A place in the order in which verdicts keep others from counting; the least is the worst."""
    return _WORST_FIRST.index(verdict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What would make an item Done: `ran: manage.py check --deploy`."""

    kind: str
    argument: str
    line: int = 0
    """Where it is written, from 1."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.argument}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """A person's word that an item may stay open for a while."""

    by: str
    until: date
    """The last day on which it holds."""
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict with its reason and the evidence for it."""

    verdict: Verdict
    reason: str
    """One sentence, without its full stop."""
    evidence: tuple[str, ...] = ()
    """Paths inside the ZIP, or names of what lies beside it."""
    awaits_delivery: bool = False
    """Whether only the delivery can say it and was not given, or only sealing will make what it is about."""

    @property
    def is_met(self) -> bool:
        """Whether it would tick a box."""
        return self.verdict is Verdict.MET


def met(reason: str, *evidence: str) -> Judgement:
    """It is so, and the evidence shows it."""
    return Judgement(verdict=Verdict.MET, reason=reason, evidence=evidence)


def unmet(reason: str, *evidence: str) -> Judgement:
    """It was looked at, and it is not so."""
    return Judgement(verdict=Verdict.UNMET, reason=reason, evidence=evidence)


def unproven(reason: str, *evidence: str) -> Judgement:
    """Nothing shows it."""
    return Judgement(verdict=Verdict.UNPROVEN, reason=reason, evidence=evidence)


def contradicted(reason: str, *evidence: str) -> Judgement:
    """The evidence argues with itself."""
    return Judgement(verdict=Verdict.CONTRADICTED, reason=reason, evidence=evidence)


def stale(reason: str, *evidence: str) -> Judgement:
    """The evidence is about another source."""
    return Judgement(verdict=Verdict.STALE, reason=reason, evidence=evidence)


def waived(reason: str, *evidence: str) -> Judgement:
    """It rests on what a person lets be open, for a reason."""
    return Judgement(verdict=Verdict.WAIVED, reason=reason, evidence=evidence)


def by_delivery(reason: str) -> Judgement:
    """A bare ZIP cannot say this about itself."""
    return Judgement(
        verdict=Verdict.UNPROVEN, reason=f"decided by the delivery: {reason}", awaits_delivery=True
    )


def by_sealing(reason: str) -> Judgement:
    """Nothing can be said before the evidence is sealed."""
    return Judgement(verdict=Verdict.UNPROVEN, reason=f"decided by sealing: {reason}", awaits_delivery=True)


def severity(judgement: Judgement) -> tuple[int, bool]:
    """A place in the same order; what is open by now comes before what only sealing or the delivery will decide."""
    return badness(judgement.verdict), judgement.awaits_delivery


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """The judgement that keeps the others from counting; where all are MET, all of them together.

    Nothing at all is UNPROVEN.
    """
    listed = list(judgements)
    if not listed:
        return unproven("nothing was asked")
    first = min(listed, key=severity)
    if not first.is_met:
        return first
    reasons = dict.fromkeys(judgement.reason for judgement in listed)
    evidence = dict.fromkeys(path for judgement in listed for path in judgement.evidence)
    return met("; ".join(reasons), *evidence)
