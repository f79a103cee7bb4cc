"""The ledger: the working store of records in `.gateproof/`, append-only, unsigned.

A record is a folder `ledger/<gitTree>/<name>/<leg>/<started>-<id>/`.
Its `statements.jsonl` is written first as "started, did not end" and replaced once, when the run has ended.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateproof.errors import UnknownError
from gateproof.evidence.attempts import Attempt, read_attempt
from gateproof.evidence.layout import KINDS_OF_RUN
from gateproof.evidence.runs import beginning_statement, run_statements
from gateproof.evidence.statement import RUN_FIELD, TEST_RESULT, encode, parse
from gateproof.model import Circumstances, Run

STATEMENTS = "statements.jsonl"
LOG = "output.log"
GATES, DEPLOY = "gates", "deploy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One attempt as it lies in the ledger."""

    folder: Path
    git_tree: str
    attempt: Attempt
    call: str
    """The call of nox that made it."""
    started: datetime
    seconds: float | None
    """Wall time; None for an attempt that did not end."""
    unclean: tuple[str, ...]
    """What lay beside the commit."""
    kind: str = GATES
    """`gates`, `tasks` or `deploy`."""

    @property
    def is_green(self) -> bool:
        """True when it ended, passed and does not contradict itself, whether or not it counts for a release."""
        return self.attempt.is_green

    @property
    def is_accepted(self) -> bool:
        """True when it is green, or was waived for a reason."""
        return self.attempt.is_accepted


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
        raise UnknownError(
            f"{folder} could not be written ({error.strerror}); make room or give access."
        ) from error
    return folder


def finish(folder: Path, run: Run) -> None:
    """Replace the beginning by what the run saw.

    Raises UnknownError when it cannot be written; the beginning then stays, and is not a pass.
    """
    try:
        _replace(folder / STATEMENTS, run_statements(run, file_digests(folder)))
    except OSError as error:
        raise UnknownError(
            f"{folder} could not be written ({error.strerror}); make room or give access."
        ) from error


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


def deployments(root: Path, *, git_tree: str) -> tuple[Record, ...]:
    """What was proven of deploying the source `git_tree`: a release makes its gates anew, and takes these along.

    Attempts beside files that the commit has not are left out: they were for their author.
    """
    found = records(root, git_tree=git_tree)
    return tuple(record for record in found if record.kind == DEPLOY and record.attempt.is_clean)


def read_record(folder: Path) -> Record:
    """One record.

    Raises UnknownError when it is not readable as what `finish` or `begin` wrote.
    """
    try:
        statements = [parse(line) for line in statement_lines(folder)]
        attempt = read_attempt(statements, gate=folder.parts[-3], leg=folder.parts[-2], run=folder.name)
        result = next(one for one in statements if one.predicate_type == TEST_RESULT)
        details: Any = result.predicate[RUN_FIELD]
        started, finished = details["started"], details["finished"]
        begun = datetime.fromisoformat(started)
        return Record(
            folder=folder,
            git_tree=result.sources()[0].git_tree,
            attempt=attempt,
            call=details["call"],
            started=begun,
            seconds=(datetime.fromisoformat(finished) - begun).total_seconds() if finished else None,
            unclean=tuple(details["unclean"]),
            kind=_kind(details),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnknownError(
            f"{folder / STATEMENTS} is not a record ({error}); move that folder away."
        ) from error


def _kind(details: Mapping[str, Any]) -> str:
    """Raises ValueError for a kind that sealing has no place for."""
    kind = details.get("kind", GATES)
    if kind not in KINDS_OF_RUN:
        raise ValueError(f"{kind!r} is no kind of record")
    return str(kind)


def statement_lines(folder: Path) -> Iterator[bytes]:
    """The exact bytes of each statement of a record, in order."""
    yield from (folder / STATEMENTS).read_bytes().split(b"\n")[:-1]


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a record but its statements; an empty one shows nothing."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    found = {}
    for path in files:
        if path.name != STATEMENTS and path.stat().st_size:
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _replace(path: Path, statements: Iterable[Mapping[str, Any]]) -> None:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(b"".join(encode(statement) + b"\n" for statement in statements))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
