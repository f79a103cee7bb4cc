"""Gates for a noxfile: `@gate` turns a short session into one that leaves a record of what it saw.

nox gives the environment, the order, `-j` and the exit code.
The record, and only the record, says whether a gate passed.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import nox
import nox.command
import nox.registry

from gateproof.config import load_settings
from gateproof.errors import GateproofError, NotHereError, UnknownError
from gateproof.model import Outcome
from gateproof.record.ledger import records
from gateproof.record.live import to_terminal
from gateproof.record.readers import Reader
from gateproof.record.recorder import Recorder, leg_of
from gateproof.record.table import GateRow, gate_rows, print_gates

CALL = "GATEPROOF_CALL"
TAG = "gate"
STAMP = "gateproof-lock.txt"
LISTING = frozenset({"--list", "-l", "--list-sessions", "--help", "-h", "--version", "--usage", "--json"})


class GateSession:
    """A nox session whose `run` records; everything else is nox's own."""

    def __init__(self, session: nox.Session, recorder: Recorder) -> None:
        self._session = session
        self._recorder = recorder

    def run(
        self, *argv: str, reads: Reader, cwd: str | Path = ".", env: Mapping[str, str] | None = None
    ) -> None:
        """Run a command to its end, whatever it says, and record what `reads` understood of it."""
        outside = os.environ.get("PATH", os.defpath)
        inside = os.pathsep.join(self._session.bin_paths or ())
        program = shutil.which(argv[0], path=inside or outside)
        if inside and program is None:
            # A tool of the same name elsewhere on the machine is not the one that the lock pins.
            self._recorder.stop(Outcome.ERRORED, f"{argv[0]} is not in the environment that its lock makes")
            return
        path = os.pathsep.join(filter(None, (inside, outside)))
        self._recorder.run(
            argv,
            program=program or argv[0],
            reader=reads,
            cwd=Path(cwd),
            env={**_names_and_values(self._session), "PATH": path, **(env or {})},
            live=to_terminal,
        )

    def skip(self, *words: str) -> None:
        """A gate cannot be left out: it says why it was not run, and is red."""
        self._recorder.stop(Outcome.SKIPPED, " ".join(words) or "skipped without a reason")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def gate(
    *,
    lock: str | None = None,
    install_project: bool = False,
    python: str | Sequence[str] | None = None,
    name: str | None = None,
) -> Callable[[Callable[[GateSession], None]], Any]:
    """Declare a gate over a function that calls `session.run(..., reads=READER)`.

    `lock` names `requirements/<lock>.txt`: its environment is made from that, and made anew only when it changes.
    `install_project` also installs the project itself, editable; `python` gives one leg for each interpreter.

    Raises ValueError when a session of that name exists already: nox would only warn, and drop one of the two.
    """

    def declare(body: Callable[[GateSession], None]) -> Any:
        title = name or body.__name__.replace("_", "-")
        if title in nox.registry.get():
            raise ValueError(f"Two sessions are called {title}; give one of them another name.")

        @functools.wraps(body)
        def session_of_gate(session: nox.Session) -> None:
            _run_gate(title, body, session, lock, install_project)

        declared = nox.session(
            name=title,
            python=python,
            tags=[TAG],
            reuse_venv=True,
            venv_backend="uv|virtualenv" if lock else "none",
            download_python="never",
            allow_parallel=True,
        )
        return declared(session_of_gate)

    return declare


def gate_names() -> list[str]:
    """Every gate declared so far, in the order of the noxfile."""
    return [name for name, function in nox.registry.get().items() if TAG in (function.tags or ())]


def confirm_all_gates(session: nox.Session) -> None:
    """End green only if every gate left a PASSED record of this very run.

    nox lets a skipped session satisfy `requires=`, so the records are asked.
    """
    rows = _rows_of_this_call(gate_names())
    red = [f"{row.name}: {row.sentence}" for row in rows if not row.is_green]
    if red or not rows:
        session.error("; ".join(red) or "there is no gate")


def _run_gate(
    name: str,
    body: Callable[[GateSession], None],
    session: nox.Session,
    lock: str | None,
    install_project: bool,
) -> None:
    root = Path.cwd()
    lockfile = root / "requirements" / f"{lock}.txt" if lock else None
    try:
        recorder = Recorder.begin(
            root,
            settings=load_settings(root),
            name=name,
            leg=leg_of(session.python if isinstance(session.python, str) else None),
            call=os.environ[CALL],
            lock=hashlib.sha256(lockfile.read_bytes()).hexdigest() if lockfile else None,
        )
    except (GateproofError, OSError) as error:
        session.error(f"{name}: {Outcome.ERRORED}: {error}")
    with recorder:
        if lockfile:
            _make_environment(session, recorder, lockfile, install_project)
        if not recorder.has_stopped:
            try:
                body(GateSession(session, recorder))
            except NotHereError as error:
                recorder.stop(Outcome.SKIPPED, str(error))
    if recorder.reading.outcome is not Outcome.PASSED:
        session.error(f"{name}: {recorder.reading.outcome}: {recorder.reading.reason}")


def _make_environment(
    session: nox.Session, recorder: Recorder, lockfile: Path, install_project: bool
) -> None:
    """Install the lock with every hash checked, unless the environment was made from this very lock."""
    stamp = Path(session.virtualenv.location) / STAMP
    wanted = f"{hashlib.sha256(lockfile.read_bytes()).hexdigest()} {install_project}\n"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    if session.virtualenv._reused:
        # Made from another lock, or half made and nobody knows from what: begin from nothing.
        shutil.rmtree(session.virtualenv.location)
        session.virtualenv.create()
        # nox would still take it for the old one, and leave an empty environment empty under --no-install.
        session.virtualenv._reused = False
    try:
        # Compiled once here; the gates themselves write no bytecode. pip compiles without being asked.
        compiled = ("--compile-bytecode",) if session.venv_backend == "uv" else ()
        session.install("--quiet", *compiled, "--require-hashes", "--requirement", str(lockfile))
        if install_project:
            session.install("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    except nox.command.CommandFailed:
        recorder.stop(Outcome.ERRORED, f"its environment could not be installed from {lockfile.name}")
        return
    stamp.write_text(wanted, encoding="utf-8")


def _names_and_values(session: nox.Session) -> dict[str, str]:
    """What the environment itself and the session set for a command, such as VIRTUAL_ENV."""
    both: dict[str, str | None] = {**session.virtualenv.env, **session.env}
    return {name: value for name, value in both.items() if value is not None}


def _rows_of_this_call(names: Sequence[str]) -> tuple[GateRow, ...]:
    of_this_call = [record for record in records(Path()) if record.call == os.environ[CALL]]
    return gate_rows(names, of_this_call)


def _selected_gates(arguments: list[str]) -> list[str]:
    """The gates that nox was asked for, in nox's own words."""
    question = [sys.executable, "-m", "nox", "--list", "--json", *arguments]
    answer = subprocess.run(question, capture_output=True, check=False, encoding="utf-8")
    try:
        listed = json.loads(answer.stdout)
        return list(dict.fromkeys(entry["name"] for entry in listed if TAG in entry["tags"]))
    except (ValueError, LookupError, TypeError):
        raise UnknownError("nox did not list its sessions as JSON; a noxfile must print nothing.") from None


def _print_table_at_exit(root: Path, arguments: list[str]) -> None:
    """Print what the gates of this run saw, also after a failure or Ctrl-C; end red when nox would end green on red."""
    from rich.console import Console

    os.chdir(root)
    try:
        names = _selected_gates(arguments)
        rows = _rows_of_this_call(names)
    except (GateproofError, OSError) as error:
        sys.stderr.write(f"gateproof: what the gates saw cannot be told, so they are not green: {error}\n")
        _end_red()
    if not names:
        return
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    print_gates(rows, console)
    if not all(row.is_green for row in rows):
        _end_red()


def _end_red() -> NoReturn:
    """nox calls a run with a skipped session a success; at exit that can be changed only this way."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


def _is_listing(arguments: Sequence[str]) -> bool:
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return not LISTING.isdisjoint(own)


def _begin_run() -> None:
    """Give this call of nox an id that its workers inherit, and have it print the table at its end."""
    arguments = sys.argv[1:]
    if "user_nox_module" not in sys.modules:
        return  # Imported by something else than a noxfile that nox is reading.
    if "--parallel-worker" in arguments or _is_listing(arguments):
        return
    os.environ[CALL] = secrets.token_hex(8)
    atexit.register(_print_table_at_exit, Path.cwd(), arguments)


# A missing interpreter is no reason to be green, in CI or out of it.
nox.options.error_on_missing_interpreters = True
_begin_run()
