"""Sealing: turn chosen records into the signed folder `evidence/` that travels inside the source's own ZIP.

Everything is written beside its place and renamed into it at the end: there is a whole `evidence/`, or none.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import gateproof
from gateproof.errors import NothingRanError, RefusedError, UnknownError
from gateproof.evidence import envelope, layout, sshsig
from gateproof.evidence.attempts import Leg, against, legs, waived
from gateproof.evidence.contents import checked
from gateproof.evidence.kept import compare_kept
from gateproof.evidence.keys import Signer
from gateproof.evidence.signers import write_signer
from gateproof.evidence.statement import Resource, Summary, artifact, encode, source, verdict
from gateproof.evidence.subject import EVIDENCE, SYMLINK, SourceFile, is_source, subject_of
from gateproof.evidence.sums import write_sums
from gateproof.model import Subject
from gateproof.pack import report
from gateproof.pack.records import LedgerRecord, ReadRecord, read_record

BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What sealing is told and cannot see for itself."""

    product: str
    version: str
    commit: str
    """The prepared commit that was proven."""
    zip_name: str
    """The file name under which the ZIP will be handed over."""
    principal: str
    """The name that a buyer finds in `allowed_signers`."""
    resource_uri: str
    policy: Resource
    """The rules: where they lie, with their digest."""
    required: tuple[str, ...]
    """The gates without which this is no pass."""
    rehearsal: bool
    now: datetime
    against: tuple[str, ...] = ()
    """Further reasons why this is not a pass, a sentence each: unmet items, findings of the archive."""
    further: Mapping[str, object] = field(default_factory=dict)
    """More that the verdict's extension should carry; it can add fields but not replace one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """What was written, and what it says."""

    folder: Path
    subject: Subject
    files: tuple[str, ...]
    """Every path inside `evidence/`."""
    legs: tuple[Leg, ...]
    against: tuple[str, ...]
    """Why it is not a pass; empty means that it is one."""
    waived: tuple[str, ...]
    """What it rests on beside what was seen, a sentence each; the statements beside the ZIP must know of it."""
    verdict_sha256: str
    """Of `verdict.intoto.jsonl`, for the tag's message and the statements beside the ZIP."""


def seal(
    into: Path,
    *,
    source: Iterable[SourceFile],
    records: Sequence[LedgerRecord],
    facts: Facts,
    signer: Signer,
    check: Callable[[Path], object],
    documents: Mapping[str, bytes] | None = None,
) -> Sealed:
    """Write `into/evidence/` about this source from these records, signed by `signer`.

    `check` looks at the finished folder before it gets its name, for secrets such as no redaction knows;
    where it raises, nothing is sealed.

    Raises NothingRanError without a record; RefusedError for a record about another source, or whose files are
    not what it says of them, a file that must not be sealed, an `evidence/` that is there already, or a release
    (not a rehearsal) that is not a pass; UnknownError when the disk does not take it. Nothing is left behind.
    """
    files = tuple(file for file in source if is_source(file.path))
    if not files or not records:
        raise NothingRanError("There is no source or no record to seal. Run the gates first: nox -s gates")
    target = into / EVIDENCE
    if target.exists():
        raise RefusedError(f"{target} is there already. Take it away; evidence is always sealed anew.")
    subject = _subject(files)
    read = tuple(read_record(record, subject) for record in records)
    found = legs(record.attempt for record in read if record.is_gate)
    reasons = (*against(found, facts.required), *facts.against)
    if reasons and not facts.rehearsal:
        raise RefusedError("This is not ready to be sealed as a release. " + " ".join(reasons))
    work = into / f".{EVIDENCE}-{secrets.token_hex(4)}"
    try:
        work.mkdir()
        writer = _Writer(work)
        sealing = _Sealing(files=files, subject=subject, records=read, legs=found, reasons=reasons)
        verdict_sha256 = _write(writer, sealing, facts, signer, documents or {})
        check(work)
        work.rename(target)
    except OSError as error:
        raise UnknownError(
            f"{target} could not be written: {error.strerror}. Make room or give access."
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Sealed(
        folder=target,
        subject=subject,
        files=tuple(sorted(writer.digests)),
        legs=found,
        against=reasons,
        waived=waived(found),
        verdict_sha256=verdict_sha256,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sealing:
    files: tuple[SourceFile, ...]
    subject: Subject
    records: tuple[ReadRecord, ...]
    legs: tuple[Leg, ...]
    reasons: tuple[str, ...]


class _Writer:
    """Writes files of known kinds into one folder, and remembers the digest and size of each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.digests: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def write(self, path: str, blocks: Iterable[bytes]) -> str:
        """Write one file and return its SHA-256. Raises RefusedError for what must not be sealed."""
        kind = layout.kind_of(path)
        if kind is None or path in self.digests:
            raise RefusedError(f"evidence/{path} is not a file that sealing writes, or is there twice.")
        place, digest, size = self._folder / path, hashlib.sha256(), 0
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with place.open("xb") as file:
                for block in checked(blocks, kind):
                    digest.update(block)
                    size += file.write(block)
        except ValueError as error:
            raise RefusedError(f"evidence/{path} must not be sealed: {error}.") from None
        self.digests[path], self.sizes[path] = digest.hexdigest(), size
        return self.digests[path]


def _write(
    writer: _Writer, sealing: _Sealing, facts: Facts, signer: Signer, documents: Mapping[str, bytes]
) -> str:
    envelopes = tuple(_write_record(writer, record, signer) for record in sealing.records)
    summary = _summary(sealing, facts, signer, envelopes)
    statement = encode(verdict(summary, subject=[source(sealing.subject)]))
    verdict_sha256 = writer.write(layout.VERDICT, [envelope.seal(statement, signer).encode() + b"\n"])
    spaces = (sshsig.FOR_PACKS, sshsig.FOR_GIT)
    writer.write(layout.SIGNERS, [write_signer(signer.public, principal=facts.principal, namespaces=spaces)])
    for name, content in sorted(documents.items()):
        if name not in layout.DOCUMENTS and not name.startswith("tags/"):
            raise RefusedError(f"{name} is not a document that sealing takes: {', '.join(layout.DOCUMENTS)}.")
        writer.write(name, [content])
    _write_index(writer, sealing, facts, signer)
    sums = write_sums(_sums(writer, sealing))
    writer.write(layout.SUMS, [sums])
    writer.write(layout.SUMS_SIGNATURE, [sshsig.sign([sums], signer, namespace=sshsig.FOR_PACKS)])
    return verdict_sha256


def _write_record(writer: _Writer, record: ReadRecord, signer: Signer) -> Resource:
    sealed = b"".join(envelope.seal(line, signer).encode() + b"\n" for line in record.lines)
    path = f"{record.place}/{layout.STATEMENTS}"
    sha256 = writer.write(path, [sealed])
    found = {
        target.removeprefix(f"{record.place}/"): writer.write(target, _blocks(lies_at))
        for target, lies_at in record.files
    }
    if record.attempt.has_ended:
        try:
            compare_kept(found, record.statements)
        except ValueError as error:
            raise RefusedError(
                f"The record {record.place} cannot be sealed: {error}. Run it again."
            ) from None
    return artifact(f"{EVIDENCE}/{path}", sha256)


def _summary(sealing: _Sealing, facts: Facts, signer: Signer, envelopes: tuple[Resource, ...]) -> Summary:
    return Summary(
        verified_at=facts.now,
        resource_uri=facts.resource_uri,
        policy=facts.policy,
        inputs=envelopes,
        rehearsal=facts.rehearsal,
        is_pass=not sealing.reasons,
        waived=bool(waived(sealing.legs)),
        verifier_version=gateproof.__version__,
        extension={
            **facts.further,
            "product": facts.product,
            "version": facts.version,
            "commit": facts.commit,
            "required": sorted(facts.required),
            "gates": [leg.as_fact() for leg in sealing.legs],
            "against": list(sealing.reasons),
            "waived": list(waived(sealing.legs)),
            "key": signer.public.fingerprint,
            "identity": signer.is_identity,
        },
    )


def _write_index(writer: _Writer, sealing: _Sealing, facts: Facts, signer: Signer) -> None:
    own = dict.fromkeys((layout.INDEX, layout.PAGE, layout.SUMS, layout.SUMS_SIGNATURE), 0)
    index = report.Index(
        product=facts.product,
        version=facts.version,
        commit=facts.commit,
        zip_name=facts.zip_name,
        principal=facts.principal,
        rehearsal=facts.rehearsal,
        against=sealing.reasons,
        sealed_at=facts.now,
        subject=sealing.subject,
        legs=sealing.legs,
        others=tuple((record.place, record.attempt) for record in sealing.records if not record.is_gate),
        files=tuple(sorted((writer.sizes | own).items())),
        fingerprint=signer.public.fingerprint,
        is_identity=signer.is_identity,
        links=sum(file.mode == SYMLINK for file in sealing.files),
    )
    writer.write(layout.INDEX, [report.as_markdown(index).encode("utf-8")])
    writer.write(layout.PAGE, [report.as_html(index).encode("utf-8")])


def _sums(writer: _Writer, sealing: _Sealing) -> dict[str, str]:
    # `sha256sum` follows links, so a link has no line; gitTree and dirHash cover its target.
    sums = {file.path: file.sha256 for file in sealing.files if file.mode != SYMLINK}
    return sums | {f"{EVIDENCE}/{path}": digest for path, digest in writer.digests.items()}


def _subject(files: tuple[SourceFile, ...]) -> Subject:
    try:
        write_sums({file.path: file.sha256 for file in files})
        return subject_of(files)
    except ValueError as error:
        raise RefusedError(f"This source cannot be sealed: {error}.") from None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
