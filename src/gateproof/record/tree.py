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
    import psutil  # at run time only where a tree is ended: a child that ends by itself pays nothing for it

PAUSE = 0.05
"""Seconds between two looks at what is still running."""

LAST_WORD = 2.0
"""Seconds that killed processes get to be gone."""


class Tree:
    """A child that `child.start` has started, and its descendants, also those whose parent has gone.

    On Windows a descendant is lost when its parent has gone before it was seen.
    """

    def __init__(self, process: subprocess.Popen[bytes], *, began: float) -> None:
        """`began` is the time (seconds since the epoch) before the child was started: nothing older belongs to it."""
        self._process = process
        self._began = began

    def end(self, *, grace: float, hurried: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
        """Ask every process to end; kill those that have not after `grace` seconds, or once `hurried`.

        Returns what is still there, which is nothing unless the system refuses.
        """
        import psutil

        members = {member.pid: member for member in self._members()}
        if members:
            self._ask(members)
            self._wait(members, grace, hurried)
        deadline = time.monotonic() + LAST_WORD
        while members and time.monotonic() < deadline:
            for member in members.values():
                with contextlib.suppress(psutil.Error):
                    member.kill()
            self._wait(members, PAUSE, lambda: False)
        return tuple(_described(member) for member in members.values())

    def survivors(self) -> tuple[str, ...]:
        """What is still running of the tree, for a person to read."""
        return tuple(_described(member) for member in self._members())

    def _wait(self, members: dict[int, psutil.Process], seconds: float, hurried: Callable[[], bool]) -> None:
        """Wait until all are gone; take up those that they have started meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            members |= {member.pid: member for member in self._members()}
            for pid in [pid for pid, member in members.items() if not _is_alive(member)]:
                del members[pid]
            if not members or hurried() or time.monotonic() >= deadline:
                return
            time.sleep(PAUSE)

    def _members(self) -> Iterator[psutil.Process]:
        """Who descends from the child, or is in its session."""
        import psutil

        processes = {process.pid: process for process in psutil.process_iter(["ppid"])}
        family = {*self._root(), *filter(self._is_in_session, processes)}
        size = 0
        while size != len(family):
            size = len(family)
            family |= {pid for pid, process in processes.items() if process.info["ppid"] in family}
        for pid, process in processes.items():
            if pid in family and _is_alive(process, since=self._began - 1):
                yield process

    def _root(self) -> set[int]:
        """The child's id, while it cannot have become another process's."""
        # Windows keeps the id of a parent that has gone; there the time of creation tells old from new.
        return {self._process.pid} if self._process.returncode is None or sys.platform == "win32" else set()

    def _is_in_session(self, pid: int) -> bool:
        if sys.platform == "win32":
            return False
        try:
            return os.getsid(pid) == self._process.pid
        except OSError:
            return False

    def _ask(self, members: dict[int, psutil.Process]) -> None:
        import psutil

        if sys.platform == "win32":
            # A console's break reaches the whole group; psutil's terminate would be a kill there.
            with contextlib.suppress(OSError):
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            return
        for member in members.values():
            with contextlib.suppress(psutil.Error):
                member.terminate()
                member.send_signal(signal.SIGCONT)  # a stopped process would not hear the first


def _is_alive(process: psutil.Process, *, since: float = 0) -> bool:
    import psutil

    try:
        return (
            process.is_running()
            and process.status() != psutil.STATUS_ZOMBIE
            and process.create_time() >= since
        )
    except psutil.Error:
        return False


def _described(process: psutil.Process) -> str:
    import psutil

    try:
        return f"{process.name()} ({process.pid})"
    except psutil.Error:
        return f"process {process.pid}"
