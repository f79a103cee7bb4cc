"""What `evidence/` may hold: the kinds of file that sealing writes, and no other.

Sealing writes by these rules and the verifier refuses by them, so that `evidence/`, which is no part of the
source that was tested, cannot carry anything that runs, configures a tool or is merely unexplained.
"""

from __future__ import annotations

import enum
import re

INDEX = "README.md"
PAGE = "index.html"
VERDICT = "verdict.intoto.jsonl"
SIGNERS = "allowed_signers"
SUMS = "SHA256SUMS"
SUMS_SIGNATURE = "SHA256SUMS.sig"
STATEMENTS = "statements.intoto.jsonl"
LOG = "output.log"

REQUIRED = (INDEX, PAGE, VERDICT, SIGNERS, SUMS, SUMS_SIGNATURE)
DOCUMENTS = ("checklist.md", "sbom.cdx.json", "licences.md", "advisories.md", "pins.json")
"""What a release may add at the top of `evidence/`."""
KINDS_OF_RUN = ("gates", "tasks", "deploy")

MAX_FILE = 256 << 20
MAX_SUMS = 24 << 20
"""SHA256SUMS is read whole: 200,000 files with long names."""
MAX_ENVELOPES = 16 << 20
"""So are the files of envelopes, and everything beside the ZIP."""

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._+=,@-]{0,126}[A-Za-z0-9_+=@-])?"
_LEG = _NAME
_RUN = r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}"
_ARTIFACT = rf"(?:{_NAME}/){{0,8}}[A-Za-z0-9][A-Za-z0-9._+=,@-]{{0,120}}"
_TEXT = "txt|log|xml|json|sarif|csv|md|diff|patch"

NAME = re.compile(_NAME)
LEG = re.compile(_LEG)
RUN = re.compile(_RUN)


class Kind(enum.Enum):
    """What a file in `evidence/` is, in the words of the proof index."""

    INDEX = "proof index"
    PAGE = "proof index, for reading"
    DOCUMENT = "document"
    VERDICT = "signed verdict"
    SIGNERS = "key that signed, for convenience"
    SUMS = "checksum of every file"
    SIGNATURE = "signature over the checksums"
    STATEMENTS = "signed statements of one run"
    LOG = "log of one run"
    STREAM = "output of one command, in the tool's own format"
    ARTIFACT = "file that a command left"
    PICTURE = "screenshot"
    TAG = "earlier milestone: signed tag and its commit"


_FIXED = {
    INDEX: Kind.INDEX,
    PAGE: Kind.PAGE,
    VERDICT: Kind.VERDICT,
    SIGNERS: Kind.SIGNERS,
    SUMS: Kind.SUMS,
    SUMS_SIGNATURE: Kind.SIGNATURE,
    **dict.fromkeys(DOCUMENTS, Kind.DOCUMENT),
}
_RECORD = rf"(?:{'|'.join(KINDS_OF_RUN)})/{_NAME}/{_LEG}/{_RUN}"
_PATTERNS = (
    (re.compile(rf"{_RECORD}/{re.escape(STATEMENTS)}"), Kind.STATEMENTS),
    (re.compile(rf"{_RECORD}/{re.escape(LOG)}"), Kind.LOG),
    (re.compile(rf"{_RECORD}/commands/[0-9]{{1,4}}/(?:stdout|stderr)"), Kind.STREAM),
    (re.compile(rf"{_RECORD}/(?:commands/[0-9]{{1,4}}/)?files/{_ARTIFACT}\.(?:{_TEXT})"), Kind.ARTIFACT),
    (re.compile(rf"{_RECORD}/(?:commands/[0-9]{{1,4}}/)?files/{_ARTIFACT}\.png"), Kind.PICTURE),
    (re.compile(rf"tags/{_NAME}"), Kind.TAG),
)


def kind_of(path: str) -> Kind | None:
    """The kind of a file by its path inside `evidence/`, or None where sealing writes no such file."""
    if path in _FIXED:
        return _FIXED[path]
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(path)), None)


def limit_of(kind: Kind) -> int:
    """How many bytes a file of this kind may have; what is read whole must fit into any machine."""
    if kind is Kind.SUMS:
        return MAX_SUMS
    return MAX_ENVELOPES if kind in (Kind.STATEMENTS, Kind.VERDICT, Kind.TAG) else MAX_FILE


def record_of(path: str) -> str | None:
    """The record that a path inside `evidence/` belongs to, such as `gates/unit/py3.11-linux/<run>`."""
    parts = path.split("/")
    is_inside = parts[0] in KINDS_OF_RUN and len(parts) > 4
    return "/".join(parts[:4]) if is_inside else None
