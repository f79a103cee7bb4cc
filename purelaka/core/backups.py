"""Backups: a dump of the whole database with its checksum, and the way back into an empty one.

PostgreSQL is dumped and restored by its own programs, SQLite by its own backup. Neither stops the store.
A backup is there whole, with its checksum, or not at all.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

PREFIX = "purelaka-"
SUFFIX = ".dump"
CHECKSUM = ".sha256"
BLOCK = 1 << 20


class BackupError(Exception):
    """A backup or a restore that was refused or did not work; the message says what to do."""


def make(folder: Path, *, now: datetime) -> Path:
    """Dump the database into the folder, and return the file. Raises BackupError."""
    target = folder / f"{PREFIX}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"
    if target.exists():
        raise BackupError(f"{target} is there already; backups are never overwritten.")
    part = target.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made by us, so that nobody else can read what the database's programs write into it.
        part.touch(mode=0o600)
        _dump(part)
        checksum = target.with_name(target.name + CHECKSUM)
        checksum.write_text(f"{digest(part)}  {target.name}\n", encoding="utf-8", newline="\n")
        part.replace(target)
    except OSError as error:
        raise BackupError(f"{target} could not be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Delete all backups but the newest `keep`, and return those that went. Other files are left alone."""
    if keep < 1:
        raise BackupError("One backup at least must be kept.")
    old = sorted(folder.glob(f"{PREFIX}*{SUFFIX}"))[:-keep]
    for path in old:
        path.unlink()
        path.with_name(path.name + CHECKSUM).unlink(missing_ok=True)
    return old


def verify(path: Path) -> str:
    """Return the checksum of a backup. Raises BackupError unless it is the one that was written with it."""
    beside = path.with_name(path.name + CHECKSUM)
    try:
        wanted = beside.read_text(encoding="utf-8").split()[0]
        found = digest(path)
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise BackupError(
            f"{path} cannot be restored: it or its checksum {beside.name} cannot be read."
        ) from error
    if found != wanted:
        raise BackupError(f"{path} is not what was backed up: its checksum differs. Take another backup.")
    return found


def restore(path: Path) -> None:
    """Bring a backup into this database, which must be empty: whole, or not at all. Raises BackupError."""
    verify(path)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if tables:
        raise BackupError(f"This database is not empty: it has {len(tables)} tables. Restore into a new one.")
    connection.close()
    if connection.vendor == "postgresql":
        words = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        _run("pg_restore", *words, "--dbname", str(connection.settings_dict["NAME"]), str(path))
    else:
        _into_sqlite(path)


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def newest(folder: Path) -> Path | None:
    """Return the newest backup, or None."""
    return max(folder.glob(f"{PREFIX}*{SUFFIX}"), default=None)


def run_backup(now: datetime) -> str:
    """Do what the timetable asks for: make one, prune, and say so in one line. Raises BackupError."""
    if not settings.BACKUP_FOLDER:
        raise BackupError("BACKUP_FOLDER is not set, so no backup was made.")
    folder = Path(settings.BACKUP_FOLDER)
    made = make(folder, now=now)
    gone = prune(folder, keep=settings.BACKUP_KEEP)
    return f"{made.name}: {made.stat().st_size} bytes, {len(gone)} old ones deleted"


def _dump(part: Path) -> None:
    if connection.vendor == "postgresql":
        words = ("--format=custom", "--no-owner", "--no-privileges", "--file", str(part))
        _run("pg_dump", *words, str(connection.settings_dict["NAME"]))
        return
    connection.ensure_connection()
    # Not by SQLite's backup, which would wait for ever for the transaction that we are in.
    part.write_bytes(connection.connection.serialize())


def _into_sqlite(path: Path) -> None:
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            copy.backup(connection.connection)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path} could not be restored: {error}.") from error


def _run(name: str, *words: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise BackupError(f"There is no {name} here; install PostgreSQL's client programs.")
    ended = subprocess.run(
        [program, *words],
        env={**os.environ, **dict(_address())},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    if ended.returncode:
        said = " / ".join(ended.stderr.strip().splitlines()[-2:])
        raise BackupError(f"{name} ended with {ended.returncode}: {said}")


def _address() -> Iterator[tuple[str, str]]:
    """Where the database is, for PostgreSQL's programs; not on the command line, which others can read."""
    for variable, key in (
        ("PGHOST", "HOST"),
        ("PGPORT", "PORT"),
        ("PGUSER", "USER"),
        ("PGPASSWORD", "PASSWORD"),
    ):
        if value := connection.settings_dict.get(key):
            yield variable, str(value)
