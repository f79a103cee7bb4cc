"""What a ZIP turned out to be: the measure for everything beside it."""

from __future__ import annotations

from dataclasses import dataclass

from gateproof.evidence.keys import PublicKey
from gateproof.evidence.subject import EVIDENCE, SourceFile
from gateproof.model import Subject
from gateproof.pack.verifier.attestations import SealedVerdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """A ZIP that was read to its end."""

    sha256: str
    comment: str
    files: tuple[SourceFile, ...]
    subject: Subject
    key: PublicKey
    verdict: SealedVerdict

    def sha256_of(self, name: str) -> str:
        """The digest of a file of `evidence/`; empty when it is not there."""
        path = f"{EVIDENCE}/{name}"
        return next((file.sha256 for file in self.files if file.path == path), "")
