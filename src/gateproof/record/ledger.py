"""The ledger: the working store of records in `.gateproof/`, append-only, unsigned.

A record is a folder `ledger/<gitTree>/<name>/<leg>/<started>-<id>/`.
Its `statements.jsonl` is written first as "started, did not end" and replaced once, when the run has ended.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateproof.errors import UnknownError
from gateproof.evidence.runs import DID_NOT_END, beginning_statement, run_statements
from gateproof.evidence.statement import RUN_FIELD, TEST_RESULT, Statement, encode, parse
from gateproof.model import Circumstances, Outcome, Run

STATEMENTS = "statements.jsonl"
LOG = "output.log"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One run as the ledger tells it."""

    folder: Path
    git_tree: str
    name: str
    leg: str
    run: str
    outcome: Outcome
    reason: str
    looked_at: int
    unit: str
    counts: Mapping[str, int]
    started: datetime
    seconds: float | None
    """Wall time; None for a run that did not end."""
    attempt: int
    is_clean: bool
    unclean: tuple[str, ...]
    lock: str | None

    @property
    def has_ended(self) -> bool:
        """False where the recorder was killed before it could write what it saw."""
        return self.seconds is not None

    @property
    def counts_for_release(self) -> bool:
        """True for evidence that a release may rest on: it ended, it passed, and the checkout was clean."""
        return self.has_ended and self.is_clean and self.outcome is Outcome.PASSED


def ledger_folder(root: Path) -> Path:
    """Where the records of the project at `root` lie."""
    return root / ".gateproof" / "ledger"


def begin(root: Path, circumstances: Circumstances) -> Path:
    """Open a record that says "started, did not end", and return its folder.

    Raises UnknownError when the folder cannot be written.
    """
    stamp = circumstances.started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    place = ledger_folder(root) / circumstances.subject.git_tree / circumstances.name / circumstances.leg
    folder = place / f"{stamp}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True)
        _replace(folder / STATEMENTS, [beginning_statement(circumstances)])
        (folder / LOG).touch()
    except OSError as error:
        raise UnknownError(f"{folder} could not be written ({error.strerror}); make room or give access.") from error
    return folder


def finish(folder: Path, run: Run) -> None:
    """Replace the beginning by what the run saw.

    Raises UnknownError when it cannot be written; the beginning then stays, and is not a pass.
    """
    try:
        _replace(folder / STATEMENTS, run_statements(run))
    except OSError as error:
        raise UnknownError(f"{folder} could not be written ({error.strerror}); make room or give access.") from error


def attempts(root: Path, git_tree: str, name: str, leg: str) -> int:
    """How many runs of this name and leg on this source the ledger holds."""
    place = ledger_folder(root) / git_tree / name / leg
    return sum(1 for _ in place.iterdir()) if place.is_dir() else 0


def records(root: Path, *, git_tree: str = "*", name: str = "*") -> tuple[Record, ...]:
    """The records of the ledger, oldest first.

    Raises UnknownError for a record that cannot be read: a ledger with a hole proves nothing.
    """
    found = ledger_folder(root).glob(f"{git_tree}/{name}/*/*/{STATEMENTS}")
    return tuple(sorted((read_record(path.parent) for path in found), key=lambda record: record.started))


def read_record(folder: Path) -> Record:
    """One record.

    Raises UnknownError when it is not readable as what `finish` or `begin` wrote.
    """
    try:
        result = _result(statement_lines(folder))
        details: Any = result.predicate[RUN_FIELD]
        return Record(
            folder=folder,
            git_tree=result.sources()[0].git_tree,
            name=details["name"],
            leg=details["leg"],
            run=details["run"],
            outcome=Outcome(details["outcome"]),
            reason=details["reason"],
            looked_at=int(details["looked_at"]),
            unit=details["unit"],
            counts=dict(details["counts"]),
            started=datetime.fromisoformat(details["started"]),
            seconds=_seconds(details),
            attempt=int(details["attempt"]),
            is_clean=details["is_clean"] is True,
            unclean=tuple(details["unclean"]),
            lock=details["lock"],
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnknownError(f"{folder / STATEMENTS} is not a record ({error}); move that folder away.") from error


def statement_lines(folder: Path) -> Iterator[bytes]:
    """The exact bytes of each statement of a record, in order."""
    yield from (folder / STATEMENTS).read_bytes().split(b"\n")[:-1]


def _result(lines: Iterable[bytes]) -> Statement:
    results = [s for s in map(parse, lines) if s.predicate_type == TEST_RESULT]
    if len(results) != 1:
        raise ValueError(f"it has {len(results)} test results, not one")
    return results[0]


def _seconds(details: Mapping[str, Any]) -> float | None:
    if details["finished"] is None:
        if not details["reason"].startswith(DID_NOT_END):
            raise ValueError("it has no end but says something else")
        return None
    spent = datetime.fromisoformat(details["finished"]) - datetime.fromisoformat(details["started"])
    return spent.total_seconds()


def _replace(path: Path, statements: Iterable[Mapping[str, Any]]) -> None:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(b"".join(encode(statement) + b"\n" for statement in statements))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
