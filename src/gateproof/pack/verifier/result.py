"""What verifying answers, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateproof.errors import NO, UNKNOWN, YES
from gateproof.model import Finding, Subject


class Answer(enum.StrEnum):
    """The answer to: may I rely on this delivery?"""

    VERIFIED = "VERIFIED"
    """A release, whole, that passed its gates, sealed by a key that your signers file vouches for."""
    REFUSED = "REFUSED"
    """Something is wrong; the findings say what."""
    REHEARSAL = "REHEARSAL"
    """Whole, but a rehearsal: never to be taken for a release."""
    UNVOUCHED = "UNVOUCHED"
    """Whole, but nobody was named who vouches for the key, so it is not known who made it."""


class Form(enum.StrEnum):
    """In which form a delivery was given."""

    ZIP = "the ZIP alone"
    FOLDER = "a delivery folder"
    OUTER = "one outer ZIP of the delivery"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateFact:
    """One gate on one leg, recomputed from the sealed records."""

    gate: str
    leg: str
    state: str
    looked_at: int
    unit: str
    attempts: int
    is_flaky: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What was seen on the way. Without a finding all of it holds; with one, it is what the pack claims."""

    form: Form
    zip_name: str
    zip_sha256: str | None = None
    commit_comment: str | None = None
    """The commit id in the ZIP's comment, which nothing signs unless a tag does."""
    subject: Subject | None = None
    product: str = ""
    version: str = ""
    tag: str | None = None
    sealed_at: datetime | None = None
    """The signer's own clock."""
    is_rehearsal: bool | None = None
    fingerprint: str | None = None
    keyid: str | None = None
    principals: tuple[str, ...] = ()
    """Who vouches for the key; empty where no one does."""
    gates: tuple[GateFact, ...] = ()
    files: int = 0
    evidence_files: int = 0
    records: int = 0
    statements: int = 0
    signatures: int = 0
    """How many signatures were checked and found good."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The whole result of verifying one delivery."""

    path: Path
    answer: Answer
    findings: tuple[Finding, ...]
    facts: Facts
    notes: tuple[str, ...]
    """What was not looked at, and why; a sentence each."""
    accepts_rehearsal: bool = False

    @property
    def exit_code(self) -> int:
        """0 yes, 1 no, 4 could not find out who made it.

        A rehearsal is a no, unless the caller wants one; even then someone must vouch.
        """
        if self.answer is Answer.VERIFIED:
            return YES
        if self.answer is Answer.UNVOUCHED:
            return UNKNOWN
        if self.answer is Answer.REHEARSAL and self.accepts_rehearsal:
            return YES if self.facts.principals else UNKNOWN
        return NO
