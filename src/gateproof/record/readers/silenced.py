"""Names what SILENCED_SYSTEM_CHECKS silences, from the files that say so: Django only tells how many."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

_SETTING = "SILENCED_SYSTEM_CHECKS"
_CODE = re.compile(r"\w+\.[A-Z]\d+")
_LARGEST = 1024 * 1024
"""Bytes; no settings are larger."""
_MOST_FILES = 20_000
_NOT_THE_PROJECT = ("node_modules", "site-packages", "__pycache__")


def silenced_checks(project: Path) -> tuple[str, ...]:
    """Each check that a file below `project` silences, as `security.W004 (silenced in shop/settings.py)`."""
    return tuple(
        f"{code} (silenced in {path.relative_to(project).as_posix()})"
        for path in sorted(_python_files(project))
        for code in sorted(set(_silenced_in(path)))
    )


def _python_files(project: Path) -> Iterator[Path]:
    left = _MOST_FILES
    for folder, folders, files in os.walk(project):
        # In one order everywhere, so that where the limit cuts is not the disk's choice.
        folders[:] = sorted(
            name for name in folders if name not in _NOT_THE_PROJECT and not name.startswith(".")
        )
        for name in sorted(files):
            if name.endswith(".py") and left > 0:
                left -= 1
                yield Path(folder, name)


def _silenced_in(path: Path) -> Iterator[str]:
    try:
        written = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        tree = ast.parse(written) if _SETTING.encode() in written else ast.Module([], [])
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return  # Django itself would not have read it either.
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr) and any(
            isinstance(part, ast.Name) and part.id == _SETTING for part in ast.walk(statement)
        ):
            yield from (
                part.value
                for part in ast.walk(statement)
                if isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and _CODE.fullmatch(part.value)
            )
