"""A copy of the source for a gate whose project writes beside itself, such as a database next to manage.py."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateproof.evidence.subject import is_source
from gateproof.git import git, personal_environment
from gateproof.record.source import OWN_FOLDERS


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """The source in another place; what is written there is thrown away."""

    root: Path
    place: Path
    files: tuple[str, ...]

    def changed(self) -> list[str]:
        """The files of the source that are not what they were: a gate that changes its source proves nothing."""
        return [name for name in self.files if not _is_same(self.root / name, self.place / name)]


@contextlib.contextmanager
def copied(root: Path) -> Iterator[Copy]:
    """The tracked files of the checkout at `root`, as they lie there, and those that git would take; gone at the end.

    Raises UnknownError where git cannot list them.
    """
    listed = git(
        *("ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=root,
        env=personal_environment(),
    )
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    files = tuple(sorted({name for name in names if _belongs(root, name)}))
    with tempfile.TemporaryDirectory(prefix="gateproof-", ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve() / root.name
        for name in files:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, place / name, follow_symlinks=False)
        yield Copy(root=root, place=place, files=files)


def _belongs(root: Path, name: str) -> bool:
    path = root / name
    is_file = path.is_symlink() or path.is_file()
    return is_file and is_source(name) and name.split("/", 1)[0] not in OWN_FOLDERS


def _is_same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
