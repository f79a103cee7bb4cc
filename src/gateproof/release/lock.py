"""One release at a time: who holds the lock, and whether they are still there."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from gateproof.errors import RefusedError, UnknownError
from gateproof.git import path_in_git_folder

LOCK, OWNER = "gateproof-release.lock", "gateproof-release.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who said last that they hold the lock."""

    pid: int
    host: str
    since: str
    """UTC."""
    born: float
    """When the process began, because a process id is used again."""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"

    def is_alive(self) -> bool:
        """Whether that very process still runs on this host."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.born) < 1
        except psutil.NoSuchProcess:
            return False
        except psutil.Error:
            return True  # It is there, and belongs to somebody else.


@contextlib.contextmanager
def release_lock(root: Path) -> Iterator[str]:
    """Hold the lock of the repository; gives a sentence about a stale one that was taken over, or nothing.

    It lies in the git folder that all work trees share, because they share the tags.
    Raises RefusedError, naming the owner, when another release holds it; UnknownError when one on another
    machine may, or the folder cannot be written.
    """
    folder = path_in_git_folder(root, "refs").resolve().parent
    owner_file = folder / OWNER
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        owner = _read(owner_file)
        who = str(owner) if owner else "somebody who has not said who"
        raise RefusedError(
            f"Another release of this repository is under way ({who}); wait for it, or stop that process."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise UnknownError(f"{folder / LOCK} could not be locked: {error}; give access to it.") from None
    try:
        remark = _take_over(_read(owner_file), owner_file)
        _write(owner_file)
        yield remark
    finally:
        with contextlib.suppress(OSError):
            owner_file.unlink(missing_ok=True)
        lock.release()


def _take_over(owner: Owner | None, path: Path) -> str:
    """The lock was free, so whoever is still named did not end well, or locks elsewhere."""
    if owner is None:
        return ""
    if owner.host != platform.node():
        raise UnknownError(
            f"A release may be under way on another machine ({owner}), whose lock does not reach this one. "
            f"When it is over, remove {path}."
        )
    if owner.is_alive():
        raise RefusedError(f"Another release of this repository is under way ({owner}); wait for it.")
    return f"an earlier release did not come to its end ({owner}); its lock was stale"


def _read(path: Path) -> Owner | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Owner(
            pid=int(told["pid"]), host=str(told["host"]), since=str(told["since"]), born=float(told["born"])
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write(path: Path) -> None:
    me = psutil.Process(os.getpid())
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    told = {"pid": me.pid, "host": platform.node(), "since": since, "born": me.create_time()}
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_text(json.dumps(told) + "\n", encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        raise UnknownError(f"{path} could not be written: {error.strerror}; make room.") from error
    finally:
        temporary.unlink(missing_ok=True)
