"""Shards: the ledgers that other machines sent, read as strangers' data and copied as they are checked.

Nothing is believed: no link is followed, every name is one that the suite writes, every size has a limit,
and every file of a run that ended is held against the digest in its statement.
What is written is what was looked at, because both happen in one reading.
Paths are plain text here: a merge handles a hundred thousand files, and Path objects took a third of its time.
"""

# ruff: noqa: PTH102, PTH103, PTH123

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gateproof.evidence import layout
from gateproof.evidence.attempts import Attempt, read_attempt
from gateproof.evidence.contents import Check
from gateproof.evidence.kept import compare_kept
from gateproof.evidence.statement import OF_A_RUN, parse_all
from gateproof.model import Subject

STATEMENTS = "statements.jsonl"
INSIDE_A_PROJECT = Path(".gateproof", "ledger")
BLOCK = 1 << 16
MOST_FILES = 10_000
"""Files in one record; a run with more of them tells nobody anything."""
MOST_DEPTH = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipped:
    """One record of a shard, checked and copied."""

    place: str
    """`<gate>/<leg>/<run>`."""
    digest: str
    """Over all that it holds: equal for equal records, wherever they come from."""
    attempt: Attempt


def record_folders(shard: Path, source: Subject) -> Iterator[tuple[str, str]]:
    """The records of a shard about `source`, each with its place `<gate>/<leg>/<run>`.

    Raises ValueError for anything in a shard that is not a record about that source.
    """
    ledger = shard / INSIDE_A_PROJECT if (shard / INSIDE_A_PROJECT).is_dir() else shard
    for tree in _folders(ledger):
        if tree.name != source.git_tree:
            raise ValueError(f"it is about another source, {tree.name[:40]!r} and not {source.git_tree[:12]}")
        for gate in _folders(tree.path):
            for leg in _folders(gate.path):
                for run in _folders(leg.path):
                    yield _place(gate.name, leg.name, run.name), run.path


def ship(folder: str, place: str, source: Subject, into: str) -> Shipped:
    """Copy one record to `into`, checking it on the way.

    Raises ValueError, with a sentence, for whatever the recorder would not have written so; and OSError.
    """
    gate, leg, run = place.split("/")
    raw = _statements(folder)
    statements = parse_all(raw.split(b"\n")[:-1])
    for statement in statements:
        if statement.predicate_type not in OF_A_RUN:
            raise ValueError(f"a record holds no statement of the kind {statement.predicate_type}")
        if statement.sources() != (source,) or len(statement.subject) != 1:
            raise ValueError("it is about another source")
    attempt = read_attempt(statements, gate=gate, leg=leg, run=run)
    _make(into)
    with open(f"{into}/{STATEMENTS}", "xb", buffering=0) as file:
        file.write(raw)
    digests = dict(_copied(folder, into, place))
    if attempt.has_ended:
        compare_kept(digests, statements)
    whole = sha256(raw)
    for name in sorted(digests):
        whole.update(f"{digests[name]}  {name}\n".encode())
    return Shipped(place=place, digest=whole.hexdigest(), attempt=attempt)


def _make(folder: str) -> None:
    try:
        os.mkdir(folder)
    except FileNotFoundError:
        os.makedirs(folder)


def _folders(parent: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(parent) as listing:
        found = sorted(listing, key=lambda entry: entry.name)
    for entry in found:
        if not entry.is_dir(follow_symlinks=False):
            raise ValueError(f"{entry.name[:80]!r} is no folder of a ledger")
    return found


def _place(gate: str, leg: str, run: str) -> str:
    if not (layout.NAME.fullmatch(gate) and layout.LEG.fullmatch(leg) and layout.RUN.fullmatch(run)):
        raise ValueError(f"{gate[:80]}/{leg[:80]}/{run[:80]} is not named as a record is")
    return f"{gate}/{leg}/{run}"


def _statements(folder: str) -> bytes:
    path = f"{folder}/{STATEMENTS}"
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise ValueError(f"{STATEMENTS} is no file")
    with open(path, "rb") as file:
        raw = file.read(layout.MAX_ENVELOPES + 1)
    if len(raw) > layout.MAX_ENVELOPES:
        raise ValueError(f"{STATEMENTS} has more than {layout.MAX_ENVELOPES:,} bytes")
    if not raw.endswith(b"\n"):
        raise ValueError("its statements are missing or cut short")
    return raw


def _copied(folder: str, into: str, place: str) -> Iterator[tuple[str, str]]:
    """Copy every file but the statements, and give its path and SHA-256; an empty one shows nothing, and stays."""
    made = {""}
    for count, path in enumerate(_files(folder, ""), 1):
        if count > MOST_FILES:
            raise ValueError(f"it holds more than {MOST_FILES:,} files")
        if path == STATEMENTS:
            continue
        kind = layout.kind_of(f"gates/{place}/{path}")
        if kind is None or kind is layout.Kind.STATEMENTS:
            raise ValueError(f"{path[:120]!r} is of a kind that no record holds")
        parent = path.rpartition("/")[0]
        if parent not in made:
            os.makedirs(f"{into}/{parent}", exist_ok=True)
            made.add(parent)
        if digest := _copy(f"{folder}/{path}", f"{into}/{path}", kind):
            yield path, digest


def _files(folder: str, below: str, depth: int = 0) -> Iterator[str]:
    if depth > MOST_DEPTH:
        raise ValueError(f"it is nested more than {MOST_DEPTH} folders deep")
    with os.scandir(folder) as listing:
        entries = list(listing)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path, f"{below}{entry.name}/", depth + 1)
        elif entry.is_file(follow_symlinks=False):
            yield f"{below}{entry.name}"
        else:
            raise ValueError(
                f"{below}{entry.name[:80]} is neither a file nor a folder; links are not followed"
            )


def _copy(source: str, target: str, kind: layout.Kind) -> str:
    """Copy a file and give its SHA-256; nothing, in both ways, for an empty one."""
    digest, check = sha256(), Check(kind)
    with open(source, "rb", buffering=0) as file:
        block = file.read(BLOCK)
        if not block:
            return ""
        with open(target, "xb", buffering=0) as copy:
            while block:
                check.feed(block)
                digest.update(block)
                copy.write(block)
                # A regular file gives less only at its end; were it otherwise, the digest would not fit.
                block = file.read(BLOCK) if len(block) == BLOCK else b""
    check.end()
    return digest.hexdigest()
