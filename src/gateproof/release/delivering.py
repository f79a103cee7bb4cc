"""Making a delivery in a scratch clone: seal, commit, pack, write what lies beside, verify; for every release."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

import gateproof
from gateproof.config import Settings
from gateproof.errors import GateproofError, RefusedError, UnknownError
from gateproof.evidence import envelope, sshsig
from gateproof.evidence.keys import PublicKey, Signer
from gateproof.evidence.layout import SUMS_SIGNATURE, VERDICT
from gateproof.evidence.statement import VERDICT_FIELD, Build, Resource, Summary, artifact, parse
from gateproof.evidence.subject import EVIDENCE, SourceFile, subject_of
from gateproof.git import git
from gateproof.judge.assess import Assessment
from gateproof.model import Subject
from gateproof.pack.inspect.inspection import inspect_zip
from gateproof.pack.records import LedgerRecord
from gateproof.pack.seal import Facts, seal
from gateproof.pack.verifier.delivery import OUTER_END, TAG
from gateproof.pack.verify import Verification, verify
from gateproof.record.ledger import Record, ledger_folder, records
from gateproof.release.archive import Archive, archive
from gateproof.release.assessing import with_records
from gateproof.release.beside import write_beside
from gateproof.release.checkout import checkout_bundle
from gateproof.release.clean import refuse, rule_set
from gateproof.release.noting import released
from gateproof.release.scratch import commit_evidence
from gateproof.release.secretscan.scan import refuse_secrets
from gateproof.release.signing import write_own_signers
from gateproof.release.supply.documents import BILL, beside_documents, sealed_documents
from gateproof.release.supply.pinchanges import FILE as PINS
from gateproof.release.supply.pinchanges import changed_pins
from gateproof.release.tags import previous_tag
from gateproof.zipfiles import write_zip

CHECKLIST = "checklist.md"
PREFIX = "REHEARSAL-"
"""Begins the name of everything that a rehearsal delivers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What every step of one delivery is about."""

    clone: Path
    """The scratch clone."""
    commit: str
    """The commit that is proven."""
    version: str
    settings: Settings
    signer: Signer
    identity: tuple[str, str]
    started: datetime
    rehearsal: bool
    earlier: tuple[PublicKey, ...] = ()
    """The keys that signed earlier milestones."""
    published: Path | None = None
    """The signers file that `signing.signers` names."""

    @property
    def name(self) -> str:
        """The file name of the ZIP."""
        return (PREFIX if self.rehearsal else "") + self.settings.archive.name

    @property
    def signers(self) -> Path:
        """The signers file of a buyer who trusts the releaser's key, and whom the releaser published."""
        path = self.clone.parent / "allowed_signers"
        return write_own_signers(self.signer, self.settings, path, self.earlier, self.published)

    @property
    def uri(self) -> str:
        return f"pkg:generic/{self.settings.product}@{self.version}"

    @property
    def policy(self) -> Resource:
        """The rules that are judged by: the gates, as the noxfile declares them."""
        return artifact("noxfile.py", sha256((self.clone / "noxfile.py").read_bytes()).hexdigest())


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedCommit:
    """A commit whose parent is the proven one, and whose only difference is `evidence/`."""

    commit: str
    subject: Subject
    verdict_sha256: str
    is_pass: bool
    waived: bool
    """Whether it rests on a waived gate, so that it is no pass for strangers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """A folder that is ready to be put into its place."""

    archive: Archive
    verification: Verification


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealing:
    """What goes into `evidence/` besides the records."""

    required: tuple[str, ...]
    documents: Mapping[str, bytes] = field(default_factory=dict)
    further: Mapping[str, object] = field(default_factory=dict)


class OfChecklist(TypedDict, total=False):
    """What sealing takes from an assessment."""

    documents: Mapping[str, bytes]
    further: Mapping[str, object]


def of_checklist(assessment: Assessment | None) -> OfChecklist:
    """The marked checklist, and what the sealed verdict says of it."""
    if assessment is None:
        return {}
    return {
        "documents": {CHECKLIST: assessment.marked().encode("utf-8")},
        "further": {"checklist": assessment.as_fact()},
    }


def take_records(found: Iterable[Record], root: Path, clone: Path) -> None:
    """Copy records from the ledger of a repository into the clone's.

    Raises UnknownError when the disk does not take them.
    """
    try:
        for record in found:
            inside = record.folder.relative_to(ledger_folder(root))
            shutil.copytree(record.folder, ledger_folder(clone) / inside, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise UnknownError(
            f"The records could not be copied to {clone}: {error}; make room in TMPDIR."
        ) from error


def keep_records(clone: Path, root: Path) -> None:
    """Bring the records home: they are evidence about this source, and show what went wrong where something did.

    A record that is there already stays as it is.
    Raises UnknownError when the disk does not take them.
    """
    try:
        for record in records(clone):
            target = ledger_folder(root) / record.folder.relative_to(ledger_folder(clone))
            if target.exists():
                continue
            # Not seen by whoever reads the ledger before it is whole: they look four folders deep.
            half = ledger_folder(root) / f".{secrets.token_hex(4)}"
            try:
                shutil.copytree(record.folder, half)
                target.parent.mkdir(parents=True, exist_ok=True)
                half.rename(target)
            finally:
                shutil.rmtree(half, ignore_errors=True)
    except (OSError, shutil.Error) as error:
        raise UnknownError(
            f"The records could not be kept in {ledger_folder(root)}: {error}; make room."
        ) from error


def seal_commit(work: Work, files: Sequence[SourceFile], sealing: Sealing) -> SealedCommit:
    """Seal what the clone's ledger says of the source, and commit it in the clone.

    Raises what `seal` raises: for a release also RefusedError when it is not a pass.
    """
    found = records(work.clone, git_tree=subject_of(files).git_tree)
    facts = Facts(
        product=work.settings.product,
        version=work.version,
        commit=work.commit,
        zip_name=work.name,
        principal=work.settings.signing.principal,
        resource_uri=work.uri,
        policy=work.policy,
        required=sealing.required,
        rehearsal=work.rehearsal,
        now=datetime.now(UTC),
        further=sealing.further,
    )
    sealed = seal(
        work.clone,
        source=files,
        records=[LedgerRecord(folder=record.folder, kind=record.kind) for record in found],
        facts=facts,
        signer=work.signer,
        documents={**_supply(work, subject_of(files).git_tree), **sealing.documents},
        check=lambda folder: refuse_secrets(folder, work.settings),
    )
    mark = PREFIX if work.rehearsal else ""
    message = f"{mark}{work.settings.product} {work.version}: evidence for {work.commit}\n"
    return SealedCommit(
        commit=commit_evidence(work.clone, work.commit, message, work.identity),
        subject=sealed.subject,
        verdict_sha256=sealed.verdict_sha256,
        is_pass=not sealed.against,
        waived=bool(sealed.waived),
    )


def _supply(work: Work, git_tree: str) -> dict[str, bytes]:
    known = sealed_documents(work.clone, work.commit, work.settings, version=work.version, git_tree=git_tree)
    return known | (_changed_pins(work, git_tree) if BILL in known else {})


def _changed_pins(work: Work, git_tree: str) -> dict[str, bytes]:
    """The list of pins that changed since the release before, with what each source's own evidence says of them."""
    found = records(work.clone, git_tree=git_tree)
    # What git holds, not what it checked out: that may have other ends of lines.
    files = replace(
        checkout_bundle(work.clone),
        read=lambda path: git("cat-file", "blob", f"{work.commit}:{path}", cwd=work.clone),
    )
    now = with_records(files, found, git_tree, root=work.clone)
    since = ""
    try:
        since = previous_tag(work.clone, work.commit, work.version, work.settings.milestones)
        with released(work.clone, since, work.started) if since else nullcontext() as before:
            return {PINS: changed_pins(before, now, since=since)}
    except GateproofError as error:
        return {PINS: changed_pins(None, now, since=since, unknown=str(error))}


def sealed_before(work: Work, commit: str, files: Sequence[SourceFile]) -> SealedCommit:
    """The commit of a release that was tagged already, read back.

    Raises RefusedError when another key sealed it than the one that would sign now; UnknownError when it is no
    sealed commit.
    """
    seal_of = git("cat-file", "blob", f"{commit}:{EVIDENCE}/{SUMS_SIGNATURE}", cwd=work.clone)
    try:
        key = sshsig.read(seal_of).key
    except ValueError as error:
        raise UnknownError(f"The seal of {commit[:12]} cannot be read: {error}.") from None
    if key != work.signer.public:
        raise RefusedError(
            f"{commit[:12]} was sealed by the key {key.fingerprint}, and what lies beside its ZIP must be signed "
            "by the same; name that key in signing.key or GATEPROOF_SIGNING_KEY."
        )
    verdict = git("cat-file", "blob", f"{commit}:{EVIDENCE}/{VERDICT}", cwd=work.clone)
    return SealedCommit(
        commit=commit,
        subject=subject_of(files),
        verdict_sha256=sha256(verdict).hexdigest(),
        is_pass=True,
        waived=_is_waived(verdict, commit),
    )


def _is_waived(verdict: bytes, commit: str) -> bool:
    try:
        said = [parse(item.payload).predicate[VERDICT_FIELD] for item in envelope.read_lines(verdict)]
    except (ValueError, KeyError) as error:
        raise UnknownError(f"The verdict of {commit[:12]} cannot be read: {error}.") from None
    return any(not isinstance(one, Mapping) or bool(one.get("waived")) for one in said)


def pack(work: Work, commit: str, target: Path) -> Archive:
    """The clean ZIP of a commit. Raises RefusedError for a finding."""
    rules = rule_set(work.settings)
    built = archive(work.clone, commit, target, inspect=lambda path: inspect_zip(path, rules))
    refuse(built.findings, f"The ZIP of commit {commit[:12]}")
    return built


def deliver(
    work: Work,
    sealed: SealedCommit,
    packed: Archive,
    *,
    tag: bytes | None = None,
    parts: Mapping[str, bytes] | None = None,
) -> Delivered:
    """Write everything beside the ZIP that `pack` made, and the outer ZIP of all; verify both as a stranger would.

    `tag` is the tag and its commit as `git cat-file --batch` prints them; `parts` are further files by name.
    The bill of materials and the third-party notices are added.
    Raises RefusedError when the independent reader refuses, UnknownError when the disk does not take it.
    """
    folder = packed.path.parent
    git_tree = sealed.subject.git_tree
    supply = beside_documents(
        work.clone, sealed.commit, work.settings, version=work.version, git_tree=git_tree
    )
    parts = {**supply, **(parts or {})}
    try:
        for name, content in parts.items():
            (folder / name).write_bytes(content)
        if tag is not None:
            packed.path.with_name(packed.path.name + TAG).write_bytes(tag)
        _write_beside(work, packed, sealed, parts)
    except OSError as error:
        raise UnknownError(f"{folder} could not be written: {error.strerror}; make room.") from error
    outer = write_outer(packed.path)
    signers = work.signers
    now = datetime.now(UTC)
    verified = [verify(path, signers=signers, now=now, accept_rehearsal=True) for path in (folder, outer)]
    for one in verified:
        refuse(one.findings, "What was just packed does not verify; this is a bug in gateproof. It")
    return Delivered(archive=packed, verification=verified[0])


def write_outer(packed: Path) -> Path:
    """Write the outer ZIP of everything that lies beside a ZIP, and give its path."""
    folder = packed.parent
    outer = folder / f"{packed.name.removesuffix('.zip')}{OUTER_END}"
    write_zip(outer, {path.name: path for path in folder.iterdir() if path != outer})
    return outer


def _write_beside(work: Work, packed: Archive, sealed: SealedCommit, parts: Mapping[str, bytes]) -> None:
    build = Build(
        source_uri=f"pkg:generic/{work.settings.product}",
        commit=packed.commit,
        parameters=(("version", work.version),),
        tools=(
            ("gateproof", gateproof.__version__),
            ("git", git("version", cwd=work.clone).decode().split()[2]),
        ),
        started=work.started,
        finished=datetime.now(UTC),
        invocation=secrets.token_hex(16),
        rehearsal=work.rehearsal,
    )
    summary = Summary(
        verified_at=datetime.now(UTC),
        resource_uri=work.uri,
        policy=work.policy,
        inputs=(artifact(f"{EVIDENCE}/{VERDICT}", sealed.verdict_sha256),),
        rehearsal=work.rehearsal,
        is_pass=sealed.is_pass,
        waived=sealed.waived,
        verifier_version=gateproof.__version__,
        extension={"product": work.settings.product, "version": work.version, "commit": packed.commit},
    )
    write_beside(
        packed.path,
        packed.sha256,
        subject=sealed.subject,
        build=build,
        summary=summary,
        signer=work.signer,
        parts=[artifact(name, sha256(content).hexdigest()) for name, content in sorted(parts.items())],
    )
