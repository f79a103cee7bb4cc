"""Run a command, show its output live and keep it, whatever the command does."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from gateproof.errors import UnknownError, UsageError
from gateproof.model import Capture, Ended, Ending
from gateproof.record.capture import Log, Stream
from gateproof.record.live import Live
from gateproof.record.redact import Redactor
from gateproof.record.stops import Stops
from gateproof.record.text import Cleaner, code_page
from gateproof.record.tree import NEW_GROUP, Tree

BLOCK = 64 * 1024
GRACE = 5.0
"""Seconds between asking a process tree to end and killing it, and that a dead child's pipes may stay open."""

POLL = 0.1
"""Seconds until a counted signal is noticed. The child's own end is noticed at once."""

BLOCKS_IN_PIPE = 16
"""Blocks; more than this cannot have been left in a pipe by a child that has ended."""


def run(
    argv: Sequence[str],
    *,
    shown: Sequence[str] | None = None,
    cwd: Path,
    env: Mapping[str, str],
    into: Path,
    redactor: Redactor,
    live: Callable[[bytes], object] | None = None,
    time_limit: float | None = None,
    log: Path | None = None,
    grace: float = GRACE,
) -> Ended:
    """Run `argv` without a shell and without input, and return how it ended and what it wrote.

    `into` gets `stdout`, `stderr` and `files/`, and `output.log` unless `log` names another file; a log is appended to.
    All of it is UTF-8 without NUL or escape sequences, and redacted; so is the `argv` that is returned.
    `shown` is what the log and the result say instead of `argv`, where that has paths that only this machine knows.
    `live` gets the same bytes, with colours, in a thread of its own; it may be slow or fail, which costs no captured byte.
    `time_limit` is in seconds. When it is over, and at Ctrl-C, SIGTERM and SIGHUP, the whole process tree is ended:
    asked first, killed after `grace` seconds or at a second Ctrl-C. The caller sees it in `ending`; nothing is raised.
    A command that cannot be started has the ending NOT_STARTED, and the log says why.
    Raises UnknownError when the output cannot be written, after the tree has been ended.
    """
    if not argv:
        raise UsageError("There is no command to run; name the program and its arguments.")
    recorded = tuple(_recorded(word, redactor) for word in (shown or argv))
    try:
        with Stops() as stops, contextlib.ExitStack() as open_files:
            (into / "files").mkdir(parents=True, exist_ok=True)
            recording = _Recording.begin(into, log=log or into / "output.log", live=live, redactor=redactor)
            open_files.callback(recording.abandon)
            recording.log.write(f"$ {shlex.join(recorded)}\n".encode())
            started = datetime.now(UTC)
            end = _run(argv, cwd, env, recording, stops, time_limit=time_limit, grace=grace)
            finished = datetime.now(UTC)
            recording.finish(end)
            stdout, stderr, log_capture = recording.close()
            if stops.count:
                end = _End(ending=Ending.INTERRUPTED, signal=end.signal)
    except OSError as error:
        raise UnknownError(
            f"The output of {shlex.join(recorded)} could not be kept in {into}: {error.strerror or error}. "
            "Make room or choose another folder, and run it again."
        ) from error
    return Ended(
        argv=recorded,
        cwd=cwd,
        ending=end.ending,
        exit_code=end.exit_code,
        signal=end.signal,
        started=started,
        finished=finished,
        stdout=stdout,
        stderr=stderr,
        log=log_capture,
        files=into / "files",
        redacted=recording.redacted,
    )


def _recorded(word: str, redactor: Redactor) -> str:
    """An argument as it may be written down: redacted, and UTF-8 even if the argument is not."""
    clean, _ = Cleaner().feed(word, final=True)
    return redactor.redact(clean).encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, kw_only=True, slots=True)
class _End:
    ending: Ending
    exit_code: int | None = None
    signal: str | None = None
    notes: tuple[str, ...] = ()
    """Sentences for the log."""


class _Recording:
    """The open files of one run."""

    def __init__(self, *, out: Stream, err: Stream, log: Log, live: Live | None, redactor: Redactor) -> None:
        self.out, self.err, self.log = out, err, log
        self._live = live
        self._redactor = redactor

    @classmethod
    def begin(
        cls, into: Path, *, log: Path, live: Callable[[bytes], object] | None, redactor: Redactor
    ) -> _Recording:
        page = code_page()
        shown = Live(live) if live is not None else None
        opened = Log(log)
        out, err = (
            Stream(into / name, log=opened, live=shown, redactor=redactor, page=page)
            for name in ("stdout", "stderr")
        )
        return cls(out=out, err=err, log=opened, live=shown, redactor=redactor)

    @property
    def redacted(self) -> int:
        return self.out.redacted + self.err.redacted

    def finish(self, end: _End) -> None:
        """Write what was held back, then what the log must say about the run."""
        self.out.close()
        self.err.close()
        for sentence in end.notes:
            line = self.log.note(self._redactor.redact(sentence))
            if self._live is not None:
                self._live.show(line)
        for name, stream in (("stdout", self.out), ("stderr", self.err)):
            if stream.nuls:
                self.log.note(f"{stream.nuls} NUL characters in {name} were left out")
        if self._live is not None:
            self._live.close()
            if self._live.missed:
                why = self._live.broken or "nobody took them"
                self.log.note(f"{self._live.missed} bytes were not shown live ({why}); they are all recorded")

    def close(self) -> tuple[Capture, Capture, Capture]:
        return self.out.close(), self.err.close(), self.log.close()

    def abandon(self) -> None:
        """Close whatever is still open after a failure to write."""
        for closing in (self.out.close, self.err.close, self.log.close):
            with contextlib.suppress(OSError):
                closing()


class _Reader:
    """A thread that moves everything from one pipe into one stream."""

    def __init__(self, pipe: IO[bytes], stream: Stream) -> None:
        self.failure: OSError | None = None
        self.blocks = 0
        self.is_waiting = False
        self._pipe, self._stream = pipe, stream
        # A daemon: a process that escaped may hold the pipe open for as long as it likes.
        self.thread = threading.Thread(target=self._read, name="gateproof-reader", daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with self._pipe:
            while block := self._next():
                self.blocks += 1
                if self.failure is None:
                    try:
                        self._stream.feed(block)
                    except OSError as error:
                        self.failure = (
                            error  # go on reading: a child that cannot write could not end politely
                        )

    def _next(self) -> bytes:
        self.is_waiting = True
        block = self._pipe.read(BLOCK)
        self.is_waiting = False
        return block


def _run(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    recording: _Recording,
    stops: Stops,
    *,
    time_limit: float | None,
    grace: float,
) -> _End:
    try:
        process = _started(argv, cwd, env)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _End(ending=Ending.NOT_STARTED, notes=(f"{argv[0]} could not be started: {reason}",))
    assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - both are pipes
    tree = Tree(process)
    readers = (_Reader(process.stdout, recording.out), _Reader(process.stderr, recording.err))
    waiter = threading.Thread(target=process.wait, name="gateproof-waiter", daemon=True)
    waiter.start()

    ending = _follow(waiter, readers, stops, time_limit)
    notes: list[str] = []
    if ending is not Ending.EXITED:
        patience = stops.count
        left = tree.end(grace=grace, hurry=lambda: stops.count > patience)
        waiter.join(grace)
        if left:
            notes.append(f"still running, because the system would not end it: {', '.join(left)}")
    notes += _drain(readers, tree, stops, grace)
    for reader in readers:
        if reader.failure is not None:
            raise reader.failure
    return _ended(process.returncode, ending, stops, notes, time_limit)


def _started(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - an argument list, never a shell
        [_program(argv[0], cwd, env), *argv[1:]],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        creationflags=NEW_GROUP,
        start_new_session=not NEW_GROUP,
    )


def _program(name: str, cwd: Path, env: Mapping[str, str]) -> str:
    """The file to run, found by the PATH and from the folder that the child will have. Raises FileNotFoundError."""
    if not cwd.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"the folder {cwd} does not exist")
    if os.path.dirname(name):  # noqa: PTH120 - a Path would lose a leading ./
        found = shutil.which(cwd / name)
    else:
        path = next((value for key, value in env.items() if key.upper() == "PATH"), os.defpath)
        found = shutil.which(
            name, path=os.pathsep.join(str(cwd / folder) for folder in path.split(os.pathsep))
        )
    if found is None:
        raise FileNotFoundError(errno.ENOENT, "no such program, or it may not be executed")
    return found


def _follow(
    waiter: threading.Thread, readers: Sequence[_Reader], stops: Stops, time_limit: float | None
) -> Ending:
    """Wait until the child ends or must be ended; say which."""
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    while waiter.is_alive():
        # Short, because a signal is only counted: it does not wake this thread (on Windows it could not).
        waiter.join(min(POLL, max(0.0, deadline - time.monotonic())))
        if stops.count:
            return Ending.INTERRUPTED
        if waiter.is_alive() and time.monotonic() >= deadline:
            return Ending.TIMED_OUT
        if any(reader.failure for reader in readers):
            return Ending.SIGNALLED
    return Ending.EXITED


def _drain(readers: Sequence[_Reader], tree: Tree, stops: Stops, grace: float) -> list[str]:
    """Take what is left in the pipes of a child that has ended; end who holds them open too long."""
    if _drained(readers, stops, grace):
        return []
    notes = []
    holders = tree.survivors()
    if holders:
        tree.end(grace=grace, hurry=lambda: stops.count > 0)
        notes.append(
            f"the command had ended, but what it had started held its output open; ended: {', '.join(holders)}"
        )
    if not _drained(readers, stops, 1.0):
        notes.append(
            "a process that has left the command's session holds its output open; what it writes is not recorded"
        )
    return notes


def _drained(readers: Sequence[_Reader], stops: Stops, patience: float) -> bool:
    """Whether both pipes come to their end: within `patience` seconds, or while what was in them is still being read."""
    deadline = time.monotonic() + patience
    before = stops.count
    enough = [reader.blocks + BLOCKS_IN_PIPE for reader in readers]
    while any(reader.thread.is_alive() for reader in readers):
        is_over = time.monotonic() > deadline or stops.count > before
        busy = [
            not reader.is_waiting and reader.blocks < most
            for reader, most in zip(readers, enough, strict=True)
        ]
        if is_over and not any(busy):
            return False
        for reader in readers:
            reader.thread.join(POLL / len(readers))
    return True


def _ended(
    status: int | None, ending: Ending, stops: Stops, notes: list[str], time_limit: float | None
) -> _End:
    name = None if status is None or status >= 0 else _signal_name(-status)
    if stops.count:
        return _End(
            ending=Ending.INTERRUPTED,
            signal=name,
            notes=(*notes, f"interrupted by {stops.name}; the command and what it had started were ended"),
        )
    if ending is Ending.TIMED_OUT:
        return _End(
            ending=ending,
            signal=name,
            notes=(*notes, f"ended after {time_limit:g} s, which is its time limit"),
        )
    if name is not None:
        return _End(ending=Ending.SIGNALLED, signal=name, notes=(*notes, f"ended by {name}"))
    return _End(
        ending=Ending.EXITED, exit_code=status, notes=(*notes, *([f"exit status {status}"] if status else []))
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
