"""Assess: what evidence makes of every item of a checklist.

A pure stage: a checklist, a bundle and a day in, verdicts with their reasons out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateproof.errors import NO, YES
from gateproof.judge.bundle import Bundle
from gateproof.judge.case import Case
from gateproof.judge.checklist import Checklist, Item, Mark, render
from gateproof.judge.claims import status_findings
from gateproof.judge.exam import compare_own
from gateproof.judge.proofs import is_later, judge_proof, rests_on_claims
from gateproof.judge.survey import Fact, survey
from gateproof.judge.verdict import Judgement, Proof, Verdict, Waiver, contradicted, severity, unproven, worst
from gateproof.model import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemVerdict:
    """One item, its verdict, and what each of its proofs came to."""

    item: Item
    judgement: Judgement
    proofs: tuple[tuple[Proof, Judgement], ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether its box is ticked."""
        return self.judgement.is_met

    @property
    def is_open(self) -> bool:
        """Whether it keeps a milestone open. A waiver ticks nothing, and lets a milestone pass."""
        return self.judgement.verdict not in (Verdict.MET, Verdict.WAIVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """A whole checklist, judged on one bundle."""

    bundle: str
    checklist: Checklist
    items: tuple[ItemVerdict, ...]
    findings: tuple[Finding, ...]
    """What is wrong beside the items: a weaker copy of the checklist, a status that is not its verdict."""
    facts: tuple[Fact, ...] = ()
    """What can be told of the project from its files alone."""
    notes: tuple[str, ...] = ()
    """What could not be read, a sentence each."""

    @property
    def done(self) -> tuple[ItemVerdict, ...]:
        """The ticked items."""
        return tuple(one for one in self.items if one.is_done)

    @property
    def open(self) -> tuple[ItemVerdict, ...]:
        """The items that keep a milestone open."""
        return tuple(one for one in self.items if one.is_open)

    @property
    def exit_code(self) -> int:
        """0 when no item is open and nothing was found beside them, otherwise 1."""
        return NO if self.open or self.findings else YES

    def item(self, item: str) -> ItemVerdict | None:
        """The verdict on one item."""
        return next((one for one in self.items if one.item.id == item), None)

    def marked(self) -> str:
        """The checklist with its boxes ticked and its marks written by evidence alone."""
        marks = {one.item.id: Mark(is_done=one.is_done, why=_why(one)) for one in self.items}
        return render(self.checklist, marks)

    def as_fact(self) -> dict[str, Any]:
        """What a sealed verdict carries: the checklist by its digest, and every verdict."""
        return {
            "name": self.checklist.name,
            "sha256": self.checklist.sha256,
            "done": len(self.done),
            "items": {one.item.id: str(one.judgement.verdict) for one in self.items},
        }


def assess(
    checklist: Checklist, bundle: Bundle, *, now: datetime, own: tuple[str, Checklist | str] | None = None
) -> Assessment:
    """Judge every item of `checklist` on `bundle` alone.

    `own` is the ZIP's own copy of the checklist with its path, or why it could not be read; it is compared and
    never judged by.
    """
    is_own = own is not None and isinstance(own[1], Checklist) and own[1].sha256 == checklist.sha256
    case = Case(
        bundle,
        now=now,
        ids=tuple(item.id for item in checklist.items),
        later=tuple(item.id for item in checklist.items if _is_later(checklist, item)),
        checklist=own[0] if own else None,
        asks_for_all=is_own,
    )
    judge = _Judge(checklist, case)
    verdicts = judge.all()
    findings = [*compare_own(checklist, own, bundle.sealed_checklist), *judge.findings]
    return Assessment(
        bundle=bundle.name,
        checklist=checklist,
        items=tuple(verdicts[item.id] for item in checklist.items),
        findings=tuple(findings),
        facts=survey(case),
        notes=case.ci.notes,
    )


def _is_later(checklist: Checklist, item: Item) -> bool:
    below = checklist.children(item.id)
    return any(map(is_later, item.proofs)) or any(_is_later(checklist, one) for one in below)


class _Judge:
    """One checklist being judged: first what rests on no claim, then what does."""

    def __init__(self, checklist: Checklist, case: Case) -> None:
        self.findings: tuple[Finding, ...] = ()
        self._checklist = checklist
        self._case = case
        self._done: dict[str, ItemVerdict] = {}

    def all(self) -> Mapping[str, ItemVerdict]:
        last = {item.id for item in self._checklist.items if self._is_last(item)}
        for item in reversed(self._checklist.items):
            if item.id not in last:
                self._done[item.id] = self._verdict(item)
        self._case.verdicts = {name: one.judgement for name, one in self._done.items()}
        for item in reversed(self._checklist.items):
            if item.id in last:
                self._done[item.id] = self._verdict(item)
        self._statuses_of(last)
        return self._done

    def _is_last(self, item: Item) -> bool:
        below = self._checklist.children(item.id)
        return any(rests_on_claims(proof) for proof in item.proofs) or any(
            self._is_last(one) for one in below
        )

    def _statuses_of(self, last: set[str]) -> None:
        """The rows about the items that rest on claims; one that says otherwise is one more contradiction."""
        if not last:
            return
        verdicts = {name: self._done[name].judgement for name in last}
        found = list(status_findings(self._case.claims, verdicts, self._case.ids, self._case.later))
        self.findings = tuple(one for one in found if one.code == "J021")
        for name in last:
            own = next((one for one in self.findings if f"{name} is " in one.sentence), None)
            if own and self._done[name].is_done:
                says = contradicted(
                    f"{own.code} {own.path}: {own.sentence.rstrip('.')}", own.path.partition(":")[0]
                )
                self._done[name] = replace(self._done[name], judgement=says)

    def _verdict(self, item: Item) -> ItemVerdict:
        proofs = tuple((proof, judge_proof(proof, self._case)) for proof in item.proofs)
        own = worst(judgement for _, judgement in proofs) if proofs else unproven("it names no proof")
        judgement = self._with_children(item, own)
        if item.waiver and not judgement.is_met:
            judgement = _waived(item.waiver, judgement, self._case.now)
        return ItemVerdict(item=item, judgement=judgement, proofs=proofs)

    def _with_children(self, item: Item, own: Judgement) -> Judgement:
        below = [self._done[child.id] for child in self._checklist.children(item.id)]
        missing = [one for one in below if not one.is_done]
        first = min(missing, key=lambda one: severity(one.judgement), default=None)
        is_open = own.verdict not in (Verdict.MET, Verdict.WAIVED)
        if first is None or is_open or severity(own) < severity(first.judgement):
            return own
        return replace(first.judgement, reason=f"{first.item.id} is not Done: {first.judgement.reason}")


def _waived(waiver: Waiver, judgement: Judgement, now: datetime) -> Judgement:
    if now.date() > waiver.until:
        return replace(
            judgement, reason=f"{judgement.reason} (the waiver by {waiver.by} ended on {waiver.until})"
        )
    reason = (
        f"by {waiver.by} until {waiver.until}: {waiver.reason}; it is {judgement.verdict}: {judgement.reason}"
    )
    return replace(judgement, verdict=Verdict.WAIVED, reason=reason)


def _why(one: ItemVerdict) -> str:
    said = one.judgement.reason
    return said if one.is_done else f"{one.judgement.verdict}: {said}"
