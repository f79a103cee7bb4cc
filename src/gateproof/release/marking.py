"""Sealing with the marks that a buyer will read: judge what only the sealed folder shows, and seal once more."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from gateproof.errors import UnknownError
from gateproof.evidence.subject import EVIDENCE, SourceFile
from gateproof.judge.assess import Assessment
from gateproof.pack.assessing import assess_bundle, load_checklist
from gateproof.pack.bundle import open_bundle
from gateproof.release.delivering import SealedCommit, Sealing, Work, pack, seal_commit
from gateproof.release.judging import Question


def seal_marked(
    work: Work,
    files: Sequence[SourceFile],
    asked: Question,
    assessment: Assessment | None,
    sealing: Callable[[Assessment | None], Sealing],
) -> tuple[SealedCommit, Assessment | None]:
    """Seal and commit; the checklist that is sealed says what `assess` says of the bare ZIP that holds it.

    The checklist lies in the folder that some of its items are about. So it is sealed as it stands before, judged
    in its ZIP, and sealed once more with those marks: how many files there are and what they are called stays.
    Raises what `seal_commit` and `pack` raise.
    """
    sealed = seal_commit(work, files, sealing(assessment))
    if assessment is None or not any(one.judgement.awaits_delivery for one in assessment.items):
        return sealed, assessment
    packed = pack(work, sealed.commit, work.clone.parent / "sealed.zip").path
    exam = asked.exam(work.settings, work.signers)
    now = datetime.now(UTC)
    with open_bundle(packed, signers=exam.signers, now=now, rules=exam.rules) as bundle:
        marked = assess_bundle(bundle, load_checklist(asked.checklist), exam, now=now)
    packed.unlink()
    if marked.marked() == assessment.marked():
        return sealed, assessment
    shutil.rmtree(work.clone / EVIDENCE)
    return seal_commit(work, files, sealing(marked)), marked


def refuse_other_marks(sealed: Assessment | None, finished: Assessment | None) -> None:
    """Hold the sealed checklist against the finished delivery: only what was left to the delivery may differ.

    Raises UnknownError that names every item of which the two say different things; a buyer would see both.
    """
    if sealed is None or finished is None:
        return
    verdicts = {one.item.id: one.judgement.verdict for one in finished.items}
    differing = [
        f"{one.item.id} is {one.judgement.verdict} in evidence/checklist.md and {verdicts.get(one.item.id)}"
        for one in sealed.items
        if not one.judgement.awaits_delivery and verdicts.get(one.item.id) != one.judgement.verdict
    ]
    if differing:
        raise UnknownError(
            "The sealed checklist is not what the finished delivery shows, so nothing was released; this is a bug in "
            f"gateproof, or the day changed meanwhile: {'; '.join(differing)}."
        )
