"""Bundles from ZIPs: what the judge may look at, read by the strict reader and believed only as far as verified."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateproof.errors import NothingRanError, UnknownError
from gateproof.evidence import envelope, layout, sshsig
from gateproof.evidence.attempts import read_attempt
from gateproof.evidence.gitobjects import Tag
from gateproof.evidence.signers import AllowedSigner, Vouching, vouch
from gateproof.evidence.statement import VERDICT, VERDICT_FIELD, Statement, parse
from gateproof.evidence.subject import EVIDENCE, EXECUTABLE
from gateproof.findings import Notes
from gateproof.judge.bundle import Bundle, DeliveryFacts, EvidenceRun, read_run
from gateproof.model import Finding
from gateproof.pack.inspect.inspection import inspect_zip
from gateproof.pack.inspect.rules import DEFAULT, RuleSet
from gateproof.pack.tagchain import earlier_tag
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.delivery import Delivery, opened
from gateproof.pack.verifier.result import Form, Verification
from gateproof.pack.verifier.vouching import load_signers
from gateproof.pack.verify import verify
from gateproof.pack.zipchecks import LINK
from gateproof.pack.zipreader import Entry, StrictZip, ZipLieError, open_zip

TWO_CONTENTS = frozenset(
    {"Z001", "Z002", "Z005", "Z006", "Z007", "Z010", "Z011", "Z012", "Z016", "Z022", "Z025", "Z026", "Z027"}
)
"""With these, two programs may see two different contents, so nothing that is judged would hold."""
_OF_THE_SOURCE = frozenset({Code.CHANGED.code, Code.MISSING.code, Code.UNLISTED.code})
_OF_ANOTHER_SOURCE = frozenset({*_OF_THE_SOURCE, Code.OTHER_SOURCE.code})
_HONEST_NO = frozenset({Code.VERDICT_IS_NO.code, Code.NOT_PROVEN.code})
_BESIDE = frozenset(code.code for code in Code if code.code.startswith(("V04", "V05")))


@contextmanager
def open_bundle(
    path: Path, *, signers: Path | None = None, now: datetime, rules: RuleSet = DEFAULT
) -> Iterator[Bundle]:
    """The bundle in a ZIP, a delivery folder or an outer ZIP. Nothing of it is executed or extracted.

    Raises UnknownError for what cannot be read or is not sound enough to be judged, NothingRanError for a
    folder without a ZIP or a ZIP without a file, UsageError for an unusable signers file.
    """
    allowed = load_signers(signers) if signers else None
    notes = Notes()
    with opened(path, notes) as delivery:
        if delivery is None:
            first = notes.findings()[0]
            raise UnknownError(f"{path} is no sound delivery: {first.code} {first.path}: {first.sentence}")
        with open_zip(delivery.zip) as zf:
            _refuse_two_contents(zf, path)
            yield _Maker(path, delivery, zf, allowed).bundle(signers, now, rules)


def _refuse_two_contents(zf: StrictZip, path: Path) -> None:
    lies = [finding for finding in zf.findings if finding.code in TWO_CONTENTS]
    if not zf.entries and (not lies or lies[0].code == "Z001"):
        raise NothingRanError(f"{path} holds no file, so there is nothing to assess.")
    if lies:
        raise UnknownError(
            f"{path} cannot be assessed: {lies[0].code} {lies[0].path}: {lies[0].sentence} "
            "Two programs may see two contents in it; run `gateproof verify` on it."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seal:
    """What the sealed verdict says of itself."""

    commit: str
    required: tuple[str, ...]
    checklist: str | None


class _Maker:
    """One ZIP being made into a bundle."""

    def __init__(
        self, path: Path, delivery: Delivery, zf: StrictZip, allowed: Sequence[AllowedSigner] | None
    ) -> None:
        self._path = path
        self._delivery = delivery
        self._zip = zf
        self._allowed = allowed
        prefix = _prefix([entry.name for entry in zf.entries])
        self._entries: dict[str, Entry] = {entry.name.removeprefix(prefix): entry for entry in zf.entries}

    def bundle(self, signers: Path | None, now: datetime, rules: RuleSet) -> Bundle:
        has_evidence = f"{EVIDENCE}/{layout.VERDICT}" in self._entries
        is_bare = self._delivery.form is Form.ZIP and not self._delivery.beside
        verification = (
            verify(self._path, signers, now=now, accept_rehearsal=True)
            if has_evidence or not is_bare
            else None
        )
        unsound = _unsound(verification) if has_evidence and verification else ()
        seal = self._seal() if has_evidence and not unsound else None
        zip_path = self._delivery.zip
        runs = tuple(self._runs()) if has_evidence and not unsound else ()
        differing = _differing(verification)
        return Bundle(
            name=self._path.name,
            sizes={name: entry.size for name, entry in self._entries.items()},
            read=self.read,
            links=frozenset(name for name, entry in self._entries.items() if entry.mode == LINK),
            executables=frozenset(name for name, entry in self._entries.items() if entry.mode == EXECUTABLE),
            blocks=self.blocks,
            git_tree=verification.facts.subject.git_tree
            if verification and verification.facts.subject
            else None,
            runs=runs,
            unsound=unsound,
            differing={run.git_tree: differing for run in runs} if differing else {},
            has_evidence=has_evidence,
            required=seal.required if seal else (),
            delivery=None if is_bare or verification is None else _facts(verification),
            inspect=lambda: inspect_zip(zip_path, rules),
            vouch=self._vouch,
            has_signers=self._allowed is not None,
            tags=tuple(self._tags(seal)) if seal else (),
            sealed_checklist=seal.checklist if seal else None,
        )

    def read(self, name: str) -> bytes:
        """The contents of a file. Raises UnknownError where the ZIP lies about them."""
        try:
            return self._zip.read(self._entries[name])
        except ZipLieError as lie:
            raise UnknownError(f"{self._path} cannot be assessed: {lie}") from None

    def blocks(self, name: str) -> Iterator[bytes]:
        """The contents of a file, a block at a time. Raises UnknownError where the ZIP lies about them."""
        try:
            yield from self._zip.blocks(self._entries[name])
        except ZipLieError as lie:
            raise UnknownError(f"{self._path} cannot be read: {lie}") from None

    def _inside(self, kind: layout.Kind) -> Iterator[str]:
        start = f"{EVIDENCE}/"
        for name in sorted(self._entries):
            if name.startswith(start) and layout.kind_of(name.removeprefix(start)) is kind:
                yield name

    def _statements(self, name: str) -> tuple[Statement, ...]:
        # `verify` found every envelope signed by the sealing key.
        return tuple(parse(item.payload) for item in envelope.read_lines(self.read(name)))

    def _runs(self) -> Iterator[EvidenceRun]:
        for path in self._inside(layout.Kind.STATEMENTS):
            _, kind, name, leg, run, _ = path.split("/")
            statements = self._statements(path)
            attempt = read_attempt(statements, gate=name, leg=leg, run=run)
            yield read_run(statements, attempt, kind=kind, place=posixpath.dirname(path))

    def _seal(self) -> _Seal | None:
        for statement in self._statements(f"{EVIDENCE}/{layout.VERDICT}"):
            ours = statement.predicate.get(VERDICT_FIELD)
            if statement.predicate_type == VERDICT and isinstance(ours, dict):
                required, checklist = ours.get("required"), ours.get("checklist")
                sha256 = checklist.get("sha256") if isinstance(checklist, dict) else None
                return _Seal(
                    commit=str(ours.get("commit")),
                    required=tuple(map(str, required)) if isinstance(required, list) else (),
                    checklist=sha256 if isinstance(sha256, str) else None,
                )
        return None

    def _tags(self, seal: _Seal) -> Iterator[str]:
        for path in self._inside(layout.Kind.TAG):
            name = posixpath.basename(path)
            try:
                earlier_tag(self.read(path), name=name, commit=seal.commit, knows=self._knows)
            except (ValueError, OverflowError):
                continue
            yield name

    def _knows(self, tag: Tag) -> bool:
        """Whether a tag was signed by the key that sealed this ZIP, or by one that the reader's file vouches for."""
        key = tag.signature.key
        if key == sshsig.read(self.read(f"{EVIDENCE}/{layout.SUMS_SIGNATURE}")).key:
            return True
        answer, _ = vouch(self._allowed or (), key, namespace=sshsig.FOR_GIT, at=tag.tagged_at)
        return answer is Vouching.VOUCHED

    def _vouch(self, signed: bytes, signature: bytes, at: datetime) -> str | None:
        """The person whose key signed these bytes, going by the reader's own signers file."""
        try:
            read = sshsig.read(signature)
        except ValueError:
            return None
        if self._allowed is None or not read.verifies([signed], namespace=sshsig.FOR_PACKS):
            return None
        answer, principals = vouch(self._allowed, read.key, namespace=sshsig.FOR_PACKS, at=at)
        return ", ".join(principals) if answer is Vouching.VOUCHED else None


def _prefix(names: list[str]) -> str:
    """The one folder that everything lies in, as a git host's own download has it; otherwise nothing."""
    head = names[0].partition("/")[0] + "/"
    is_wrapped = all(name.startswith(head) for name in names)
    inner = [name.removeprefix(head) for name in names]
    # A project of one package alone would look the same; a wrapped one has its usual files at the top.
    usual = {
        "README.md",
        "README.rst",
        "manage.py",
        "pyproject.toml",
        "setup.py",
        "requirements.txt",
        "LICENSE",
    }
    return head if is_wrapped and usual & set(inner) else ""


def _unsound(verification: Verification) -> tuple[Finding, ...]:
    """Findings with which no sealed statement can be believed."""
    return tuple(
        finding
        for finding in verification.findings
        if finding.code not in _HONEST_NO
        and finding.code not in _BESIDE
        and not (finding.code in _OF_ANOTHER_SOURCE and _is_about_source(finding))
    )


def _is_about_source(finding: Finding) -> bool:
    return finding.code == Code.OTHER_SOURCE.code or not finding.path.startswith(f"{EVIDENCE}/")


def _differing(verification: Verification | None) -> tuple[str, ...]:
    findings = verification.findings if verification else ()
    return tuple(one.path for one in findings if one.code in _OF_THE_SOURCE and _is_about_source(one))


def _facts(verification: Verification) -> DeliveryFacts:
    facts = verification.facts
    return DeliveryFacts(
        is_whole=not verification.findings,
        findings=verification.findings,
        tag=facts.tag,
        is_rehearsal=bool(facts.is_rehearsal),
        principals=facts.principals,
    )
