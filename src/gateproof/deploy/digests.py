"""What a database holds, table by table, and readers that compare two of them."""

from __future__ import annotations

import json
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


def keeps_rows(before: Contents) -> Reader:
    """Passes when no table has fewer rows than in `before`, a table that was dropped included."""
    return Reader(name="keeps-rows", read=lambda ended: _compare_rows(ended, before))


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


def _compare_rows(ended: Ended, before: Contents) -> Reading:
    found = _understood(ended)
    names = [name for name in sorted(before.tables) if name not in _OF_THE_FRAMEWORK]
    fewer = [name for name in names if found.tables.get(name, (-1, ""))[0] < before.tables[name][0]]
    return _reading(fewer, f"no row of {len(names)} tables was lost", names, before)


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
