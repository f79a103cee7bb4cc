"""Builders for packs: a tiny source, records as the ledger makes them, sealed, zipped, and taken apart again."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from gateproof.evidence import envelope, gitobjects, sshsig
from gateproof.evidence.gitobjects import GitObject, trailer_lines
from gateproof.evidence.keys import Signer, signer_of
from gateproof.evidence.runs import beginning_statement, run_statements
from gateproof.evidence.signers import write_signer
from gateproof.evidence.statement import (
    Build,
    Resource,
    Summary,
    artifact,
    encode,
    provenance,
    source,
    verdict,
)
from gateproof.evidence.subject import EXECUTABLE, FILE, SYMLINK, SourceFile, digest, git_tree, subject_of
from gateproof.evidence.sums import write_sums
from gateproof.model import (
    Capture,
    Circumstances,
    Command,
    Ended,
    Ending,
    Outcome,
    Reading,
    Run,
    Subject,
)
from gateproof.pack.records import LedgerRecord
from gateproof.pack.seal import Facts, Sealed, seal
from gateproof.record.ledger import file_digests

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEG = "py3.11-linux"
ZIP = "shop.zip"
PREPARED = "c0ffee" * 6 + "c0ff"
SPACES = (sshsig.FOR_PACKS, sshsig.FOR_GIT)

Content = tuple[int, bytes]
SOURCE: dict[str, Content] = {
    "README.md": (FILE, b"# A shop\n"),
    "manage.py": (EXECUTABLE, b"#!/usr/bin/env python\n"),
    "shop/__init__.py": (FILE, b""),
    "shop/urls.py": (FILE, b"urlpatterns = []\n"),
    "docs/preise \xc3\xa4\xc3\xb6.md".encode().decode(): (FILE, "# Preise in €\n".encode()),
    "docs/latest": (SYMLINK, b"../README.md"),
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def make_signer(kind: str = "ecdsa") -> Signer:
    """A fresh key."""
    private = (
        ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    )
    return signer_of(private, is_identity=True)


def source_files(content: Mapping[str, Content]) -> tuple[SourceFile, ...]:
    return tuple(digest(path, mode, len(data), [data]) for path, (mode, data) in content.items())


@dataclass(frozen=True, kw_only=True)
class Case:
    """One run of a gate, as a test wants it."""

    gate: str = "unit"
    leg: str = LEG
    outcome: Outcome = Outcome.PASSED
    looked_at: int = 12
    minutes: int = 0
    """After the first."""
    is_clean: bool = True
    has_ended: bool = True
    commands: int = 1
    reason: str = "12 tests passed."
    kind: str = "gates"
    predicates: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """What a reader has to say beside the result, such as known vulnerabilities."""


def write_record(ledger: Path, case: Case, subject: Subject) -> LedgerRecord:
    """A record on the disk, by the very builders that the ledger uses."""
    started = NOW - timedelta(hours=2) + timedelta(minutes=case.minutes)
    run_id = hashlib.sha256(repr(case).encode()).hexdigest()[:8]
    folder = ledger / subject.git_tree / case.gate / case.leg / f"{started:%Y%m%dT%H%M%SZ}-{run_id}"
    reading = Reading(
        outcome=case.outcome,
        reason=case.reason,
        looked_at=case.looked_at,
        unit="tests",
        predicates=case.predicates,
    )
    circumstances = Circumstances(
        name=case.gate,
        leg=case.leg,
        call="0123456789abcdef",
        subject=subject,
        commit=PREPARED,
        started=started,
        attempt=1,
        is_clean=case.is_clean,
        unclean=() if case.is_clean else ("notes.txt",),
        variables=("PATH",),
        platform="Linux-6.1-x86_64",
        versions=(("gateproof", "0.1.0"), ("python", "3.11.9")),
        lock=None,
        kind=case.kind,
    )
    commands = tuple(_command(folder, number, started, reading) for number in range(1, case.commands + 1))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "output.log").write_bytes(f"{case.gate}: {case.reason} ✓\n".encode())
    run = Run(circumstances=circumstances, finished=started, commands=commands, reading=reading)
    statements = (
        run_statements(run, file_digests(folder)) if case.has_ended else (beginning_statement(circumstances),)
    )
    (folder / "statements.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in statements))
    return LedgerRecord(folder=folder, kind=case.kind)


def _command(folder: Path, number: int, started: datetime, reading: Reading) -> Command:
    place = folder / "commands" / str(number)
    (place / "files").mkdir(parents=True, exist_ok=True)
    (place / "files" / "junit.xml").write_bytes(b"<testsuite/>\n")
    (place / "files" / "page.png").write_bytes(PNG)
    captures = {}
    for name, content in (("stdout", f"{reading.looked_at} passed\n".encode()), ("stderr", b"")):
        (place / name).write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        captures[name] = Capture(path=place / name, size=len(content), sha256=sha256)
    ended = Ended(
        argv=("python", "-m", "pytest"),
        cwd=Path(),
        ending=Ending.EXITED,
        exit_code=0 if reading.outcome is Outcome.PASSED else 1,
        signal=None,
        started=started,
        finished=started,
        stdout=captures["stdout"],
        stderr=captures["stderr"],
        log=captures["stdout"],
        files=place / "files",
    )
    return Command(ended=ended, reader="pytest", reading=reading)


def facts(**changes: Any) -> Facts:
    """What sealing is told, unless a test says otherwise."""
    told = Facts(
        product="shop",
        version="1.0.0",
        commit=PREPARED,
        zip_name=ZIP,
        principal="release@example.org",
        resource_uri="pkg:generic/shop@1.0.0",
        policy=artifact("noxfile.py", "ab" * 32),
        required=("lint", "unit"),
        rehearsal=False,
        now=NOW,
    )
    return replace(told, **changes)


CASES = (Case(gate="lint", reason="12 files are fine."), Case(gate="unit"))


def unchecked(folder: Path) -> None:
    """A check of the finished folder for tests that are about something else."""


def seal_pack(
    folder: Path,
    *,
    signer: Signer,
    cases: Iterable[Case] = CASES,
    content: Mapping[str, Content] = SOURCE,
    documents: Mapping[str, bytes] | None = None,
    check: Callable[[Path], object] = unchecked,
    **changes: Any,
) -> Sealed:
    """Seal a pack into `folder`."""
    files = source_files(content)
    subject = subject_of(files)
    records = [write_record(folder / "ledger", case, subject) for case in cases]
    return seal(
        folder,
        source=files,
        records=records,
        facts=facts(**changes),
        signer=signer,
        documents=documents,
        check=check,
    )


def zip_of(content: Mapping[str, Content], comment: str = "") -> bytes:
    """A ZIP of the form that git writes, from content in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.comment = comment.encode()
        for name, (mode, data) in content.items():
            info = zipfile.ZipInfo(name, (2026, 11, 24, 12, 0, 0))
            info.create_system = 3
            info.external_attr = (0o120777 if mode == SYMLINK else mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED if len(data) > 64 else zipfile.ZIP_STORED
            packed.writestr(info, data)
    return buffer.getvalue()


@dataclass(kw_only=True)
class Pack:
    """A delivery taken apart, so that a test can change one thing and put it together again.

    The `sign_…` methods are what an attacker with the seller's own key could do; the others need no key.
    """

    signer: Signer
    content: dict[str, Content]
    rehearsal: bool
    waived: bool = False
    comment: str = ""
    zip_name: str = ZIP
    beside: dict[str, bytes] = field(default_factory=dict)
    zip_bytes: Callable[[bytes], bytes] = bytes

    def copy(self) -> Pack:
        return copy.copy(self)._with(content=dict(self.content), beside=dict(self.beside))

    def _with(self, **values: Any) -> Pack:
        for name, value in values.items():
            setattr(self, name, value)
        return self

    def put(self, path: str, data: bytes, mode: int = FILE) -> None:
        self.content[path] = (mode, data)

    def drop(self, path: str) -> None:
        del self.content[path]

    def get(self, path: str) -> bytes:
        return self.content[path][1]

    def flip(self, path: str, at: int = 0) -> None:
        mode, data = self.content[path]
        self.content[path] = (mode, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    def first(self, ending: str) -> str:
        """The first path of the evidence with this ending."""
        return min(path for path in self.content if path.startswith("evidence/") and path.endswith(ending))

    def sign_sums(self, signer: Signer | None = None, namespace: str = sshsig.FOR_PACKS) -> None:
        """Write SHA256SUMS anew and sign it."""
        own = ("evidence/SHA256SUMS", "evidence/SHA256SUMS.sig")
        sums = write_sums(
            {
                path: hashlib.sha256(data).hexdigest()
                for path, (mode, data) in self.content.items()
                if path not in own and mode != SYMLINK
            }
        )
        self.put(own[0], sums)
        self.put(own[1], sshsig.sign([sums], signer or self.signer, namespace=namespace))

    def sign_statements(
        self, path: str, change: Callable[[list[Any]], object], *, signer: Signer | None = None
    ) -> None:
        """Change the statements of one file, and sign it, the verdict's list and SHA256SUMS anew."""
        statements = [json.loads(item.payload) for item in envelope.read_lines(self.get(path))]
        change(statements)
        signer = signer or self.signer
        lines = b"".join(envelope.seal(encode(item), signer).encode() + b"\n" for item in statements)
        self.put(path, lines)
        if path != VERDICT:
            self.sign_statements(VERDICT, lambda said: _list_again(said[0], path, lines))
        else:
            self.sign_sums()

    def sign_verdict(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what the verdict says, and sign it and SHA256SUMS anew."""
        self.sign_statements(VERDICT, lambda statements: change(statements[0]["predicate"]))

    def sign_record(self, ending: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the predicate of a record's last statement, and sign everything anew."""
        self.sign_statements(self.first(ending), lambda statements: change(statements[-1]["predicate"]))

    def subject(self) -> Subject:
        return subject_of(source_files(self.content))

    def make_beside(
        self, signer: Signer | None = None, others: Iterable[Resource] = (), *, tag: bool = True
    ) -> None:
        """Write what lies beside the ZIP, for the ZIP as it is now."""
        if tag and not self.rehearsal:
            self.make_tag(signer)
        sha256 = hashlib.sha256(self.as_zip()).hexdigest()
        about = (artifact(self.zip_name, sha256), source(self.subject()), *others)
        said = verdict(_summary(self), subject=about)
        statements = (provenance(_build(self.rehearsal), subject=about), said)
        lines = b"".join(
            envelope.seal(encode(item), signer or self.signer).encode() + b"\n" for item in statements
        )
        self.beside[".intoto.jsonl"] = lines
        self.beside[".sha256"] = f"{sha256}  {self.zip_name}\n".encode()

    def make_tag(
        self,
        signer: Signer | None = None,
        *,
        name: str = "v1.0.0",
        tree: str | None = None,
        parent: str = PREPARED,
        message: str | None = None,
    ) -> None:
        """Write the signed tag and its commit, and the commit's id into the ZIP's comment."""
        files = source_files(self.content)
        tree = tree or git_tree((file.path, file.mode, file.sha1) for file in files)
        who = "Ada <ada@example.org> 1795435200 +0000"
        commit = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nEvidence\n".encode()
        commit_id = gitobjects.object_id("commit", commit)
        if message is None:
            message = f"Shop 1.0.0\n\n{trailer_lines(self.subject(), self.sha256(VERDICT))}"
        unsigned = f"object {commit_id}\ntype commit\ntag {name}\ntagger {who}\n\n{message}".encode()
        tag = gitobjects.sign_tag(unsigned, signer or self.signer)
        self.comment = commit_id
        self.beside[".tag"] = gitobjects.write_objects(
            (
                GitObject(kind="tag", id=gitobjects.object_id("tag", tag), body=tag),
                GitObject(kind="commit", id=commit_id, body=commit),
            )
        )

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.get(path)).hexdigest()

    def as_zip(self) -> bytes:
        return self.zip_bytes(zip_of(self.content, self.comment))

    def write(self, folder: Path) -> Path:
        """Put the delivery together in `folder`; the path of the ZIP."""
        folder.mkdir(parents=True, exist_ok=True)
        for ending, data in self.beside.items():
            (folder / (self.zip_name + ending)).write_bytes(data)
        path = folder / self.zip_name
        path.write_bytes(self.as_zip())
        return path


VERDICT = "evidence/verdict.intoto.jsonl"


def make_pack(folder: Path, *, signer: Signer | None = None, **changes: Any) -> Pack:
    """A whole delivery in memory: sealed in `folder`, read back, with what lies beside it."""
    signer = signer or make_signer()
    content = dict(changes.get("content", SOURCE))
    sealed = seal_pack(folder, signer=signer, **changes)
    for path in sealed.files:
        content[f"evidence/{path}"] = (FILE, (sealed.folder / path).read_bytes())
    pack = Pack(signer=signer, content=content, rehearsal=bool(changes.get("rehearsal")))
    pack.waived = bool(sealed.waived)
    pack.make_beside()
    return pack


def signers_file(folder: Path, signer: Signer, **options: Any) -> Path:
    """The buyer's own file."""
    path = folder / "buyers_signers"
    line = write_signer(signer.public, principal="release@example.org", **{"namespaces": SPACES, **options})
    path.write_bytes(b"# who may sign\n\n" + line)
    return path


def _list_again(statement: dict[str, Any], path: str, lines: bytes) -> None:
    for item in statement["predicate"]["inputAttestations"]:
        if item["uri"] == path:
            item["digest"]["sha256"] = hashlib.sha256(lines).hexdigest()


def _summary(pack: Pack) -> Summary:
    return Summary(
        verified_at=NOW,
        resource_uri="pkg:generic/shop@1.0.0",
        policy=artifact("noxfile.py", "ab" * 32),
        inputs=(artifact(VERDICT, pack.sha256(VERDICT)),),
        rehearsal=pack.rehearsal,
        is_pass=True,
        waived=pack.waived,
        verifier_version="0.1.0",
        extension={"product": "shop", "version": "1.0.0"},
    )


def _build(rehearsal: bool) -> Build:
    return Build(
        source_uri="pkg:generic/shop",
        commit=PREPARED,
        parameters=(("version", "1.0.0"),),
        tools=(("git", "2.39.5"),),
        started=NOW,
        finished=NOW,
        invocation="0123",
        rehearsal=rehearsal,
    )
