"""Make a gate's environment with nox's own installer, or keep the one that was made from the same things."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nox
import nox.command

from gateproof.environment.recipe import (
    UV,
    Ingredients,
    arguments,
    editable_folders,
    locked_requirements,
)
from gateproof.errors import UnknownError

STAMP = "gateproof-lock.txt"


class NotInstalledError(UnknownError):
    """An environment could not be made; `said` is all that the installer wrote."""

    def __init__(self, what: str, said: str) -> None:
        last = said.strip().splitlines()[-1:] or ["it said nothing"]
        super().__init__(f"its environment could not be installed from {what}: {last[0].strip()}")
        self.said = said


_LIST = (
    "import importlib.metadata as m;"
    "print(*sorted({f'{d.name}=={d.version}'.lower() for d in m.distributions()}), sep='\\n')"
)


def make_environment(session: nox.Session, root: Path, ingredients: Ingredients) -> str:
    """Install what the recipe says, every hash of its lock checked; return what the installer said.

    An environment that was made from exactly these ingredients is kept.
    Raises NotInstalledError with the installer's last words when it could not be made.
    """
    stamp = Path(session.virtualenv.location) / STAMP
    wanted = f"{ingredients.digest}\n"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    if session.virtualenv._reused:
        # Made from something else, or half made and nobody knows from what: begin from nothing.
        shutil.rmtree(session.virtualenv.location)
        session.virtualenv.create()
        # nox would still take it for the old one, and leave an empty environment empty under --no-install.
        session.virtualenv._reused = False
    said = "".join(_steps(session, root, ingredients))
    stamp.write_text(wanted, encoding="utf-8")
    return said


def installed(session: nox.Session) -> tuple[str, ...]:
    """Every package of the environment with its version. Raises UnknownError when it does not answer."""
    python = shutil.which("python", path=session.bin) if session.bin else None
    if python is None:
        raise UnknownError("The environment has no Python; remove its folder in .nox and run the gate again.")
    answer = subprocess.run([python, "-I", "-c", _LIST], capture_output=True, check=False, encoding="utf-8")
    if answer.returncode:
        raise UnknownError(
            "The environment does not list its packages; remove its folder in .nox and run the gate again."
        )
    return tuple(answer.stdout.split())


def _steps(session: nox.Session, root: Path, ingredients: Ingredients) -> Iterator[str]:
    recipe = ingredients.recipe
    if recipe.lock_path:
        with _hashed(root, recipe.lock_path) as requirements:
            yield _install(session, recipe.lock_path, "--require-hashes", "--requirement", str(requirements))
    with _leaving_no_metadata(editable_folders(root, recipe)):
        if recipe.installs:
            yield _install(session, ", ".join(recipe.installs), *arguments(root, recipe.installs))
        if recipe.install_project:
            yield _install(
                session, "the project itself", "--no-deps", "--no-build-isolation", "--editable", "."
            )


def _install(session: nox.Session, what: str, *words: str) -> str:
    # Compiled once here; the gates themselves write no bytecode. pip compiles without being asked.
    compiled = ("--compile-bytecode",) if session.venv_backend == "uv" else ()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            # Beside the packages, where the gates look for it, wherever nox itself keeps its own.
            session.install(
                *("--quiet", *compiled, *words),
                env={"PYTHONPYCACHEPREFIX": None},
                stdout=said,
                stderr=subprocess.STDOUT,
                silent=False,
            )
        except nox.command.CommandFailed:
            said.seek(0)
            text = said.read()
            sys.stderr.write(text)
            raise NotInstalledError(what, text) from None
        said.seek(0)
        return said.read()


@contextlib.contextmanager
def _hashed(root: Path, path: str) -> Iterator[Path]:
    """The lock as a requirements file."""
    if Path(path).name == UV:
        with _temporary("") as file:
            _export(root / Path(path).parent, file)
            yield file
        return
    text = locked_requirements(root, path)
    if text is None:
        yield root / path
        return
    with _temporary(text) as file:
        yield file


def _export(folder: Path, into: Path) -> None:
    from uv import find_uv_bin

    words = ("export", "--quiet", "--frozen", "--all-groups", "--all-extras", "--no-emit-project")
    command = [find_uv_bin(), *words, "--format", "requirements-txt", "--output-file", str(into)]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        raise NotInstalledError(UV, done.stderr)


@contextlib.contextmanager
def _temporary(text: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gateproof-") as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text(text, encoding="utf-8", newline="\n")
        yield file


@contextlib.contextmanager
def _leaving_no_metadata(folders: Sequence[Path]) -> Iterator[None]:
    """Take away what building an editable install leaves in the source: it would make every run unclean."""

    def lying() -> set[Path]:
        return {
            path
            for folder in folders
            for pattern in ("*.egg-info", "src/*.egg-info", "build")
            for path in folder.glob(pattern)
        }

    before = lying()
    try:
        yield
    finally:
        for path in lying() - before:
            shutil.rmtree(path, ignore_errors=True)
