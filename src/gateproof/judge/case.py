"""A case: one bundle before the judge, with what several proofs ask of it found out once."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from datetime import datetime

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.reading import CiReading, read_ci
from gateproof.judge.claims import Claims, read_claims
from gateproof.judge.verdict import Judgement
from gateproof.model import Finding


class Case:
    """What the proofs are judged on. Nothing is looked at before a proof asks."""

    def __init__(
        self,
        bundle: Bundle,
        *,
        now: datetime,
        ids: Collection[str] = (),
        later: Collection[str] = (),
        checklist: str | None = None,
        asks_for_all: bool = False,
    ) -> None:
        self.bundle = bundle
        self.now = now
        self.ids = ids
        """Of the checklist's items."""
        self.later = later
        """Of those items that only sealing or the delivery decides."""
        self.asks_for_all = asks_for_all
        """Whether the matrix must have a row for every item: only where the checklist is the project's own."""
        self.verdicts: Mapping[str, Judgement] = {}
        """Of the items that are decided already; what rests on claims is decided last."""
        self._checklist = checklist

    @functools.cached_property
    def ci(self) -> CiReading:
        """What CI runs."""
        return read_ci(self.bundle)

    @functools.cached_property
    def inspection(self) -> tuple[Finding, ...]:
        """What is wrong with the ZIP as a package."""
        return self.bundle.inspect()

    @functools.cached_property
    def claims(self) -> Claims:
        """What the documents claim."""
        return read_claims(self.bundle, checklist=self._checklist)
