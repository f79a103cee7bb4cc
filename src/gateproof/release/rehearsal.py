"""The rehearsal: everything that a release does but the tag, in a scratch clone, never to be mistaken for one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError
from gateproof.evidence.keyfiles import AskPassphrase, about
from gateproof.evidence.keys import Signer
from gateproof.evidence.subject import SourceFile, subject_of
from gateproof.judge.assess import Assessment
from gateproof.judge.render import standing_lines
from gateproof.pack.inspect.inspection import inspect_commit
from gateproof.pack.verify import Verification
from gateproof.record.ledger import deployments
from gateproof.record.source import source_files
from gateproof.release.clean import refuse, rule_set
from gateproof.release.delivering import (
    Delivered,
    SealedCommit,
    Sealing,
    Work,
    deliver,
    keep_records,
    of_checklist,
    pack,
    take_records,
)
from gateproof.release.judging import Judged, Question, judge_delivery, judge_source, question
from gateproof.release.marking import refuse_other_marks, seal_marked
from gateproof.release.placing import replacing_folder
from gateproof.release.progress import Progress
from gateproof.release.proving import prove
from gateproof.release.repository import observe, refuse_change
from gateproof.release.scratch import identity_of, scratch_clone
from gateproof.release.signing import open_signer, published_signers


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """A rehearsed delivery, and what the independent reader said of it."""

    folder: Path
    archive: Path
    sha256: str
    commit: str
    signer: Signer
    verification: Verification
    judged: Judged

    def lines(self) -> list[str]:
        """What a person should know at the end."""
        signers = self.folder / "allowed_signers"
        return [
            "",
            f"Rehearsed the release of commit {self.commit[:12]}. This is a REHEARSAL: no tag, and no release.",
            f"  {self.archive.as_posix()}",
            f"  sha256 {self.sha256}",
            about(self.signer),
            *self.judged.lines(),
            "Check it as a buyer would; it says that it is a rehearsal:",
            f"  gateproof verify {self.folder.as_posix()} --signers {signers.as_posix()} --accept-rehearsal",
        ]


def rehearse(
    root: Path, settings: Settings, progress: Progress, ask: AskPassphrase | None = None
) -> Rehearsal:
    """Make everything but the tag from the commit that is checked out, and put it into `dist/rehearsal/`.

    Every gate runs anew. Branches, tags and the work tree stay as they are, and whatever lay in
    `dist/rehearsal/` is replaced at the end.
    Raises RefusedError for a finding or a gate that is not green, and UnknownError for what could not be found out.
    """
    progress.step("look at the repository")
    before = observe(root)
    identity = identity_of(root)
    signer = open_signer(root, settings, os.environ, ask)
    if before.uncommitted:
        progress.note(f"{before.uncommitted} files differ from the commit; the rehearsal is of the commit")
    refuse(inspect_commit(root, before.commit, rule_set(settings)), f"Commit {before.commit[:12]}")
    with scratch_clone(root, before.commit) as clone:
        work = Work(
            clone=clone,
            commit=before.commit,
            version=f"rehearsal-{before.commit[:12]}",
            settings=settings,
            signer=signer,
            identity=identity,
            started=datetime.now(UTC),
            rehearsal=True,
            published=published_signers(root, settings),
        )
        files = source_files(clone, before.commit)
        required = _prove(root, work, files, progress)
        progress.step("seal the evidence")
        # A rehearsal says what is open, and stops at nothing.
        asked = question(clone, settings, None)
        assessment = judge_source(asked, clone, before.commit, settings, work.signers, now=work.started)
        sealed, marked = seal_marked(work, files, asked, assessment, partial(_sealing, required))
        target = root / "dist" / "rehearsal"
        with replacing_folder(target) as folder:
            delivered, judged = _deliver(work, asked, sealed, folder=folder, progress=progress)
            refuse_other_marks(marked, judged.assessment)
            progress.step("see that the repository is as it was")
            refuse_change(before, observe(root))
    return Rehearsal(
        folder=target,
        archive=target / delivered.archive.path.name,
        sha256=delivered.archive.sha256,
        commit=before.commit,
        signer=signer,
        verification=delivered.verification,
        judged=judged,
    )


def _prove(root: Path, work: Work, files: Sequence[SourceFile], progress: Progress) -> tuple[str, ...]:
    """Pack the bare commit and run every gate; the clone's ledger then holds all records. The names of the gates."""
    progress.step("pack the bare commit, to see early whether it is clean")
    pack(work, work.commit, work.clone.parent / "bare.zip")
    git_tree = subject_of(files).git_tree
    progress.step("run every gate")
    standing = prove(work.clone, work.settings, git_tree, progress)
    keep_records(work.clone, root)
    if not standing.is_proven:
        raise RefusedError(
            "Not every gate is proven, so nothing was packed:\n  " + "\n  ".join(standing_lines(standing))
        )
    take_records(deployments(root, git_tree=git_tree), root, work.clone)
    return tuple(sorted({gate.gate for gate in standing.gates}))


def _deliver(
    work: Work, asked: Question, sealed: SealedCommit, *, folder: Path, progress: Progress
) -> tuple[Delivered, Judged]:
    progress.step("pack source and evidence")
    packed = pack(work, sealed.commit, folder / work.name)
    progress.step("write what lies beside it, and verify it as a stranger would")
    delivered = deliver(work, sealed, packed)
    progress.step("judge the finished delivery")
    return delivered, judge_delivery(asked, folder, work.settings, work.signers, now=datetime.now(UTC))


def _sealing(required: tuple[str, ...], assessment: Assessment | None) -> Sealing:
    return Sealing(required=required, **of_checklist(assessment))
