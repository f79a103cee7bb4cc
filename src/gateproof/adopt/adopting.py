"""Adopt: observe the project, plan what to write, and write all of it or nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateproof.adopt.found import Found, look
from gateproof.adopt.plan import IGNORE, NOXFILE, PYPROJECT, TASKS, WORKFLOW, Plan, plan_adoption
from gateproof.errors import GateproofError, RefusedError, UnknownError
from gateproof.git import git, personal_environment
from gateproof.judge.case import Case
from gateproof.pack.inspect.inspection import inspect_commit
from gateproof.pack.inspect.rules import DEFAULT_RULES, caught_by_name
from gateproof.record.source import head_commit
from gateproof.release.checkout import checkout_bundle

_PATHS = (PYPROJECT, IGNORE, NOXFILE, TASKS, WORKFLOW)
_MOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """What was found, and what would be written."""

    found: Found
    plan: Plan

    def lines(self) -> list[str]:
        """All of it, for a person to read before agreeing."""
        return ["Found:", *self.found.lines(), "", *self.plan.lines()]

    def next_steps(self) -> list[str]:
        """What to do once it is written."""
        return [
            "Written. Next:",
            "  nox -s gates                  most projects are red at first; the table says whose fault it is",
            "  git add -A && git commit      the gates, as they are to stay",
            "  invoke release --rehearse     everything but the tag",
            f"To undo: {self.plan.undo()}",
        ]


def observe_project(root: Path, *, now: datetime, production: str | None = None) -> Adoption:
    """Look at the project at `root`, the top of a git repository, and plan.

    Raises RefusedError for what is no Django project, and for uncommitted changes in a file that would get lines:
    git alone could not undo those.
    """
    commit = head_commit(root)
    case = Case(checkout_bundle(root), now=now)
    tags = git("for-each-ref", "--sort=creatordate", "--format=%(refname:lstrip=2)", "refs/tags", cwd=root)
    found = look(
        case, tags=tuple(tags.decode().split()), blocking=_blocking(root, commit), production=production
    )
    plan = plan_adoption(found, {path: _text(root / path) for path in _PATHS})
    changed = [write.path for write in plan.writes if write.before is not None]
    if changed and (dirty := _uncommitted(root, changed)):
        raise RefusedError(f"{dirty} has uncommitted changes, which undoing would lose; commit them first.")
    return Adoption(found=found, plan=plan)


def write(root: Path, plan: Plan) -> None:
    """Write every file of the plan, or none.

    Raises RefusedError when something lies in a place that was empty, and UnknownError when it cannot be written.
    """
    made: list[tuple[Path, Path]] = []
    done: list[tuple[Path, str | None]] = []
    try:
        for one in plan.writes:
            path = root / one.path
            if _text(path) != one.before:
                raise RefusedError(f"{one.path} changed in the meantime; run it again.")
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            temporary.write_text(one.after, encoding="utf-8", newline="")
            made.append((temporary, path))
        for (temporary, path), one in zip(made, plan.writes, strict=True):
            temporary.replace(path)
            done.append((path, one.before))
    except OSError as error:
        for path, before in done:
            with contextlib.suppress(OSError):
                path.unlink() if before is None else path.write_text(before, encoding="utf-8", newline="")
        raise UnknownError(
            f"{error.filename} could not be written: {error.strerror}; nothing was changed."
        ) from None
    finally:
        for temporary, _ in made:
            temporary.unlink(missing_ok=True)


def _text(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError(
            f"{path.name} cannot be read as UTF-8 text ({type(error).__name__}); mend it first."
        ) from None


def _uncommitted(root: Path, paths: list[str]) -> str:
    words = ("status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=matching", "--", *paths)
    said = git(*words, cwd=root, env=personal_environment())
    return said.split(b"\0")[0][3:].decode("utf-8", "replace")


def _blocking(root: Path, commit: str) -> tuple[str, ...]:
    """What the first archive would refuse; a submodule is told by its own sentence."""
    try:
        findings = inspect_commit(root, commit)
    except GateproofError as error:
        return (str(error),)
    names = [os.fsdecode(name) for name in git("ls-files", "-z", cwd=root).split(b"\0") if name]
    named = [finding for name in names for _, _, finding in caught_by_name(DEFAULT_RULES, name)]
    told = [
        f"{one.path}: {one.sentence}"
        for one in (*findings, *named)
        if "submodule" not in one.sentence.lower()
    ]
    more = [f"and {len(told) - _MOST} more; `invoke archive` lists them."] if len(told) > _MOST else []
    return (*told[:_MOST], *more)
