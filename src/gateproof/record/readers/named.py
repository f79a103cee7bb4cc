"""Names for what a linter or a formatter finds: `CODE path`, the same on every system, so that it can be accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

MOST = 2000
"""Findings with a name of their own; nobody agrees on more than that one by one."""
UNFORMATTED = "unformatted"
_NO_PYTHON = re.compile(r"E9\d\d|syntax|invalid-syntax")
"""What flake8, mypy and ruff call a file that they could not read: nobody may agree on that."""
_CODE = re.compile(r"[A-Za-z][\w-]*")


def named(found: Iterable[tuple[str, str]], *, number: int, cwd: Path) -> tuple[str, ...]:
    """Each code with its path, once; none at all unless exactly `number` were told, each with a code.

    What a tool did not name cannot be accepted, and then the rest of it is not all of it.
    """
    every = [(code, inside(path, cwd)) for code, path in found]
    is_told = all(_CODE.fullmatch(code) and path and not _NO_PYTHON.fullmatch(code) for code, path in every)
    if len(every) != number or not is_told:
        return ()
    names = sorted({f"{code} {path}" for code, path in every})
    return tuple(names) if len(names) <= MOST else ()


def inside(path: str, cwd: Path) -> str:
    """The path as seen from where the tool ran, empty for one outside; a tool on Windows writes backslashes."""
    try:
        return Path(path).relative_to(cwd).as_posix() if Path(path).is_absolute() else Path(path).as_posix()
    except ValueError:
        return ""
