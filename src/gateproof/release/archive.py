"""The ZIP of one commit: the same bytes on every machine, proven equal to the commit before it is named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateproof import git
from gateproof.findings import Code, Notes
from gateproof.git import TreeEntry
from gateproof.model import Finding
from gateproof.pack.zipreader import DEFAULT, Entry, Limits, StrictZip, ZipLieError, open_zip
from gateproof.zipfiles import replacing

BLOCK = 1 << 20
SHA256_LENGTH = 64
"""Digits of an object id in a repository of the newer kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A ZIP that was built, and what is wrong with it."""

    path: Path
    is_written: bool
    """False when there are findings: then whatever was at `path` is as it was."""
    commit: str
    """The full id."""
    sha256: str
    size: int
    """Bytes."""
    entries: int
    """Files and links; git's folder entries are not counted."""
    findings: tuple[Finding, ...]


def archive(
    repository: Path,
    commit: str,
    target: Path,
    *,
    inspect: Callable[[Path], Sequence[Finding]] | None = None,
    limits: Limits = DEFAULT,
) -> Archive:
    """Pack `commit` of the repository that `repository` lies in, all of it, to `target`.

    The bytes depend on the commit alone (and on zlib's build): not on the clone, its path, its settings and
    attributes, the time zone, the language or the umask.
    Every entry is compared with the commit's blob and mode, both ways, by the strict reader.
    `inspect` is then asked about the finished ZIP, under a temporary name.
    `target` is replaced only when there is no finding.

    Raises UnknownError when there is no git or no such commit, and when the folder or the disk does not take
    the ZIP; `target` is then as it was.
    """
    top = git.top_of(repository)
    full = git.full_commit_id(top, commit)
    with git.lent_objects(top, attributes=git.EXACT_ATTRIBUTES) as lent, replacing(target) as pending:
        tree = git.tree_entries(lent, full)
        git.write_archive(lent, full, pending.path)
        with open_zip(pending.path, limits) as zf:
            findings = (*zf.findings, *compare(zf, full, tree))
            entries = len(zf.entries)
        if inspect is not None:
            findings = tuple(dict.fromkeys((*findings, *inspect(pending.path))))
        if findings:
            pending.drop()
        return Archive(
            path=target,
            is_written=not findings,
            commit=full,
            sha256=_sha256(pending.path),
            size=pending.path.stat().st_size,
            entries=entries,
            findings=findings,
        )


def compare(zf: StrictZip, commit: str, tree: Iterable[TreeEntry]) -> tuple[Finding, ...]:
    """What differs between a ZIP and the tree of `commit`: names, modes and contents, in both directions.

    Submodules have no contents to compare; the strict reader has a finding for their empty folders.
    """
    notes = Notes()
    known = set(zf.findings)
    if zf.comment.decode("latin-1") != commit:
        notes.add(Code.OTHER_COMMIT, "", zf.comment.decode("latin-1"))
    committed = {line.path: line for line in tree if line.mode != git.SUBMODULE}
    for entry in zf.entries:
        line = committed.pop(entry.name, None)
        if line is None:
            notes.add(Code.FOREIGN, entry.name)
            continue
        if entry.mode != line.mode:
            notes.add(Code.MODE, entry.name, f"{entry.mode:06o} instead of {line.mode:06o}.")
        try:
            if _blob_id(zf, entry, len(line.blob)) != line.blob:
                notes.add(Code.CONTENT, entry.name)
        except ZipLieError as lie:
            if lie.finding not in known:
                notes.take(lie.finding)
    for name in committed:
        notes.add(Code.MISSING, name)
    return notes.findings()


def _blob_id(zf: StrictZip, entry: Entry, length: int) -> str:
    """The id that git gives to the entry's contents: over `blob`, the size and the bytes."""
    start = b"blob %d\0" % entry.size
    digest = hashlib.new("sha256" if length == SHA256_LENGTH else "sha1", start, usedforsecurity=False)
    for block in zf.blocks(entry):
        digest.update(block)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
