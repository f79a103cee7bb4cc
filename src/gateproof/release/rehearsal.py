"""The rehearsal: everything that a release does, in a scratch clone, and never to be mistaken for a release."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import gateproof
from gateproof.config import Settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.keyfiles import AskPassphrase, about, open_key, own_folder, own_key
from gateproof.evidence.keys import Signer
from gateproof.evidence.signers import write_signer
from gateproof.evidence.sshsig import FOR_GIT, FOR_PACKS
from gateproof.evidence.statement import Build, Resource, Summary, artifact
from gateproof.evidence.subject import SourceFile, subject_of
from gateproof.git import git
from gateproof.judge.render import standing_lines
from gateproof.judge.standing import Standing
from gateproof.pack.records import LedgerRecord
from gateproof.pack.seal import Facts, Sealed, seal
from gateproof.pack.verify import Verification, verify
from gateproof.record.ledger import deployments, ledger_folder, records
from gateproof.record.source import source_files
from gateproof.release.archive import Archive, archive
from gateproof.release.beside import write_beside
from gateproof.release.clean import refuse, rule_set
from gateproof.release.inspection import inspect_commit, inspect_zip
from gateproof.release.placing import replacing_folder
from gateproof.release.progress import Progress
from gateproof.release.proving import prove
from gateproof.release.repository import observe, refuse_change
from gateproof.release.scratch import commit_evidence, identity_of, scratch_clone
from gateproof.release.secretscan.scan import refuse_secrets

PREFIX = "REHEARSAL-"
"""Begins the name of everything that a rehearsal delivers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """A rehearsed delivery, and what the independent reader said of it."""

    folder: Path
    archive: Path
    sha256: str
    commit: str
    signer: Signer
    verification: Verification

    def lines(self) -> list[str]:
        """What a person should know at the end."""
        signers = self.folder / "allowed_signers"
        return [
            "",
            f"Rehearsed the release of commit {self.commit[:12]}. This is a REHEARSAL: no tag, and no release.",
            f"  {self.archive.as_posix()}",
            f"  sha256 {self.sha256}",
            about(self.signer),
            "Check it as a buyer would; it says that it is a rehearsal:",
            f"  gateproof verify {self.folder.as_posix()} --signers {signers.as_posix()} --accept-rehearsal",
        ]


def rehearse(
    root: Path, settings: Settings, progress: Progress, ask: AskPassphrase | None = None
) -> Rehearsal:
    """Make everything but the tag from the commit that is checked out, and put it into `dist/rehearsal/`.

    Branches, tags and the work tree stay as they are, and whatever lay in `dist/rehearsal/` is replaced at the end.
    Raises RefusedError for a finding or a gate that is not green, and UnknownError for what could not be found out.
    """
    progress.step("look at the repository")
    before = observe(root)
    identity = identity_of(root)
    signer = _signer(root, settings, ask)
    if before.uncommitted:
        progress.note(f"{before.uncommitted} files differ from the commit; the rehearsal is of the commit")
    refuse(inspect_commit(root, before.commit, rule_set(settings)), f"Commit {before.commit[:12]}")
    with scratch_clone(root, before.commit) as clone:
        work = _Work(
            root=root,
            clone=clone,
            commit=before.commit,
            settings=settings,
            signer=signer,
            started=datetime.now(UTC),
        )
        progress.step("pack the bare commit, to see early whether it is clean")
        _archive(work, before.commit, clone.parent / "bare.zip")
        files = source_files(clone, before.commit)
        progress.step("run every gate")
        standing = prove(clone, settings, subject_of(files).git_tree, progress)
        _keep_records(clone, root)
        if not standing.is_proven:
            raise RefusedError(
                "Not every gate is proven, so nothing was packed:\n  " + "\n  ".join(standing_lines(standing))
            )
        target = root / "dist" / "rehearsal"
        with replacing_folder(target) as folder:
            archived, verification = _deliver(
                work, files, standing, identity=identity, folder=folder, progress=progress
            )
            progress.step("see that the repository is as it was")
            refuse_change(before, observe(root))
    return Rehearsal(
        folder=target,
        archive=target / archived.path.name,
        sha256=archived.sha256,
        commit=before.commit,
        signer=signer,
        verification=verification,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """What every step of one rehearsal is about."""

    root: Path
    """The repository that the person sits in; its deployment records are taken along."""
    clone: Path
    commit: str
    settings: Settings
    signer: Signer
    started: datetime

    @property
    def name(self) -> str:
        """The file name of the ZIP."""
        return PREFIX + self.settings.archive.name

    @property
    def version(self) -> str:
        return f"rehearsal-{self.commit[:12]}"

    @property
    def uri(self) -> str:
        return f"pkg:generic/{self.settings.product}@{self.version}"

    @property
    def policy(self) -> Resource:
        """The rules that are judged by: the gates, as the noxfile declares them."""
        return artifact("noxfile.py", sha256((self.clone / "noxfile.py").read_bytes()).hexdigest())


def _deliver(
    work: _Work,
    files: tuple[SourceFile, ...],
    standing: Standing,
    *,
    identity: tuple[str, str],
    folder: Path,
    progress: Progress,
) -> tuple[Archive, Verification]:
    progress.step("seal the evidence")
    sealed = _seal(work, files, standing)
    progress.step("pack source and evidence")
    message = f"{PREFIX}{work.settings.product}: evidence for {work.commit}\n"
    commit = commit_evidence(work.clone, work.commit, message, identity)
    archived = _archive(work, commit, folder / work.name)
    _write_beside(work, archived, sealed, standing)
    progress.step("verify it as a stranger would")
    return archived, _verify(work, folder)


def _signer(root: Path, settings: Settings, ask: AskPassphrase | None) -> Signer:
    if settings.signing.key is None:
        return own_key(own_folder(), repository=root)
    return open_key(Path(settings.signing.key).expanduser(), repository=root, ask=ask)


def _archive(work: _Work, commit: str, target: Path) -> Archive:
    rules = rule_set(work.settings)
    built = archive(work.clone, commit, target, inspect=lambda path: inspect_zip(path, rules))
    refuse(built.findings, f"The ZIP of commit {commit[:12]}")
    return built


def _keep_records(clone: Path, root: Path) -> None:
    """Bring the records home: they are evidence about this source, and show what went wrong where something did."""
    try:
        shutil.copytree(ledger_folder(clone), ledger_folder(root), dirs_exist_ok=True)
    except OSError as error:
        raise UnknownError(
            f"The records could not be kept in {ledger_folder(root)}: {error}; make room."
        ) from error


def _seal(work: _Work, files: tuple[SourceFile, ...], standing: Standing) -> Sealed:
    found = (
        *records(work.clone, git_tree=standing.git_tree),
        *deployments(work.root, git_tree=standing.git_tree),
    )
    taken = [LedgerRecord(folder=record.folder, kind=record.kind) for record in found]
    facts = Facts(
        product=work.settings.product,
        version=work.version,
        commit=work.commit,
        zip_name=work.name,
        principal=work.settings.signing.principal,
        resource_uri=work.uri,
        policy=work.policy,
        required=tuple(sorted({gate.gate for gate in standing.gates})),
        rehearsal=True,
        now=datetime.now(UTC),
    )
    return seal(
        work.clone,
        source=files,
        records=taken,
        facts=facts,
        signer=work.signer,
        check=lambda folder: refuse_secrets(folder, work.settings),
    )


def _write_beside(work: _Work, archived: Archive, sealed: Sealed, standing: Standing) -> None:
    build = Build(
        source_uri=f"pkg:generic/{work.settings.product}",
        commit=archived.commit,
        parameters=(("version", work.version),),
        tools=(
            ("gateproof", gateproof.__version__),
            ("git", git("version", cwd=work.clone).decode().split()[2]),
        ),
        started=work.started,
        finished=datetime.now(UTC),
        invocation=secrets.token_hex(16),
        rehearsal=True,
    )
    summary = Summary(
        verified_at=datetime.now(UTC),
        resource_uri=work.uri,
        policy=work.policy,
        inputs=(artifact("evidence/verdict.intoto.jsonl", sealed.verdict_sha256),),
        rehearsal=True,
        is_pass=not sealed.against,
        verifier_version=gateproof.__version__,
        extension={"product": work.settings.product, "version": work.version, "commit": work.commit},
    )
    write_beside(
        archived.path,
        archived.sha256,
        subject=sealed.subject,
        build=build,
        summary=summary,
        signer=work.signer,
    )


def _verify(work: _Work, folder: Path) -> Verification:
    """Ask the reader that shares nothing with the writer, with the key that a buyer would hold."""
    spaces = (FOR_PACKS, FOR_GIT)
    signers = work.clone.parent / "allowed_signers"
    signers.write_bytes(
        write_signer(work.signer.public, principal=work.settings.signing.principal, namespaces=spaces)
    )
    verification = verify(folder, signers=signers, now=datetime.now(UTC), accept_rehearsal=True)
    refuse(verification.findings, "What was just packed does not verify; this is a bug in gateproof. It")
    return verification
