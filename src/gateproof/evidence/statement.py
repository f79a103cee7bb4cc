"""Statements: what is said about a subject, in the in-toto Attestation Framework's form.

Follows in-toto Statement v1, SLSA Verification Summary v1 and SLSA Provenance v1.
What is ours stands in extension fields named `gateproof_…`; a stranger ignores them, so nothing in them may
turn a FAILED into a pass.
This module is pure: the time, paths and digests come in as arguments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from gateproof.model import Subject

STATEMENT = "https://in-toto.io/Statement/v1"
LINK = "https://in-toto.io/attestation/link/v0.3"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
VULNERABILITIES = "https://in-toto.io/attestation/vulns/v0.2"
BOM = "https://cyclonedx.org/bom"
PROVENANCE = "https://slsa.dev/provenance/v1"
VERDICT = "https://slsa.dev/verification_summary/v1"

OF_A_RUN = frozenset({LINK, TEST_RESULT, VULNERABILITIES, BOM})
"""The kinds of statement that a record may hold."""

RUN_FIELD = "gateproof_run"
VERDICT_FIELD = "gateproof_verdict"
AUDITED_FIELD = "gateproof_audited"
BUILD_FIELD = "gateproof_build"

VERIFIER = "urn:gateproof:verifier"
LOCAL_BUILDER = "urn:gateproof:builder:local"
ARCHIVE_BUILD = "urn:gateproof:build:git-archive:v1"
GATES_PASSED = "GATEPROOF_GATES_PASSED"
BUILD_L1 = "SLSA_BUILD_LEVEL_1"

MAX_SIZE = 4 * 1024 * 1024
MAX_DEPTH = 32
MAX_PARTS = 500_000
"""Values in one statement, or in all statements of one file: memory is needed for parts, not for bytes."""

_ALGORITHM = re.compile(r"[A-Za-z0-9_]{1,40}")
_HEX = re.compile(r"[0-9a-f]{32,128}")
_DIGITS = {
    "sha1": 40,
    "gitCommit": 40,
    "gitTree": 40,
    "gitTag": 40,
    "gitBlob": 40,
    "sha256": 64,
    "dirHash": 64,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A thing and its digests (in-toto ResourceDescriptor); matched by digest, never by name."""

    name: str
    digest: tuple[tuple[str, str], ...]

    def has(self, algorithm: str) -> str | None:
        """Its digest by one algorithm, or None."""
        return dict(self.digest).get(algorithm)


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A statement that was read."""

    subject: tuple[Resource, ...]
    predicate_type: str
    predicate: Mapping[str, object]

    def sources(self) -> tuple[Subject, ...]:
        """The sources among its subjects: those with both digests of a source."""
        return tuple(
            Subject(git_tree=tree, dir_hash=files)
            for resource in self.subject
            if (tree := resource.has("gitTree")) and (files := resource.has("dirHash"))
        )


def encode(value: Mapping[str, object]) -> bytes:
    """One line of UTF-8 JSON without its line end: sorted keys, no spaces, the same bytes for equal values.

    Raises ValueError for what JSON cannot say (NaN, lone surrogates).
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def decode(raw: bytes, *, limit: int = MAX_SIZE) -> dict[str, object]:
    """Read one JSON object strictly.

    Raises ValueError, with a sentence, for anything but UTF-8 JSON with an object at its top; for a key that
    is there twice (two readers would see two statements); for NaN; and for too much size or depth.
    """
    if len(raw) > limit:
        raise ValueError(f"it has {len(raw):,} bytes; more than {limit:,} are not read")
    if _parts(raw) > MAX_PARTS:
        raise ValueError(f"it has more than {MAX_PARTS:,} parts")
    try:
        value = _DECODER.decode(raw.decode("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"it is not strict UTF-8 JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    if not _is_plain(raw):
        _check_values(value)
    return value


def parse(raw: bytes) -> Statement:
    """Read an in-toto Statement v1 strictly. Raises ValueError with a sentence (see `decode`)."""
    value = decode(raw)
    if unknown := sorted(value.keys() - {"_type", "subject", "predicateType", "predicate"}):
        raise ValueError(f"a statement has no field {unknown[0]!r}")
    if value.get("_type") != STATEMENT:
        raise ValueError(f"its _type is {value.get('_type')!r}, not {STATEMENT!r}")
    subjects, kind, predicate = value.get("subject"), value.get("predicateType"), value.get("predicate")
    if not isinstance(kind, str) or not kind:
        raise ValueError("it has no predicateType")
    if not isinstance(predicate, dict):
        raise ValueError("its predicate is not an object")
    if not isinstance(subjects, list) or not subjects:
        raise ValueError("it has no subject, so it is about nothing")
    return Statement(
        subject=tuple(_resource(item) for item in subjects), predicate_type=kind, predicate=predicate
    )


def parse_all(payloads: Sequence[bytes]) -> tuple[Statement, ...]:
    """Read the statements of one file. Raises ValueError, naming the line (see `decode`)."""
    if sum(map(_parts, payloads)) > MAX_PARTS:
        raise ValueError(f"its statements have more than {MAX_PARTS:,} parts")
    statements = []
    for number, payload in enumerate(payloads, 1):
        try:
            statements.append(parse(payload))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    return tuple(statements)


def statement(
    *, subject: Iterable[Resource], predicate_type: str, predicate: Mapping[str, object]
) -> dict[str, object]:
    """A statement, ready to be encoded."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": item.name, "digest": dict(item.digest)} for item in subject],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def source(subject: Subject) -> Resource:
    """The source as a statement names it."""
    return Resource(name="source", digest=(("gitTree", subject.git_tree), ("dirHash", subject.dir_hash)))


def source_of(digests: object) -> Subject:
    """The source with these digests. Raises ValueError unless there is exactly a `gitTree` and a `dirHash`."""
    named = dict(_resource({"name": "source", "digest": digests}).digest)
    if named.keys() != {"gitTree", "dirHash"}:
        raise ValueError("a source is named by its gitTree and its dirHash, and nothing else")
    return Subject(git_tree=named["gitTree"], dir_hash=named["dirHash"])


def artifact(name: str, sha256: str) -> Resource:
    """A file as a statement names it."""
    return Resource(name=name, digest=(("sha256", sha256),))


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a verdict says: the content of `gateproof_verdict`, and what follows from it for strangers."""

    verified_at: datetime
    resource_uri: str
    """What was judged, such as `pkg:generic/purelaka@1.0.0`."""
    policy: Resource
    """The rules that it was judged by: their address and digest."""
    inputs: tuple[Resource, ...]
    """Every envelope file with its sha256, so that a deletion shows."""
    rehearsal: bool
    is_pass: bool
    """The real result."""
    verifier_version: str
    extension: Mapping[str, object]
    """Further fields of `gateproof_verdict`: gates, required, project, version and so on."""
    waived: bool = False
    """Whether it rests on a gate that was waived: accepted by its people, and no pass for strangers."""
    levels: tuple[str, ...] = (GATES_PASSED,)
    """What a PASSED vouches for."""


def verdict(summary: Summary, *, subject: Iterable[Resource]) -> dict[str, object]:
    """The verdict as a SLSA Verification Summary.

    A rehearsal reads FAILED for strangers, whatever its result, and so does what rests on a waiver: only a
    release whose gates all passed says PASSED.
    """
    passed = summary.is_pass and not summary.rehearsal and not summary.waived
    predicate: dict[str, object] = {
        "verifier": {"id": VERIFIER, "version": {"gateproof": summary.verifier_version}},
        "timeVerified": utc_text(summary.verified_at),
        "resourceUri": summary.resource_uri,
        "policy": {"uri": summary.policy.name, "digest": dict(summary.policy.digest)},
        "inputAttestations": [{"uri": item.name, "digest": dict(item.digest)} for item in summary.inputs],
        "verificationResult": "PASSED" if passed else "FAILED",
        # SLSA: the levels that hold, or the one word FAILED.
        "verifiedLevels": list(summary.levels) if passed else ["FAILED"],
        "slsaVersion": "1.0",
        VERDICT_FIELD: {
            **summary.extension,
            "rehearsal": summary.rehearsal,
            "result": "PASSED" if summary.is_pass else "FAILED",
        },
    }
    return statement(subject=subject, predicate_type=VERDICT, predicate=predicate)


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """How a ZIP came about."""

    source_uri: str
    """Where the repository is to be found, such as `git+https://example.org/shop.git`."""
    commit: str
    """The commit that the ZIP holds."""
    parameters: tuple[tuple[str, str], ...]
    """What a person chose: the version, the tag, the recipe's command."""
    tools: tuple[tuple[str, str], ...]
    """Versions of what made it: git, python, gateproof."""
    started: datetime
    finished: datetime
    invocation: str
    """An id of this one build."""
    rehearsal: bool


def provenance(build: Build, *, subject: Iterable[Resource]) -> dict[str, object]:
    """Where a ZIP comes from, as SLSA Provenance v1, honest about its level.

    The machine that builds also signs, and a person holds the key; that is Build L1 and no more.
    """
    predicate: dict[str, object] = {
        "buildDefinition": {
            "buildType": ARCHIVE_BUILD,
            "externalParameters": {
                "source": build.source_uri,
                "commit": build.commit,
                **dict(build.parameters),
            },
            "internalParameters": {"rehearsal": build.rehearsal},
            "resolvedDependencies": [{"uri": build.source_uri, "digest": {"gitCommit": build.commit}}],
        },
        "runDetails": {
            "builder": {"id": LOCAL_BUILDER, "version": dict(build.tools)},
            "metadata": {
                "invocationId": build.invocation,
                "startedOn": utc_text(build.started),
                "finishedOn": utc_text(build.finished),
            },
        },
        BUILD_FIELD: {
            "level": BUILD_L1,
            "why": "Made and signed on the releaser's own machine; no hosted builder vouches for it.",
        },
    }
    return statement(subject=subject, predicate_type=PROVENANCE, predicate=predicate)


def utc_text(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC, to the second. Raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def utc_moment(text: object) -> datetime:
    """The moment that `utc_text` wrote. Raises ValueError for any other form."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII):
        raise ValueError(f"{text!r} is not a UTC time such as 2026-11-24T03:18:39Z")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _resource(value: object) -> Resource:
    if not isinstance(value, dict):
        raise ValueError("a subject is not an object")
    name, digests = value.get("name", ""), value.get("digest")
    if not isinstance(name, str) or not isinstance(digests, dict) or not digests:
        raise ValueError("a subject has no digest, so it names nothing")
    return Resource(name=name, digest=tuple(sorted(_digest(key, digests[key]) for key in digests)))


def _digest(algorithm: str, value: object) -> tuple[str, str]:
    if not _ALGORITHM.fullmatch(algorithm):
        raise ValueError(f"{algorithm[:40]!r} is not the name of a digest")
    digits = _DIGITS.get(algorithm)
    if not isinstance(value, str) or not _HEX.fullmatch(value) or (digits and len(value) != digits):
        raise ValueError(f"a subject's {algorithm} is not a digest in lower-case hexadecimal")
    return algorithm, value


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("it holds a number too large to be one")
    return number


def _parts(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is there twice")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_plain(raw: bytes) -> bool:
    """Whether the bytes alone show that `_check_values` can find nothing: a merge reads ten thousands of statements.

    Decoded UTF-8 has a lone surrogate only from an escape, and no more depth than opening brackets.
    """
    brackets = raw.count(b"{") + raw.count(b"[")
    return brackets <= MAX_DEPTH and b"\\u" not in raw


def _check_values(value: object) -> None:
    """Refuse too much depth and lone surrogates, without recursion."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        texts = (item for item in level if isinstance(item, str))
        if any(_is_broken(text) for text in texts):
            raise ValueError("it holds a lone surrogate, which is no text")
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError(f"it is nested more than {MAX_DEPTH} deep")


def _children(item: object) -> Iterable[object]:
    if isinstance(item, dict):
        return (part for pair in item.items() for part in pair)
    return item if isinstance(item, list) else ()


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
