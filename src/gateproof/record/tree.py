"""End a child process with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

IS_WINDOWS = sys.platform == "win32"
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows' flag that makes the child the first of a group of its own; elsewhere it starts a session."""

LAST_WORD = 2.0
"""Seconds that killed processes get to be gone."""


class Tree:
    """The child and its descendants, also those whose parent has gone."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def end(self, *, grace: float, hurry: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
        """Ask every process to end, kill those that have not after `grace` seconds or when `hurry` says so.

        Returns what would not go, which is nothing unless the system refuses.
        """
        import psutil  # noqa: PLC0415 - a run that ends by itself pays nothing for it

        members = {member.pid: member for member in self._members()}
        self._ask(list(members.values()))
        self._wait(members, grace, hurry)
        deadline = time.monotonic() + LAST_WORD
        while members and time.monotonic() < deadline:
            for member in members.values():
                with contextlib.suppress(psutil.Error):
                    member.kill()
            self._wait(members, 0.1, lambda: False)
        return tuple(_described(member) for member in members.values())

    def survivors(self) -> tuple[str, ...]:
        """What is still running of the tree, for a person to read."""
        return tuple(_described(member) for member in self._members())

    def _wait(self, members: dict[int, psutil.Process], seconds: float, hurry: Callable[[], bool]) -> None:
        """Wait until all are gone; take up those that they started meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            members |= {member.pid: member for member in self._members() if member.pid not in members}
            for pid in [pid for pid, member in members.items() if not _is_alive(member)]:
                del members[pid]
            if not members or hurry() or time.monotonic() >= deadline:
                return
            time.sleep(0.02)

    def _members(self) -> Iterator[psutil.Process]:
        """Who descends from the child, or is in its session."""
        import psutil  # noqa: PLC0415

        parents = {process.pid: process for process in psutil.process_iter(["ppid"])}
        family = {self._process.pid}
        size = 0
        while size != len(family):
            size = len(family)
            family |= {pid for pid, process in parents.items() if process.info["ppid"] in family}
        for pid, process in parents.items():
            if (pid in family or self._is_in_session(pid)) and _is_alive(process):
                yield process

    def _is_in_session(self, pid: int) -> bool:
        if sys.platform == "win32":
            return False
        try:
            return os.getsid(pid) == self._process.pid
        except OSError:
            return False

    def _ask(self, members: list[psutil.Process]) -> None:
        import psutil  # noqa: PLC0415

        if sys.platform == "win32":
            # A console break reaches the whole group; psutil's terminate would be a kill there.
            with contextlib.suppress(OSError):
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            return
        for member in members:
            with contextlib.suppress(psutil.Error):
                member.terminate()
                member.send_signal(signal.SIGCONT)  # a stopped process would not hear the first


def _is_alive(process: psutil.Process) -> bool:
    import psutil  # noqa: PLC0415

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _described(process: psutil.Process) -> str:
    import psutil  # noqa: PLC0415

    try:
        return f"{process.name()} ({process.pid})"
    except psutil.Error:
        return f"process {process.pid}"
