"""Run a command, show its output live and keep it, whatever the command does."""

from __future__ import annotations

import math
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from gateproof.errors import UnknownError, UsageError
from gateproof.model import Ended, Ending
from gateproof.record.child import start
from gateproof.record.needles import cleaned
from gateproof.record.pipes import Reader, are_drained
from gateproof.record.recording import Recording
from gateproof.record.redact import Redactor
from gateproof.record.stops import Stops
from gateproof.record.tree import Tree

GRACE = 5.0
"""Seconds between asking a process tree to end and killing it, and that dead children's pipes stay open."""

AFTER_KILL = 1.0
"""Seconds that pipes may stay open when nothing of the tree is left."""

POLL = 0.1
"""Seconds until a signal is noticed. The child's own end is noticed at once."""


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

    `into` gets `stdout`, `stderr` and `files/`, and `output.log` unless `log` names another.
    The log is appended to.
    All is UTF-8 without NUL or escape sequences, and redacted; so is the `argv` that is returned.
    `shown` is what the log and the result say instead of `argv`, where that has paths of this machine only.
    `live` gets the same text, with its colours, in a thread of its own; it may be slow or raise.
    When `time_limit` seconds are over, at Ctrl-C, SIGTERM and SIGHUP, the whole process tree is ended:
    asked first, killed after `grace` seconds or at the next signal.
    The caller sees it in `ending` and must stop then; nothing is raised.
    Outside the main thread no signal is heard.
    A command that cannot be started has the ending NOT_STARTED, and the log says why.
    Raises UnknownError, after ending the tree, when the output cannot be kept: the disk is full, or `into`
    holds a recording already.
    """
    if not argv:
        raise UsageError("There is no command to run; name the program and its arguments.")
    words = tuple(_writable(word, redactor) for word in (shown or argv))
    command = _Command(argv=argv, words=words, cwd=cwd, env=env, time_limit=time_limit, grace=grace)
    try:
        with Stops() as stops:
            recording = Recording(into, log=log or into / "output.log", live=live, redactor=redactor)
            try:
                ended = _record(command, recording, stops)
            except BaseException:
                recording.abandon()
                raise
    except OSError as error:
        raise UnknownError(
            f"The output of `{shlex.join(words)}` could not be kept in {into}: {error.strerror or error}. "
            "Make room, or name a new folder that can be written to, and run it again."
        ) from error
    # A signal that came after the child's end must not be lost either: somebody wants this to stop.
    return replace(ended, ending=Ending.INTERRUPTED, exit_code=None) if stops.count else ended


@dataclass(frozen=True, kw_only=True, slots=True)
class _Command:
    argv: Sequence[str]
    words: tuple[str, ...]
    """The same, fit to be written down."""
    cwd: Path
    env: Mapping[str, str]
    time_limit: float | None
    grace: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _End:
    ending: Ending
    exit_code: int | None = None
    signal: str | None = None
    notes: tuple[str, ...] = ()
    """Sentences for the log."""


def _writable(word: str, redactor: Redactor) -> str:
    """An argument as it may be written down: redacted, and UTF-8 even where the argument is not."""
    return redactor.redact(cleaned(word)).encode("utf-8", "backslashreplace").decode()


def _record(command: _Command, recording: Recording, stops: Stops) -> Ended:
    recording.log.write(f"$ {shlex.join(command.words)}\n".encode())
    # Before the child: on a machine with much to do, seconds may pass until `start` is back.
    started = datetime.now(UTC)
    try:
        process = start(command.argv, command.cwd, command.env)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        note = f"{command.words[0]} could not be started: {reason}"
        end = _End(ending=Ending.NOT_STARTED, notes=(note,))
    else:
        tree = Tree(process, began=started.timestamp())
        end = _follow(process, tree, command, recording, stops)
    finished = datetime.now(UTC)
    heard = stops.count
    stdout, stderr, log = recording.finish(end.notes, hurried=lambda: stops.count > heard)
    return Ended(
        argv=command.words,
        cwd=command.cwd,
        ending=end.ending,
        exit_code=end.exit_code,
        signal=end.signal,
        started=started,
        finished=finished,
        stdout=stdout,
        stderr=stderr,
        log=log,
        files=recording.files,
        redacted=recording.redacted,
    )


def _follow(
    process: subprocess.Popen[bytes], tree: Tree, command: _Command, recording: Recording, stops: Stops
) -> _End:
    """Take what the child writes until it has ended or is made to. Raises OSError when it cannot be kept."""
    assert process.stdout is not None  # noqa: S101 - start() makes both pipes
    assert process.stderr is not None  # noqa: S101
    readers = Reader(process.stdout, recording.stdout), Reader(process.stderr, recording.stderr)
    waiter = threading.Thread(target=process.wait, name="gateproof-waiter", daemon=True)
    waiter.start()
    notes: list[str] = []
    try:
        ending = _wait(waiter, readers, stops, command.time_limit)
        if ending is not Ending.EXITED:
            recording.hurry()
            notes += _end(tree, stops, command.grace)
        notes += _drain(readers, tree, stops, command.grace)
        for reader in readers:
            if reader.failure is not None:
                raise reader.failure
    except BaseException:
        recording.hurry()
        _end(tree, stops, command.grace)
        raise
    waiter.join(command.grace)
    return _judged(process.returncode, ending, stops, notes, command.time_limit)


def _wait(
    waiter: threading.Thread, readers: Sequence[Reader], stops: Stops, time_limit: float | None
) -> Ending:
    """Wait until the child ends or must be ended; say which."""
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    while waiter.is_alive():
        # Short waits: a signal is only counted, it does not wake this thread (on Windows it could not).
        waiter.join(min(POLL, max(0.0, deadline - time.monotonic())))
        if stops.count:
            return Ending.INTERRUPTED
        if waiter.is_alive() and time.monotonic() >= deadline:
            return Ending.TIMED_OUT
        for reader in readers:
            if reader.failure is not None:
                raise reader.failure
    return Ending.EXITED


def _end(tree: Tree, stops: Stops, grace: float) -> list[str]:
    heard = stops.count
    left = tree.end(grace=grace, hurried=lambda: stops.count > heard)
    return [f"still running, because the system would not end it: {', '.join(left)}"] if left else []


def _drain(readers: Sequence[Reader], tree: Tree, stops: Stops, grace: float) -> list[str]:
    """Take what is left in the pipes of a child that has ended; end what holds them open too long."""
    heard = stops.count
    if are_drained(readers, patience=grace, hurried=lambda: stops.count > heard):
        return []
    notes = []
    if holders := tree.survivors():
        notes = [f"ended, as it still held the output of the ended command open: {', '.join(holders)}"]
        notes += _end(tree, stops, grace)
    if not are_drained(readers, patience=AFTER_KILL, hurried=lambda: False):
        notes.append(
            "a process that left the command's session holds its output open; the rest is not recorded"
        )
    return notes


def _judged(
    status: int | None, ending: Ending, stops: Stops, notes: Sequence[str], time_limit: float | None
) -> _End:
    name = None if status is None or status >= 0 else _signal_name(-status)
    if stops.count:
        why = f"interrupted by {stops.name}; the command and what it had started were ended"
        return _End(ending=Ending.INTERRUPTED, signal=name, notes=(*notes, why))
    if ending is Ending.TIMED_OUT:
        why = f"ended after {time_limit:g} s, which is its time limit"
        return _End(ending=ending, signal=name, notes=(*notes, why))
    if name is not None:
        return _End(ending=Ending.SIGNALLED, signal=name, notes=(*notes, f"ended by {name}"))
    status_note = (f"exit status {status}",) if status else ()
    return _End(ending=Ending.EXITED, exit_code=status, notes=(*notes, *status_note))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
