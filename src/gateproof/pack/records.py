"""Records as sealing takes them from the ledger: refused where a stranger could not rely on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence import layout
from gateproof.evidence.attempts import Attempt, read_attempt
from gateproof.evidence.statement import OF_A_RUN, Statement, parse_all
from gateproof.model import Subject

STATEMENTS = "statements.jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRecord:
    """One record that was chosen to be sealed."""

    folder: Path
    """`…/<name>/<leg>/<started>-<id>`."""
    kind: str = "gates"
    """Where it goes: one of `layout.KINDS_OF_RUN`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRecord:
    """A record that was read and can be sealed."""

    place: str
    """Its folder inside `evidence/`."""
    lines: tuple[bytes, ...]
    """The exact bytes of each statement."""
    statements: tuple[Statement, ...]
    files: tuple[tuple[str, Path], ...]
    """Everything else that is not empty: where it goes inside `evidence/`, and where it lies."""
    attempt: Attempt

    @property
    def is_gate(self) -> bool:
        """Whether it counts among the gates."""
        return self.place.startswith("gates/")


def read_record(record: LedgerRecord, subject: Subject) -> ReadRecord:
    """Read one record about `subject`.

    Raises RefusedError for a record that is about another source, cannot be read as one, or holds a file of
    a kind that is never sealed; UnknownError when the disk does not give it.
    """
    name, leg, run = record.folder.parts[-3:]
    place = f"{record.kind}/{name}/{leg}/{run}"
    if layout.kind_of(f"{place}/{layout.STATEMENTS}") is None:
        raise RefusedError(f"{record.folder} is not named as a record is, so it cannot be sealed.")
    try:
        lines = _lines((record.folder / STATEMENTS).read_bytes())
        statements = parse_all(lines)
        _check(statements, subject)
        attempt = read_attempt(statements, gate=name, leg=leg, run=run)
        files = tuple(_files(record.folder, place))
    except ValueError as error:
        raise RefusedError(f"The record {place} cannot be sealed: {error}. Run it again.") from None
    except OSError as error:
        raise UnknownError(f"The record {place} could not be read: {error.strerror}.") from None
    return ReadRecord(place=place, lines=lines, statements=statements, files=files, attempt=attempt)


def _lines(raw: bytes) -> tuple[bytes, ...]:
    lines = raw.split(b"\n")
    if lines.pop() != b"" or not lines:
        raise ValueError("its statements are missing or cut short")
    return tuple(lines)


def _check(statements: tuple[Statement, ...], subject: Subject) -> None:
    for statement in statements:
        if statement.predicate_type not in OF_A_RUN:
            raise ValueError(f"a record holds no statement of the kind {statement.predicate_type}")
        if statement.sources() != (subject,) or len(statement.subject) != 1:
            raise ValueError("it is about another source than the one that is packed")


def _files(folder: Path, place: str) -> list[tuple[str, Path]]:
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise ValueError(f"{path.name} is a link")
        inside = path.relative_to(folder).as_posix()
        # An empty file shows nothing; that there was no output stands in the statement.
        if path.is_dir() or inside == STATEMENTS or not path.stat().st_size:
            continue
        target = f"{place}/{inside}"
        if layout.kind_of(target) in (None, layout.Kind.STATEMENTS):
            raise ValueError(f"{inside} is of a kind that is never sealed")
        files.append((target, path))
    return files
