"""What evidence is about: the digests of a source, from names, modes and contents alone, without git.

Two digests, because each covers what the other leaves open:

* `gitTree` is git's own tree id (SHA-1 in today's repositories): names, modes and contents.
* `dirHash` is the in-toto `dirHash`, that is Go's `Hash1` in hexadecimal: the SHA-256 over the lines that
  `sha256sum` prints, sorted by path. It has no modes, but it does not rest on SHA-1.

In both, the content of a symbolic link is the text of its target, as git and ZIP files store it.
(`find -type f | xargs sha256sum` leaves links out; with links only the rule above gives this digest.)
The folder `evidence/` is no part of the source: evidence about a source travels inside the source's own ZIP.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateproof.model import Subject

FILE = 0o100644
EXECUTABLE = 0o100755
SYMLINK = 0o120000
FOLDER = 0o040000
MODES = frozenset({FILE, EXECUTABLE, SYMLINK})

EVIDENCE = "evidence"
"""The sealed folder, which is never part of the source that it is about."""
MAX_DEPTH = 512
"""Folders within folders; git itself stops at 2048."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFile:
    """One file or link: its path with `/`, its mode as git writes it, and its content by digest."""

    path: str
    mode: int
    sha1: str
    """Hexadecimal git blob id."""
    sha256: str
    """Hexadecimal SHA-256 of the content."""
    size: int


def is_source(path: str) -> bool:
    """Whether a path belongs to the source that evidence is about."""
    return not path.startswith(f"{EVIDENCE}/")


def digest(path: str, mode: int, size: int, blocks: Iterable[bytes]) -> SourceFile:
    """Digest one file from its blocks; `size` must be known first, because git hashes it first.

    Raises ValueError when the blocks do not add up to `size`.
    """
    blob, content, seen = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False), hashlib.sha256(), 0
    for block in blocks:
        seen += len(block)
        blob.update(block)
        content.update(block)
    if seen != size:
        raise ValueError(f"{path} has {seen} bytes where {size} were announced")
    return SourceFile(path=path, mode=mode, sha1=blob.hexdigest(), sha256=content.hexdigest(), size=size)


def subject_of(files: Iterable[SourceFile]) -> Subject:
    """The subject that these files are, with `evidence/` left out.

    Raises ValueError when they cannot be one git tree (see `git_tree`) or one `dirHash` (see `dir_hash`).
    """
    source = [file for file in files if is_source(file.path)]
    return Subject(
        git_tree=git_tree((file.path, file.mode, file.sha1) for file in source),
        dir_hash=dir_hash((file.path, file.sha256) for file in source),
    )


def git_tree(entries: Iterable[tuple[str | bytes, int, str]]) -> str:
    """The id of the git tree that holds these (path, mode, blob id), `evidence/` included where it is given.

    Follows git's object format: a tree is the sorted list of its entries, where a folder sorts as if
    its name ended in `/`.
    Raises ValueError when a name is empty, `.`, `..` or there twice, or a folder lies too deep.
    """
    listed = sorted((_parts(path), mode, bytes.fromhex(blob)) for path, mode, blob in entries)
    open_folders: list[_Folder] = [_Folder(b"")]
    for parts, mode, blob in listed:
        folders, name = parts[:-1], parts[-1]
        shared = _shared(open_folders, folders)
        while len(open_folders) > shared + 1:
            _close(open_folders)
        open_folders.extend(_Folder(folder) for folder in folders[shared:])
        open_folders[-1].add(name, mode, blob)
    while len(open_folders) > 1:
        _close(open_folders)
    return open_folders[0].id().hex()


def dir_hash(entries: Iterable[tuple[str | bytes, str]]) -> str:
    """The in-toto `dirHash` of (path, SHA-256): Go's `Hash1` without its `h1:` and in hexadecimal.

    Raises ValueError when a path holds a line break, as Go does.
    """
    body = hashlib.sha256()
    for path, sha256 in sorted((_bytes(path), sha256) for path, sha256 in entries):
        if b"\n" in path:
            raise ValueError(f"the name {path!r} holds a line break")
        body.update(b"%s  %s\n" % (sha256.encode("ascii"), path))
    return body.hexdigest()


class _Folder:
    """One tree object in the making. Paths come sorted, so a folder is complete once it is left."""

    __slots__ = ("entries", "name")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.entries: dict[bytes, tuple[int, bytes]] = {}

    def add(self, name: bytes, mode: int, object_id: bytes) -> None:
        if name in self.entries:
            raise ValueError(f"the name {name!r} is there twice in one folder")
        self.entries[name] = (mode, object_id)

    def id(self) -> bytes:
        body = b"".join(b"%o %s\0%s" % (mode, name, blob) for name, mode, blob in self._as_git_sorts())
        return hashlib.sha1(b"tree %d\0%s" % (len(body), body), usedforsecurity=False).digest()

    def _as_git_sorts(self) -> Iterator[tuple[bytes, int, bytes]]:
        slashed = sorted((n + b"/" if m == FOLDER else n, n, m, i) for n, (m, i) in self.entries.items())
        return ((name, mode, object_id) for _, name, mode, object_id in slashed)


def _shared(open_folders: list[_Folder], folders: tuple[bytes, ...]) -> int:
    """How many of the open folders, from the root down, the next path lies in too."""
    count = 0
    for opened, wanted in zip(open_folders[1:], folders, strict=False):
        if opened.name != wanted:
            break
        count += 1
    return count


def _close(open_folders: list[_Folder]) -> None:
    folder = open_folders.pop()
    open_folders[-1].add(folder.name, FOLDER, folder.id())


def _parts(path: str | bytes) -> tuple[bytes, ...]:
    parts = tuple(_bytes(path).split(b"/"))
    if len(parts) > MAX_DEPTH:
        raise ValueError(f"the name {path[:60]!r}… lies more than {MAX_DEPTH} folders deep")
    if any(part in (b"", b".", b"..") or b"\0" in part for part in parts):
        raise ValueError(f"{path!r} is not a name that git can store")
    return parts


def _bytes(path: str | bytes) -> bytes:
    # Names that are not UTF-8 reach Python as surrogates (PEP 383); this gives their own bytes back.
    return path if isinstance(path, bytes) else path.encode("utf-8", "surrogateescape")
