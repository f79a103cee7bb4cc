"""The nouns of gateproof, frozen: what every stage takes and gives.

The words are those of docs/glossary.md.
Nothing here touches the disk, the clock or the environment.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from gateproof.errors import NO, NOTHING_RAN, UNKNOWN, YES

SUPPORT = "supporting commands"
"""The unit of a reading that can never prove anything by itself."""


class Outcome(enum.StrEnum):
    """What one run saw."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    VACUOUS = "VACUOUS"
    """It ran and looked at nothing."""
    SKIPPED = "SKIPPED"
    ERRORED = "ERRORED"
    """It could not find out."""
    WAIVED = "WAIVED"
    """It looked, and one thing that it could not find out, or found, is let be open by a person, for a reason."""

    @property
    def exit_code(self) -> int:
        """What a command that answers with this outcome ends with."""
        match self:
            case Outcome.PASSED | Outcome.WAIVED:
                return YES
            case Outcome.FAILED:
                return NO
            case Outcome.VACUOUS | Outcome.SKIPPED:
                return NOTHING_RAN
            case Outcome.ERRORED:
                return UNKNOWN


class Ending(enum.StrEnum):
    """How a child process came to its end."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not started"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The source that a statement is about, without its `evidence/`; matched by digest only."""

    git_tree: str
    """Hexadecimal id of the git tree: names, modes and contents (SHA-1 in today's repositories)."""
    dir_hash: str
    """Hexadecimal SHA-256 over the `sha256sum` lines sorted by path (in-toto `dirHash`, Go's `Hash1`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """One stream of a child process as it lies on the disk, after redaction."""

    path: Path
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A child process that has ended, and what it left."""

    argv: tuple[str, ...]
    cwd: Path
    ending: Ending
    exit_code: int | None
    """The child's own exit status; None unless `ending` is EXITED."""
    signal: str | None
    """The name of the signal that ended it, such as SIGKILL."""
    started: datetime
    finished: datetime
    stdout: Capture
    stderr: Capture
    log: Capture
    """What a person would have seen. The order between the two streams is approximate."""
    files: Path
    """The folder in which the tool was asked to put its own reports (JUnit and such)."""
    redacted: int = 0
    """How many values were redacted before anything touched the disk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a reader understood of a command that has ended."""

    outcome: Outcome
    reason: str
    """One sentence for a person."""
    looked_at: int = 0
    """How much was looked at, in `unit`. Nothing is not a pass."""
    unit: str = "things"
    """Plural noun: tests, files, packages, migrations."""
    counts: tuple[tuple[str, int], ...] = ()
    """Further numbers by name: skipped, silenced, expected failures, warnings."""
    passed: tuple[str, ...] = ()
    """Names of the tests that ran to their end and passed, where the tool tells them."""
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """Codes of everything that it found wrong; empty where the tool does not tell all of it."""
    predicates: tuple[tuple[str, Mapping[str, object]], ...] = ()
    """What else is to be stated about the source: the type of each in-toto predicate, and its content."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One command of a run: what ended, which reader read it, and what the reader understood."""

    ended: Ended
    reader: str
    reading: Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """Where and how a run was made; none of it can turn a failure into a pass."""

    name: str
    """The gate, or the name given to `gateproof run`."""
    leg: str
    """One machine's variant, such as `py3.12-linux`."""
    call: str
    """Identifies one call of nox, so that its records can be told from another's."""
    subject: Subject
    commit: str
    started: datetime
    attempt: int
    """1 for the first run of this name and leg on this source."""
    is_clean: bool
    """Whether nothing but the commit lay in the checkout."""
    unclean: tuple[str, ...]
    """What made it unclean, by path."""
    variables: tuple[str, ...]
    """Names of the caller's variables that the commands got; all others were withheld."""
    platform: str
    versions: tuple[tuple[str, str], ...]
    lock: str | None
    """SHA-256 of the lock that the environment was made from."""
    made_from: tuple[tuple[str, str], ...] = ()
    """What the environment was made from: files with their SHA-256, and lines that no file pins."""
    surroundings: tuple[str, ...] = ()
    """What was made for the commands: names of variables, folders and services, never a value."""
    kind: str = "gates"
    """Where sealing puts the record: `gates`, `tasks` or `deploy`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One attempt of a gate: its circumstances, its commands, and what it saw altogether."""

    circumstances: Circumstances
    finished: datetime | None
    """None when a person or the system stopped it: such an attempt decides nothing."""
    commands: tuple[Command, ...]
    reading: Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A finding that a team lets be open for a while, so that it can start."""

    gate: str
    finding: str
    """Its code, such as `security.W004`."""
    reason: str
    until: str
    """The last day, such as `2026-12-31`."""

    def is_expired(self, today: date) -> bool:
        """Whether its last day is past."""
        return date.fromisoformat(self.until) < today


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """A planned state: the version and the tag that reaching it gives, and what must be Done for it."""

    name: str
    """By which a person speaks of it, such as `m2`."""
    version: str = ""
    """Such as `0.2.0`."""
    tag: str = ""
    """The signed ref that marks it, such as `v0.2-m2-ops-control`."""
    items: tuple[str, ...] = ()
    """Ids of the checklist; a section (`S1`) or a parent stands for everything below it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong: a code, what it is wrong with, and a sentence."""

    code: str
    path: str
    sentence: str
