"""Bring the claims of the documents to what the evidence about the commit says, as part of a prepared release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError
from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.noxfile import read_noxfile
from gateproof.judge.corrections import corrected, overlaid
from gateproof.model import Outcome
from gateproof.pack.assessing import Exam, load_checklist, own_checklist
from gateproof.release.assessing import repository_bundle
from gateproof.release.clean import rule_set
from gateproof.release.signing import published_signers

_MARK = b"\xef\xbb\xbf"


def correct_claims(
    root: Path, clone: Path, settings: Settings, commit: str, *, edited: Mapping[str, bytes], now: datetime
) -> tuple[str, ...]:
    """Write into `clone` what the documents should claim; what a person should know about it.

    Judged is the source of `commit`, on which the gates ran, with the files of `edited` as they will be.
    Raises RefusedError where no record is about that source: without evidence every claim would look wrong.
    """
    if not (root / settings.checklist).exists():
        return (f"There is no {settings.checklist}, so claims were left as they are.",)
    signers = published_signers(root, settings)
    exam = Exam(checklist=Path(settings.checklist), rules=rule_set(settings), signers=signers)
    checklist = load_checklist(root / settings.checklist)
    with repository_bundle(root, commit, exam, now=now) as bundle:
        missing = _without_evidence(bundle)
        own = own_checklist(bundle, checklist.name)
        documents = corrected(checklist, overlaid(bundle, edited), now=now, own=own)
    for path, text in documents.items():
        mark = _MARK if (clone / path).read_bytes().startswith(_MARK) else b""
        (clone / path).write_bytes(mark + text.encode("utf-8"))
    said = (
        f"Claims were corrected in {', '.join(documents)}."
        if documents
        else "The claims are those of the evidence."
    )
    return (said, *([f"Judged without a passed run of {', '.join(missing)}."] if missing else []))


def _without_evidence(bundle: Bundle) -> list[str]:
    """The gates that no run on this source is there of which passed, or was waived."""
    here = [run for run in bundle.runs if run.git_tree == bundle.git_tree]
    if not here:
        raise RefusedError(
            "No gate ran on this source, so there is no evidence to correct claims by; "
            "run `nox -s gates` first, or leave the claims with --keep-claims."
        )
    noxfile = read_noxfile(bundle)
    passed = {run.name for run in here if run.attempt.outcome in (Outcome.PASSED, Outcome.WAIVED)}
    return [gate for gate in noxfile.gates if gate not in passed] if noxfile else []
