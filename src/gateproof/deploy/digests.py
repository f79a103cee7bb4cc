"""What a database holds, table by table, and readers that compare two of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers import NotUnderstoodError, Reader
from gateproof.record.readers.text import lines

# Ids of permissions and types, and the list of migrations, may differ between two versions of a schema.
_OF_THE_FRAMEWORK = ("public.django_migrations", "public.django_content_type", "public.auth_permission")


@dataclass(kw_only=True, slots=True)
class Contents:
    """What `tables.sql` said: filled by the reader of one command, compared by that of a later one."""

    tables: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Rows and SHA-256 of each table."""
    sequences: dict[str, int | None] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(rows for rows, _ in self.tables.values())


def kept_contents(keep: Contents) -> Reader:
    """Fills `keep`; no table, or none with a row, proves nothing."""
    return Reader(name="contents", read=lambda ended: _keep(ended, keep))


def equal_contents(like: Contents) -> Reader:
    """Passes when every table has the same rows and digest as in `like`, and every sequence stands where it stood."""
    return Reader(name="equal-contents", read=lambda ended: _compare(ended, like))


def copied(before: Contents) -> Reader:
    """`before.sql`: as many tables were copied aside as `before` knows."""
    return Reader(name="copied", read=lambda ended: _read_copied(ended, before))


def keeps_contents(before: Contents, *, changes: Sequence[str] = ()) -> Reader:
    """`after.sql`: each row of `before` is found again by its key, and each of its values is what it was.

    `changes` are the tables, and the columns as `TABLE.COLUMN`, that a migration is meant to change.
    Rows and columns that are new are no loss.
    """
    return Reader(name="keeps-contents", read=lambda ended: _read_kept(ended, before, frozenset(changes)))


def _understood(ended: Ended) -> Contents:
    found = Contents()
    try:
        for line in lines(ended.stdout.path):
            if not line.strip():
                continue
            one = json.loads(line)
            if "table" in one:
                found.tables[one["table"]] = (int(one["rows"]), str(one["sha256"]))
            else:
                found.sequences[one["sequence"]] = one["last"]
    except (ValueError, KeyError, TypeError):
        raise NotUnderstoodError("psql did not answer with a JSON line a table") from None
    if ended.exit_code:
        raise NotUnderstoodError(f"psql ended with {ended.exit_code}")
    return found


def _keep(ended: Ended, keep: Contents) -> Reading:
    found = _understood(ended)
    keep.tables, keep.sequences = found.tables, found.sequences
    has_rows = found.rows > 0
    return Reading(
        outcome=Outcome.PASSED if has_rows else Outcome.VACUOUS,
        reason=f"{len(found.tables)} tables hold {found.rows} rows",
        looked_at=len(found.tables) if has_rows else 0,
        unit="tables",
        counts=(("rows", found.rows),),
    )


def _compare(ended: Ended, like: Contents) -> Reading:
    found = _understood(ended)
    names = sorted(found.tables.keys() | like.tables.keys())
    differing = [name for name in names if found.tables.get(name) != like.tables.get(name)]
    sequences = sorted(found.sequences.keys() | like.sequences.keys())
    differing += [name for name in sequences if found.sequences.get(name) != like.sequences.get(name)]
    same = f"{len(names)} tables with {found.rows} rows are the same, and {len(sequences)} sequences"
    return _reading(differing, same, names, like)


def _read_copied(ended: Ended, before: Contents) -> Reading:
    said = [line for line in lines(ended.stdout.path) if line.strip()]
    try:
        number = int(json.loads(said[-1])["copied"])
    except (ValueError, KeyError, TypeError, IndexError):
        raise NotUnderstoodError("psql did not say how many tables it copied") from None
    if ended.exit_code:
        raise NotUnderstoodError(f"psql ended with {ended.exit_code}")
    return Reading(
        outcome=Outcome.PASSED if number and number == len(before.tables) else Outcome.FAILED,
        reason=f"{number} of {len(before.tables)} tables are copied aside",
        looked_at=number,
        unit="tables",
    )


def _read_kept(ended: Ended, before: Contents, changes: frozenset[str]) -> Reading:
    tables, columns = _compared(ended)
    known = {name.removeprefix("public."): rows for name, (rows, _) in before.tables.items()}
    if {name: rows for name, (rows, _) in tables.items()} != known:
        raise NotUnderstoodError("what was compared is not what was there before the upgrade")
    lost = {name: number for name, (_, number) in tables.items() if number}
    changed = {name: number for name, number in columns.items() if number}
    ours = changes | {name.removeprefix("public.") for name in _OF_THE_FRAMEWORK}
    wrong = [f"{number} rows of {name} are lost" for name, number in lost.items() if name not in ours]
    wrong += [
        f"{number} values of {name} are not what they were"
        for name, number in changed.items()
        if not {name, name.partition(".")[0]} & ours
    ]
    meant = [name for name in (*lost, *changed) if {name, name.partition(".")[0]} & changes]
    but = f", but for what is meant to change: {', '.join(meant)}" if meant else ""
    kept = f"{before.rows} rows of {len(tables)} tables are there, {len(columns)} columns as they were{but}"
    return _reading(wrong, kept, sorted(tables), before)


def _compared(ended: Ended) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    tables, columns = {}, {}
    try:
        for line in lines(ended.stdout.path):
            one = json.loads(line) if line.strip() else {}
            if "table" in one:
                tables[one["table"]] = (int(one["rows"]), int(one["lost"]))
            elif one:
                columns[one["column"]] = int(one["changed"])
    except (ValueError, KeyError, TypeError):
        raise NotUnderstoodError("psql did not answer with a JSON line a table and a column") from None
    if ended.exit_code or not columns:
        raise NotUnderstoodError(f"psql ended with {ended.exit_code}, {len(columns)} columns compared")
    return tables, columns


def _reading(wrong: list[str], same: str, names: list[str], like: Contents) -> Reading:
    # Two empty databases are equal too, and that shows nothing.
    is_something = like.rows > 0
    outcome = Outcome.FAILED if wrong else Outcome.PASSED if is_something else Outcome.VACUOUS
    return Reading(
        outcome=outcome,
        reason=f"not the same: {', '.join(wrong[:5])}" if wrong else same,
        looked_at=len(names) if is_something else 0,
        unit="tables",
        counts=(("rows", like.rows), ("differing", len(wrong))),
    )
