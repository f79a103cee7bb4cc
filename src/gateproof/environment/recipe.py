"""What an environment is made from: hashed locks, requirements, the project itself; and the digest of it all."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gateproof.environment.locks import logical_lines, pipenv_lock, pipfile, poetry_lock
from gateproof.errors import UsageError

PIPFILE = "Pipfile"
POETRY, PIPENV, UV = "poetry.lock", "Pipfile.lock", "uv.lock"
OF_OTHERS = {POETRY: poetry_lock, PIPENV: pipenv_lock}
METADATA = ("pyproject.toml", "setup.py", "setup.cfg")
_FILES = ("-r", "--requirement", "-c", "--constraint")
_EDITABLE = ("-e", "--editable")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How a gate's environment is made, as its decorator says it."""

    lock: str | None = None
    """`NAME` for requirements/NAME.txt, or the path of requirements with hashes or of a lock of uv, Poetry, Pipenv."""
    installs: tuple[str, ...] = ()
    """Lines as a requirements file has them, or `Pipfile`: installed after the lock, and not pinned by it."""
    install_project: bool = False

    @property
    def makes_one(self) -> bool:
        """Whether there is anything to install, or the gate runs in the suite's own environment."""
        return self.lock is not None or bool(self.installs)

    @property
    def lock_path(self) -> str | None:
        """The lock's path below the project's top."""
        if self.lock is None:
            return None
        return (
            self.lock
            if "/" in self.lock or self.lock.endswith((".txt", ".lock"))
            else f"requirements/{self.lock}.txt"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingredients:
    """A recipe with the digest of every file that it names, at one moment."""

    recipe: Recipe
    files: tuple[tuple[str, str], ...]
    """Paths below the project's top, each with its SHA-256."""

    @property
    def lock(self) -> str | None:
        """SHA-256 of the lock; None where nothing is locked."""
        return dict(self.files).get(self.recipe.lock_path or "")

    @property
    def made_from(self) -> tuple[tuple[str, str], ...]:
        """For the record: each file with its digest, each further line as it is."""
        lines = [(line, "as the index had it") for line in self.recipe.installs if not _named(line)]
        return (*self.files, *lines)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it; an environment is kept for as long as this stays."""
        words = (self.recipe.lock or "", str(self.recipe.install_project), *self.recipe.installs)
        parts = [*words, *(f"{path} {digest}" for path, digest in self.files)]
        return sha256("\0".join(parts).encode()).hexdigest()


def gather(root: Path, recipe: Recipe) -> Ingredients:
    """Digest every file that the recipe names in the project at `root`, and what these name in turn.

    Raises UsageError, naming the file, where one is not there.
    """
    named = [recipe.lock_path] if recipe.lock_path else []
    named += [path for line in recipe.installs for path in _named(line)]
    found: dict[str, str] = {}
    while named:
        path = named.pop(0)
        if path in found:
            continue
        content = _content(root, path)
        found[path] = sha256(content).hexdigest()
        if path.endswith((".txt", ".in")) and path != recipe.lock_path:
            named += [
                _beside(path, other) for line in logical_lines(content.decode()) for other in _named(line)
            ]
    found |= {path: sha256((root / path).read_bytes()).hexdigest() for path in _metadata(root, recipe)}
    return Ingredients(recipe=recipe, files=tuple(sorted(found.items())))


def locked_requirements(root: Path, path: str) -> str | None:
    """The requirements that a lock of Poetry or Pipenv stands for; None for a file that installers take as it is."""
    convert = OF_OTHERS.get(Path(path).name)
    return convert(_content(root, path).decode()) if convert else None


def arguments(root: Path, installs: tuple[str, ...]) -> list[str]:
    """What an installer is given for these lines."""
    words: list[str] = []
    for line in installs:
        if line == PIPFILE:
            words += pipfile(_content(root, PIPFILE).decode())
        else:
            words += shlex.split(line) if line.startswith("-") else [line]
    return words


def editable_folders(root: Path, recipe: Recipe) -> list[Path]:
    """The folders that are installed where they lie."""
    folders = [root] if recipe.install_project else []
    return folders + [root / folder for line in recipe.installs if (folder := _editable(line)) is not None]


def _content(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}, which the environment is made from, cannot be read: {error.strerror}."
        ) from None


def _named(line: str) -> Iterator[str] | tuple[str, ...]:
    """The files that a line names."""
    if line == PIPFILE:
        return (PIPFILE,)
    flag, _, rest = line.replace("=", " ", 1).partition(" ") if line.startswith("--") else line.partition(" ")
    return (rest.strip(),) if flag in _FILES else ()


def _editable(line: str) -> str | None:
    flag, _, rest = line.partition(" ")
    if flag in _EDITABLE:
        return rest.strip().partition("[")[0] or "."
    return None


def _beside(path: str, other: str) -> str:
    return (Path(path).parent / other).as_posix()


def _metadata(root: Path, recipe: Recipe) -> list[str]:
    """What says how the project itself is installed, and with what."""
    folders = editable_folders(root, recipe)
    return [
        (folder / name).relative_to(root).as_posix()
        for folder in folders
        for name in METADATA
        if (folder / name).is_file()
    ]
