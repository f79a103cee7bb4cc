"""The recorder: makes one record of one gate, command by command, whatever happens on the way."""

from __future__ import annotations

import fnmatch
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import gateproof
from gateproof.config import PASSED_ON, Settings
from gateproof.errors import GateproofError
from gateproof.model import Circumstances, Command, Ending, Outcome, Reading, Run
from gateproof.record import ledger
from gateproof.record.accepting import accept
from gateproof.record.process import run as run_process
from gateproof.record.readers import Reader, combine, decide
from gateproof.record.redact import Redactor, redactor
from gateproof.record.reports import redact_reports
from gateproof.record.source import Source, observe_source
from gateproof.record.text import Cleaner

# A gate must not leave traces in the checkout that it looks at, and must speak UTF-8 on every machine.
ALWAYS = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


class Recorder:
    """One record being made; use it as a context manager, and read `reading` when it is closed."""

    def __init__(self, root: Path, settings: Settings, source: Source, circumstances: Circumstances) -> None:
        self._root = root
        self._settings = settings
        self._source = source
        self._circumstances = circumstances
        self._folder = ledger.begin(root, circumstances)
        self._commands: list[Command] = []
        self._redactor = _redactor(settings)
        self._place = root
        self._stopped: Reading | None = None
        self.reading = Reading(outcome=Outcome.ERRORED, reason="the record is not closed yet")
        """What the gate saw altogether; true once the record is closed."""

    @classmethod
    def begin(
        cls,
        root: Path,
        *,
        settings: Settings,
        name: str,
        leg: str,
        call: str,
        lock: str | None = None,
        kind: str = ledger.GATES,
        python: str | None = None,
    ) -> Self:
        """Look at the source, and open a record that says "started, did not end".

        `python` is the version that the commands run with, where it is another than the one that is running.

        Raises UnknownError when there is no git, no commit, or no way to write the record.
        """
        source = observe_source(root)
        circumstances = Circumstances(
            name=name,
            leg=leg,
            call=call,
            subject=source.subject,
            commit=source.commit,
            started=datetime.now(UTC),
            attempt=ledger.attempts(root, source.subject.git_tree, name, leg) + 1,
            is_clean=source.is_clean,
            unclean=_told(_redactor(settings), source.beside),
            variables=tuple(sorted(passed_on(os.environ, settings))),
            platform=f"{platform.system()} {platform.machine()}",
            versions=(("gateproof", gateproof.__version__), ("python", python or platform.python_version())),
            lock=lock,
            kind=kind,
        )
        return cls(root, settings, source, circumstances)

    @property
    def folder(self) -> Path:
        """Where the record lies."""
        return self._folder

    @property
    def has_stopped(self) -> bool:
        """True when it is already known that the gate cannot pass, and no further command is worth running."""
        return self._stopped is not None

    def stop(self, outcome: Outcome, reason: str) -> None:
        """Decide the gate without a further command: its environment could not be made, or it was skipped."""
        self._stopped = Reading(outcome=outcome, reason=reason)

    def tell_environment(self, made_from: Sequence[tuple[str, str]], surroundings: Sequence[str]) -> None:
        """Say in the record what the environment was made from, and what was made for the commands."""
        self._circumstances = replace(
            self._circumstances, made_from=tuple(made_from), surroundings=tuple(surroundings)
        )

    def keep_secret(self, variables: Mapping[str, str], secret: Mapping[str, str]) -> None:
        """Redact these too: every value of `secret`, and those of `variables` whose names say so."""
        named = {f"{name}_SECRET": value for name, value in secret.items()}
        names, patterns = self._settings.redact.names, self._settings.redact.patterns
        self._redactor = redactor({**os.environ, **variables, **named}, names=names, patterns=patterns)

    def work_in(self, place: Path) -> None:
        """Run the commands in a copy of the source, not in the checkout itself."""
        self._place = place

    def note(self, text: str) -> None:
        """Add what somebody else than a command said to the log, redacted."""
        clean, _ = Cleaner().feed(self._redactor.redact(text), final=True)
        with (self._folder / ledger.LOG).open("a", encoding="utf-8", newline="\n") as log:
            log.write(clean if clean.endswith("\n") or not clean else f"{clean}\n")

    def run(
        self,
        argv: Sequence[str],
        *,
        program: str,
        reader: Reader,
        cwd: Path,
        env: Mapping[str, str],
        live: Callable[[bytes], object] | None = None,
    ) -> Reading:
        """Run `argv`, found at `program`, to its end in `cwd` below the root, and keep what it said.

        Raises KeyboardInterrupt when a person or the system stopped it; the record then says so.
        """
        into = self._folder / "commands" / str(len(self._commands) + 1)
        files = into / "files"
        files.mkdir(parents=True)
        command = reader.command(tuple(argv), files)
        ended = run_process(
            (program, *command[1:]),
            cwd=self._place / cwd,
            env=reader.surround({**passed_on(os.environ, self._settings), **ALWAYS, **env}),
            into=into,
            log=self._folder / ledger.LOG,
            redactor=self._redactor,
            live=live,
            time_limit=self._settings.time_limit,
            shown=self._shown(command),
        )
        in_reports = redact_reports(ended.files, self._redactor)
        ended = replace(ended, redacted=ended.redacted + in_reports)
        reading = accept(
            decide(reader, ended), self._circumstances.name, self._settings.accepted, ended.finished.date()
        )
        told = Command(ended=replace(ended, cwd=Path(cwd)), reader=reader.name, reading=reading)
        self._commands.append(told)
        if ended.ending is Ending.INTERRUPTED:
            self.stop(Outcome.ERRORED, "interrupted before it ended")
            raise KeyboardInterrupt
        return reading

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        reading = self._altogether(error)
        self.reading = replace(reading, reason=self._redactor.redact(reading.reason))
        is_interrupted = isinstance(error, KeyboardInterrupt)
        run = Run(
            circumstances=self._circumstances,
            finished=None if is_interrupted else datetime.now(UTC),
            commands=tuple(self._commands),
            reading=self.reading,
        )
        ledger.finish(self._folder, run)

    def _altogether(self, error: BaseException | None) -> Reading:
        if self._stopped:
            return self._stopped
        if isinstance(error, KeyboardInterrupt):
            return Reading(outcome=Outcome.ERRORED, reason="interrupted before it ended")
        if error is not None:
            return Reading(outcome=Outcome.ERRORED, reason=f"the gate itself broke: {error!r}")
        return self._on_unchanged_source(combine([command.reading for command in self._commands]))

    def _on_unchanged_source(self, reading: Reading) -> Reading:
        """A gate that changed what it looked at proves nothing about either."""
        try:
            after = observe_source(self._root)
        except GateproofError as problem:
            return Reading(outcome=Outcome.ERRORED, reason=str(problem))
        if after.subject != self._source.subject:
            names = (
                ", ".join(sorted(set(after.changed) ^ set(self._source.changed))[:3])
                or "a file that differed before"
            )
            return replace(
                reading, outcome=Outcome.ERRORED, reason=f"the source changed while the gate ran: {names}"
            )
        if after.beside != self._source.beside:
            self._circumstances = replace(
                self._circumstances,
                is_clean=self._circumstances.is_clean and after.is_clean,
                unclean=_told(self._redactor, sorted({*after.beside, *self._source.beside})),
            )
        return reading

    def _shown(self, command: Sequence[str]) -> tuple[str, ...]:
        """The command as the record tells it: without the paths of this machine."""
        places = (str(self._root) + os.sep, str(self._place) + os.sep)
        return tuple(word.replace(places[0], "").replace(places[1], "") for word in command)


def _redactor(settings: Settings) -> Redactor:
    return redactor(os.environ, names=settings.redact.names, patterns=settings.redact.patterns)


def _told(redactor: Redactor, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths as a record tells them: a name can be a secret too."""
    return tuple(map(redactor.redact, paths))


def passed_on(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The part of the caller's environment that a command gets: what tools need, and what the settings name."""
    patterns = (*PASSED_ON, *settings.environment.pass_on)
    return {
        name: value
        for name, value in environment.items()
        if any(fnmatch.fnmatchcase(name.upper(), pattern.upper()) for pattern in patterns)
    }


def leg_of(python: str | None = None) -> str:
    """This machine's variant for an interpreter such as "3.12" or "3.12.1", or for the one that is running."""
    version = python or platform.python_version()
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    return f"py{'.'.join(version.removeprefix('python').split('.')[:2])}-{system}"
