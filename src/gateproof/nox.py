"""Gates for a noxfile: `@gate` turns a short session into one that leaves a record of what it saw.

nox gives the environment, the order, `-j` and the exit code.
The record, and only the record, says whether a gate passed.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import nox
import nox.registry

from gateproof.config import load_settings
from gateproof.environment.copies import copied
from gateproof.environment.making import NotInstalledError, installed, make_environment
from gateproof.environment.recipe import Ingredients, Recipe, gather
from gateproof.environment.surroundings import Surroundings, surround
from gateproof.errors import GateproofError, NotHereError, UnknownError
from gateproof.evidence.attempts import legs
from gateproof.judge.ci.summary import gates_table
from gateproof.model import Outcome
from gateproof.record.ledger import records
from gateproof.record.live import to_terminal
from gateproof.record.readers import Reader
from gateproof.record.recorder import Recorder, leg_of
from gateproof.record.table import GateRow, gate_rows, print_gates

CALL = "GATEPROOF_CALL"
TAG, LONG = "gate", "long"
LISTING = frozenset({"--list", "-l", "--list-sessions", "--help", "-h", "--version", "--usage", "--json"})


class GateSession:
    """A nox session whose `run` records; everything else is nox's own."""

    def __init__(self, session: nox.Session, recorder: Recorder, given: Mapping[str, str]) -> None:
        self._session = session
        self._recorder = recorder
        self._given = given

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
            env={**_names_and_values(self._session), "PATH": path, **self._given, **(env or {})},
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
    installs: Sequence[str] = (),
    install_project: bool = False,
    python: str | Sequence[str] | None = None,
    env: Mapping[str, str] | None = None,
    folders: Sequence[str] = (),
    secrets: str | None = None,
    needs: Sequence[str] = (),
    in_copy: bool = False,
    is_long: bool = False,
    name: str | None = None,
) -> Callable[[Callable[[GateSession], None]], Any]:
    """Declare a gate over a function that calls `session.run(..., reads=READER)`.

    What its environment is made from, and made anew only when it changes:
    `lock` names `requirements/<lock>.txt`, or is the path of a requirements file with hashes, or of a uv.lock,
    poetry.lock or Pipfile.lock; every hash is checked. `installs` are lines as a requirements file has them
    (`-r requirements.txt`, `-e .[test]`, `ruff==0.4.4`), or `Pipfile`; `install_project` installs the project itself.
    `python` gives one leg for each interpreter.

    What its commands find: `env` are variables; `folders` are variables that each get a new, empty folder;
    `secrets` is a file of NAME=VALUE lines outside the repository; `needs` are services, such as `postgres`.
    In a value of `env`, `{NAME}` stands for a folder and `{postgres.url}` (`.host`, `.port`, `.user`, `.password`,
    `.name`) for the service. `in_copy` runs them in a copy of the source, for a project that writes beside itself.

    A gate that `is_long` begins before the others, so that with `-j` no processor is left idle at the end.

    Raises ValueError when a session of that name exists already (nox would only warn, and drop one of the two),
    and for a service or a secrets file that there cannot be.
    """
    recipe = Recipe(lock=lock, installs=tuple(installs), install_project=install_project)
    wanted = Surroundings(env=env or {}, folders=tuple(folders), secrets=secrets, needs=tuple(needs))

    def declare(body: Callable[[GateSession], None]) -> Any:
        title = name or body.__name__.replace("_", "-")
        if title in nox.registry.get():
            raise ValueError(f"Two sessions are called {title}; give one of them another name.")

        @functools.wraps(body)
        def session_of_gate(session: nox.Session) -> None:
            _run_gate(_Gate(name=title, body=body, recipe=recipe, wanted=wanted, in_copy=in_copy), session)

        declared = nox.session(
            name=title,
            python=python,
            tags=[TAG, LONG] if is_long else [TAG],
            reuse_venv=True,
            venv_backend="uv|virtualenv" if recipe.makes_one else "none",
            download_python="never",
            allow_parallel=True,
        )
        return declared(session_of_gate)

    return declare


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gate:
    """One declared gate."""

    name: str
    body: Callable[[GateSession], None]
    recipe: Recipe
    wanted: Surroundings
    in_copy: bool


def gate_names() -> list[str]:
    """Every gate declared so far: the long ones, then the others, both in the order of the noxfile."""
    tags = {name: function.tags or () for name, function in nox.registry.get().items()}
    return sorted((name for name in tags if TAG in tags[name]), key=lambda name: LONG not in tags[name])


def confirm_all_gates(session: nox.Session) -> None:
    """End green only if every gate left a PASSED record of this very run, or one that a person waived.

    nox lets a skipped session satisfy `requires=`, so the records are asked.
    """
    rows = _rows_of_this_call(gate_names())
    red = [f"{row.name}: {row.sentence}" for row in rows if not row.is_accepted]
    if red or not rows:
        session.error("; ".join(red) or "there is no gate")


def _run_gate(gate: _Gate, session: nox.Session) -> None:
    root, python = Path.cwd(), _python_of(session)
    try:
        ingredients = gather(root, gate.recipe)
    except GateproofError as error:
        ingredients, missing = None, error
    try:
        recorder = Recorder.begin(
            root,
            settings=load_settings(root),
            name=gate.name,
            leg=leg_of(python),
            python=python,
            call=os.environ[CALL],
            lock=ingredients.lock if ingredients else None,
        )
    except (GateproofError, OSError) as error:
        session.error(f"{gate.name}: {Outcome.ERRORED}: {error}")
    with recorder:
        if ingredients is None:
            recorder.stop(Outcome.ERRORED, str(missing))
        else:
            _run_in_environment(gate, session, recorder, ingredients)
    if recorder.reading.outcome not in (Outcome.PASSED, Outcome.WAIVED):
        session.error(f"{gate.name}: {recorder.reading.outcome}: {recorder.reading.reason}")


def _python_of(session: nox.Session) -> str:
    """The version of the interpreter that the gate's commands run with, whatever the noxfile calls it."""
    own = platform.python_version()
    if not session.bin_paths:
        return own
    made = Path(session.virtualenv.location) / "pyvenv.cfg"
    try:
        lines = [line.partition("=") for line in made.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        lines = []
    told = {name.strip(): value.strip() for name, _, value in lines}
    version = told.get("version_info") or told.get("version") or ""
    number = re.match(r"\d+\.\d+(?:\.\d+)?", version)
    if number is None:
        session.error(f"{made} does not say which Python it is; delete {made.parent} and run this again.")
    return number[0]


def _run_in_environment(
    gate: _Gate, session: nox.Session, recorder: Recorder, ingredients: Ingredients
) -> None:
    """Make what the gate declares, run its body in it, and take it away."""
    root = Path.cwd()
    try:
        if gate.recipe.makes_one:
            recorder.note(make_environment(session, root, ingredients))
        recorder.tell_environment(_made_from(session, ingredients), gate.wanted.told)
        with contextlib.ExitStack() as opened:
            given = opened.enter_context(surround(gate.wanted))
            recorder.keep_secret(given.variables, given.secret)
            copy = opened.enter_context(copied(root)) if gate.in_copy else None
            if copy:
                recorder.work_in(copy.place)
            gate.body(GateSession(session, recorder, given.variables))
            if copy and (changed := copy.changed()):
                recorder.stop(Outcome.ERRORED, f"the gate changed its source: {', '.join(changed[:3])}")
    except NotInstalledError as error:
        recorder.note(error.said)
        recorder.stop(Outcome.ERRORED, str(error))
    except NotHereError as error:
        recorder.stop(Outcome.SKIPPED, str(error))
    except GateproofError as error:
        recorder.stop(Outcome.ERRORED, str(error))


def _made_from(session: nox.Session, ingredients: Ingredients) -> tuple[tuple[str, str], ...]:
    """The ingredients; and, where no lock pins all of it, what the index had on that day."""
    if not ingredients.recipe.installs:
        return ingredients.made_from
    packages = installed(session)
    digest = hashlib.sha256("".join(f"{package}\n" for package in packages).encode()).hexdigest()
    return (*ingredients.made_from, (f"installed: {' '.join(packages)}", digest))


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
    _tell_github(rows)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    print_gates(rows, console)
    if not all(row.is_accepted for row in rows):
        _end_red()


def _tell_github(rows: Sequence[GateRow]) -> None:
    """Put the gates on the page of the job, where GitHub shows one."""
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if not page:
        return
    found = legs(row.record.attempt for row in rows if row.record)
    told = "\n".join(gates_table(found, [row.name for row in rows if row.record is None]))
    try:
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(f"{told}\n")
    except OSError as error:
        # The page is for reading; the records and the exit code are what counts.
        sys.stderr.write(f"gateproof: the page of the job could not be written: {error}\n")


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
