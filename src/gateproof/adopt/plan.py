"""What adoption writes: pure, from what was found and what lies there; nothing that exists is overwritten."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import tomlkit
import tomlkit.exceptions

from gateproof.adopt.found import Found
from gateproof.adopt.noxfile import write_noxfile
from gateproof.adopt.workflow import write_workflow
from gateproof.errors import UsageError

NOXFILE, TASKS, PYPROJECT, IGNORE, WORKFLOW = (
    "noxfile.py",
    "tasks.py",
    "pyproject.toml",
    ".gitignore",
    ".github/workflows/gates.yml",
)
_TASKS = """\
\"\"\"The verbs of a release engineer: `invoke -l` lists them.\"\"\"

from gateproof.tasks import namespace

__all__ = ["namespace"]
"""
_OWN = (".gateproof/", ".nox/", "dist/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Write:
    """One file that is to be made, or to get lines at its end."""

    path: str
    before: str | None
    after: str

    def diff(self) -> list[str]:
        """As `git diff` would show it."""
        old = [] if self.before is None else self.before.splitlines(keepends=True)
        name = "/dev/null" if self.before is None else f"a/{self.path}"
        lines = difflib.unified_diff(old, self.after.splitlines(keepends=True), name, f"b/{self.path}")
        return [line.rstrip("\n") for line in lines]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything that adoption would do."""

    writes: tuple[Write, ...]
    by_hand: tuple[tuple[str, str], ...]
    """Files that are there already, each with the lines to add."""

    def lines(self) -> list[str]:
        """The whole diff, and what a person is to add."""
        lines = [line for write in self.writes for line in (*write.diff(), "")]
        for path, text in self.by_hand:
            lines += [
                f"{path} is there already and stays as it is; add to it:",
                *(f"    {line}" for line in text.splitlines()),
                "",
            ]
        return lines

    def undo(self) -> str:
        """How git takes all of it back."""
        made = [write.path for write in self.writes if write.before is None]
        changed = [write.path for write in self.writes if write.before is not None]
        commands = [f"git checkout -- {' '.join(changed)}"] if changed else []
        return " && ".join([*commands, *([f"git clean -f -- {' '.join(made)}"] if made else [])])


def plan_adoption(found: Found, there: Mapping[str, str | None]) -> Plan:
    """What to write; `there` holds the text of each file that exists, and None for what does not.

    Raises UsageError for a pyproject.toml that is not TOML.
    """
    writes = [_pyproject(found, there.get(PYPROJECT)), _ignored(there.get(IGNORE))]
    by_hand = []
    new = {NOXFILE: write_noxfile(found), TASKS: _TASKS, WORKFLOW: write_workflow()}
    for path, text in new.items():
        if there.get(path) is None:
            writes.append(Write(path=path, before=None, after=text))
        elif "gateproof" not in (there[path] or ""):
            by_hand.append((path, _lines_to_add(path, text)))
    return Plan(writes=tuple(write for write in writes if write is not None), by_hand=tuple(by_hand))


def _lines_to_add(path: str, text: str) -> str:
    if path == TASKS:
        return "from gateproof.tasks import namespace  # add your own with namespace.add_task(…)"
    return text.partition("from __future__ import annotations\n")[2].strip() if path == NOXFILE else text


def _pyproject(found: Found, before: str | None) -> Write | None:
    try:
        document = tomlkit.parse(before or "")
    except tomlkit.exceptions.ParseError as error:
        raise UsageError(f"{PYPROJECT} is not TOML: {error}. Mend that line.") from None
    tool = document.get("tool", {})
    if "gateproof" in tool:
        return None
    # Written as text at the end: whatever stands there keeps its form, its comments and its order.
    table = tomlkit.document()
    own = tomlkit.table()
    own.add("product", found.name)
    archive = tomlkit.table()
    archive.add("name", f"{found.name}.zip")
    own.add("archive", archive)
    outer = tomlkit.table(is_super_table=True)
    outer.add("gateproof", own)
    table.add("tool", outer)
    start = before or ""
    gap = "" if not start else "\n" if start.endswith("\n") else "\n\n"
    after = start + gap + tomlkit.dumps(table)
    try:
        tomlkit.parse(after)
    except tomlkit.exceptions.TOMLKitError as error:
        raise UsageError(
            f"[tool.gateproof] cannot be added to {PYPROJECT} ({error}); add it by hand."
        ) from None
    return Write(path=PYPROJECT, before=before, after=after)


def _ignored(before: str | None) -> Write | None:
    lines = {line.strip().strip("/") for line in (before or "").splitlines()}
    missing = [name for name in _OWN if name.strip("/") not in lines]
    if not missing:
        return None
    start = before or ""
    gap = "" if not start or start.endswith("\n") else "\n"
    return Write(path=IGNORE, before=before, after=start + gap + "".join(f"{name}\n" for name in missing))
