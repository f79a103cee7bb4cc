"""Every envelope and statement of a pack, and whether the verdict agrees with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateproof.evidence import envelope, layout
from gateproof.evidence.attempts import Attempt, Leg, State, against, legs, read_attempt
from gateproof.evidence.kept import described, differences
from gateproof.evidence.keys import PublicKey
from gateproof.evidence.statement import (
    OF_A_RUN,
    VERDICT,
    VERDICT_FIELD,
    Statement,
    parse_all,
    utc_moment,
)
from gateproof.evidence.subject import EVIDENCE, SourceFile
from gateproof.findings import Notes
from gateproof.model import Subject
from gateproof.pack.verifier.codes import Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """The statements of one file whose envelopes were all read and found signed."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One sealed record: what it says in short, so that a thousand of them fit into memory."""

    path: str
    attempt: Attempt | None
    """None, with a finding, where it tells of none."""
    statements: int
    subjects: frozenset[Subject | None]
    """None stands for a statement that is not about exactly one source."""
    kept: Mapping[str, object] | None
    """Path to SHA-256 of every file beside them, as they describe it; None where it did not end or is not readable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedVerdict:
    """What the verdict says."""

    subject: Subject
    sealed_at: datetime
    is_rehearsal: bool
    is_pass: bool
    """The real result."""
    is_pass_for_strangers: bool
    inputs: Mapping[str, str]
    """Path to SHA-256 of every file of statements."""
    required: tuple[str, ...]
    gates: list[object]
    against: tuple[str, ...]
    key: str
    product: str
    version: str
    commit: str


def read_signed(raw: bytes, path: str, key: PublicKey, notes: Notes) -> Signed | None:
    """The statements in a file of envelopes, all signed by `key`; None, with a finding, for any other."""
    try:
        envelopes = envelope.read_lines(raw)
    except ValueError as error:
        notes.take(Code.ENVELOPE_FORM.at(path, f"{error}."))
        return None
    for number, item in enumerate(envelopes, 1):
        if not item.verifies(key):
            notes.take(Code.ENVELOPE_SIGNATURE.at(path, f"Line {number}."))
            return None
        if item.keyid != key.keyid:
            notes.take(Code.ENVELOPE_KEY.at(path, f"Line {number} names {item.keyid}."))
            return None
    try:
        return Signed(statements=parse_all([item.payload for item in envelopes]))
    except ValueError as error:
        notes.take(Code.STATEMENT_FORM.at(path, f"{error}."))
        return None


def read_record(signed: Signed, inside: str, notes: Notes) -> Record:
    """The record in a file of statements; `inside` is its path inside `evidence/`."""
    path = f"{EVIDENCE}/{inside}"
    for statement in signed.statements:
        if statement.predicate_type not in OF_A_RUN:
            notes.take(Code.STATEMENT_KIND.at(path, f"It is {statement.predicate_type}."))
    _, name, leg, run, _ = inside.split("/")
    attempt = None
    try:
        attempt = read_attempt(signed.statements, gate=name, leg=leg, run=run)
    except ValueError as error:
        notes.take(Code.RECORD_CONTRADICTS.at(path, f"{error}."))
    for contradiction in attempt.contradictions if attempt else ():
        notes.take(Code.RECORD_CONTRADICTS.at(path, f"{contradiction}."))
    return Record(
        path=inside,
        attempt=attempt,
        statements=len(signed.statements),
        subjects=frozenset(_only_source(statement) for statement in signed.statements),
        kept=_kept(signed, path, notes) if attempt and attempt.has_ended else None,
    )


def _kept(signed: Signed, path: str, notes: Notes) -> Mapping[str, object] | None:
    try:
        return described(signed.statements)
    except ValueError as error:
        notes.take(Code.KEPT.at(path, f"{error}."))
        return None


def read_verdict(signed: Signed, path: str, notes: Notes) -> SealedVerdict | None:
    """The verdict; None, with a finding, when it is not one that sealing writes."""
    try:
        return _verdict(signed.statements)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        notes.take(Code.VERDICT_FORM.at(path, f"{_words(error)}."))
        return None


def compare_verdict(
    verdict: SealedVerdict, records: Iterable[Record], files: Iterable[SourceFile], notes: Notes
) -> tuple[Leg, ...]:
    """The gates that the records tell of; findings where the verdict says otherwise than they do."""
    records = tuple(records)
    _compare_inputs(verdict, files, notes)
    found = legs(record.attempt for record in records if record.attempt and record.path.startswith("gates/"))
    if not found:
        notes.take(Code.NO_GATE.at(f"{EVIDENCE}/gates"))
    path = f"{EVIDENCE}/{layout.VERDICT}"
    if verdict.gates != [leg.as_fact() for leg in found]:
        notes.take(Code.VERDICT_CONTRADICTS.at(path, "Its gates are not those of the records."))
    if verdict.is_pass == bool(verdict.against):
        notes.take(Code.VERDICT_CONTRADICTS.at(path, "Its result does not follow from its reasons."))
    if not verdict.is_pass:
        notes.take(Code.VERDICT_IS_NO.at(path, " ".join(verdict.against)))
    for reason in against(found, verdict.required):
        notes.take(Code.NOT_PROVEN.at(path, reason))
    is_waived = any(leg.state is State.WAIVED for leg in found)
    if is_waived and verdict.is_pass_for_strangers:
        notes.take(
            Code.VERDICT_CONTRADICTS.at(path, "It is a pass for strangers, and rests on a waived gate.")
        )
    elif not is_waived and verdict.is_pass_for_strangers != (verdict.is_pass and not verdict.is_rehearsal):
        notes.take(Code.REHEARSAL_MARK.at(path, "Its result for strangers does not follow from its own."))
    return found


def compare_subjects(
    subject: Subject, verdict: SealedVerdict | None, records: Iterable[Record], notes: Notes
) -> None:
    """Whether every statement is about exactly this source."""
    for record in records:
        if record.subjects != {subject}:
            notes.take(Code.OTHER_SOURCE.at(f"{EVIDENCE}/{record.path}"))
    if verdict and verdict.subject != subject:
        notes.take(Code.OTHER_SOURCE.at(f"{EVIDENCE}/{layout.VERDICT}"))


def compare_kept_files(records: Iterable[Record], files: Iterable[SourceFile], notes: Notes) -> None:
    """Whether what lies beside the statements of each record is what they describe, nothing less and nothing else."""
    # A record that tells of no attempt has its own finding already.
    said = {layout.record_of(record.path): record.kept for record in records if record.attempt}
    found: dict[str, dict[str, object]] = {}
    unread = set()
    for file in files:
        inside = _inside(file)
        record = layout.record_of(inside)
        if record is None:
            continue
        of_record = found.setdefault(record, {})
        if layout.kind_of(inside) is not layout.Kind.STATEMENTS:
            of_record[inside.removeprefix(f"{record}/")] = file.sha256
        elif record not in said:
            # It could not be read, and has its own finding already.
            unread.add(record)
    for record in sorted(found.keys() - unread):
        kept = said.get(record)
        if kept is None:
            kept = _unended(record, found[record])
        for path, how in differences(found[record], kept):
            notes.take(Code.KEPT.at(f"{EVIDENCE}/{record}/{path}", f"It {how}."))


def _unended(record: str, found: Mapping[str, object]) -> Mapping[str, object]:
    """A run that was killed left a log and perhaps files; what a command wrote needs the command's own word."""
    return {
        path: sha256
        for path, sha256 in found.items()
        if layout.kind_of(f"{record}/{path}") is not layout.Kind.STREAM
    }


def _inside(file: SourceFile) -> str:
    """The path inside `evidence/`; empty for a file of the source."""
    start = f"{EVIDENCE}/"
    return file.path.removeprefix(start) if file.path.startswith(start) else ""


def _compare_inputs(verdict: SealedVerdict, files: Iterable[SourceFile], notes: Notes) -> None:
    found = {
        file.path: file.sha256 for file in files if layout.kind_of(_inside(file)) is layout.Kind.STATEMENTS
    }
    for path in sorted(found.keys() - verdict.inputs.keys()):
        notes.take(Code.UNLISTED_ENVELOPE.at(path))
    for path in sorted(verdict.inputs.keys() - found.keys()):
        notes.take(Code.MISSING_ENVELOPE.at(path))
    for path in sorted(found.keys() & verdict.inputs.keys()):
        if found[path] != verdict.inputs[path]:
            notes.take(Code.CHANGED_ENVELOPE.at(path))


def _verdict(statements: tuple[Statement, ...]) -> SealedVerdict:
    if len(statements) != 1 or statements[0].predicate_type != VERDICT:
        raise ValueError("it is not exactly one verification summary")
    predicate = statements[0].predicate
    ours = _mapping(predicate[VERDICT_FIELD])
    subject = _only_source(statements[0])
    if subject is None:
        raise ValueError("it is not about exactly one source")
    return SealedVerdict(
        subject=subject,
        sealed_at=utc_moment(predicate["timeVerified"]),
        is_rehearsal=_boolean(ours["rehearsal"]),
        is_pass=_passed(ours["result"]),
        is_pass_for_strangers=_passed(predicate["verificationResult"]),
        inputs=dict(_input(item) for item in _list(predicate["inputAttestations"])),
        required=tuple(_text(item) for item in _list(ours["required"])),
        gates=_list(ours["gates"]),
        against=tuple(_text(item) for item in _list(ours["against"])),
        key=_text(ours["key"]),
        product=_text(ours["product"]),
        version=_text(ours["version"]),
        commit=_text(ours["commit"]),
    )


def _only_source(statement: Statement) -> Subject | None:
    sources = statement.sources()
    return sources[0] if len(sources) == len(statement.subject) == 1 else None


def _input(value: object) -> tuple[str, str]:
    item = _mapping(value)
    return _text(item["uri"]), _text(_mapping(item["digest"])["sha256"])


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError("an object is missing")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("a list is missing")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is missing")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it does not say whether it is a rehearsal")
    return value


def _passed(value: object) -> bool:
    if value not in ("PASSED", "FAILED"):
        raise ValueError("its result is neither PASSED nor FAILED")
    return value == "PASSED"


def _words(error: Exception) -> str:
    return f"the field {error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
