"""The version as bump-my-version is configured for it: which one it is now, and the files that say it edited."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gateproof.errors import RefusedError, UnknownError, UsageError
from gateproof.git import clean_environment, git


def current_version(root: Path) -> str:
    """The version that `[tool.bumpversion]`, or else `[project]`, of the project at `root` has.

    Raises UsageError when neither says it.
    """
    document = _pyproject(root)
    for table in (_settings(document), _table(document, "project")):
        if isinstance(told := table.get("current_version", table.get("version")), str):
            return told
    raise UsageError(
        "pyproject.toml tells no version; give it [tool.bumpversion] with current_version and the files that say it."
    )


def bump(clone: Path, version: str) -> None:
    """Edit every file of the clean checkout `clone` that says the version, as the project's bump-my-version has it.

    bump-my-version ends well when it changed nothing, so this looks itself: the version must read back as
    `version`, and each file that is configured must have changed.
    Raises UsageError with its own words when it cannot, RefusedError when it did not.
    """
    _run("bump", "--config-file", "pyproject.toml", "--new-version", version, *_EDIT_ONLY, cwd=clone)
    told = git("diff", "-z", "--name-only", "HEAD", cwd=clone).decode("utf-8", "surrogateescape")
    changed = set(filter(None, told.split("\0")))
    if current_version(clone) != version or not changed:
        raise RefusedError(
            f"bump-my-version ended well and left the version at {current_version(clone)}; "
            "see that [tool.bumpversion] has a current_version and names the files that say it."
        )
    named = {
        str(one["filename"]) for one in _settings(_pyproject(clone)).get("files", ()) if "filename" in one
    }
    if left := sorted(name for name in named if Path(name).as_posix() not in changed):
        raise RefusedError(
            f"bump-my-version left {', '.join(left)} as it was, though [tool.bumpversion] names it; "
            "mend its search, or take it out."
        )


_EDIT_ONLY = ("--no-commit", "--no-tag", "--allow-dirty")


def _pyproject(root: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The pyproject.toml of {root.name} could not be read: {error}.") from None


def _settings(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return _table(_table(document, "tool"), "bumpversion")


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _run(*arguments: str, cwd: Path) -> None:
    # Its options can come from variables too: BUMPVERSION_DRY_RUN would make this a show.
    env = {name: value for name, value in clean_environment().items() if not name.startswith("BUMPVERSION_")}
    done = subprocess.run(
        [sys.executable, "-m", "bumpversion", *arguments],
        cwd=cwd,
        env=env
        | {"NO_COLOR": "1", "COLUMNS": "500", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode == 0:
        return
    if "No module named bumpversion" in done.stderr:
        raise UnknownError("bump-my-version is not installed; run this through scripts/bootstrap.py.")
    words = (
        " ".join(_framed(done.stderr.splitlines())) or done.stderr.strip() or f"exit status {done.returncode}"
    )
    raise UsageError(
        f"bump-my-version cannot edit the version: {words} "
        "See that pyproject.toml has [tool.bumpversion] with current_version and files."
    )


def _framed(lines: Iterable[str]) -> Iterable[str]:
    """What stands in the frame that bump-my-version draws around its reason."""
    return (line.strip("│ ").rstrip(".") + "." for line in lines if line.startswith("│"))
