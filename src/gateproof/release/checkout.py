"""A checkout as a bundle, for questions about its files that need no git."""

from __future__ import annotations

import os
from pathlib import Path

from gateproof.errors import UnknownError
from gateproof.judge.bundle import Bundle
from gateproof.record.source import OWN_FOLDERS

NOT_SOURCE = frozenset(
    {*OWN_FOLDERS, ".git", "__pycache__", "node_modules", "venv", ".mypy_cache", ".ruff_cache"}
)


def checkout_bundle(root: Path) -> Bundle:
    """Every file below `root` but the suite's own folders and caches.

    Raises UnknownError for a folder that cannot be read.
    """
    sizes: dict[str, int] = {}
    links = set()

    def stop(error: OSError) -> None:
        raise UnknownError(f"{error.filename} could not be read: {error.strerror}.")

    for folder, folders, files in os.walk(root, onerror=stop):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCE)
        for name in files:
            path = Path(folder) / name
            inside = path.relative_to(root).as_posix()
            sizes[inside] = path.lstat().st_size
            if path.is_symlink():
                links.add(inside)
    return Bundle(
        name=root.name, sizes=sizes, read=lambda inside: (root / inside).read_bytes(), links=frozenset(links)
    )
