"""A tiny project in a real git repository, with fixed people and dates, for tests of whole commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateproof.record.ledger import Record, records

SRC = Path(__file__).parents[2] / "src"
PYPROJECT = '[tool.gateproof]\nproduct = "shop"\n\n[tool.gateproof.archive]\nname = "shop.zip"\n'
IGNORED = ".gateproof/\n.nox/\ndist/\n__pycache__/\n*.log\n"
HEAD = """
import sys
sys.path.insert(0, {src!r})
import nox
from gateproof.nox import confirm_all_gates, gate, gate_names
from gateproof.record.readers import *
nox.options.sessions = []
"""
TAIL = """
@nox.session(venv_backend="none", requires=gate_names(), default=False)
def gates(session):
    "Every gate."
    confirm_all_gates(session)
"""
PEOPLE = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def checks(looked_at: int = 3, issues: int = 0) -> str:
    """A program that speaks as the store's `run_checks` does."""
    found = json.dumps(["one"] * issues)
    row = f'{{"name": "totals", "looked_at": {looked_at}, "issues": {found}}}'
    said = f'{{"invariants": [{row}], "looked_at": {looked_at}, "issues": {issues}}}'
    return f"import sys\nprint('''{said}''')\nsys.exit({int(issues > 0)})\n"


def gate(name: str, program: str = "good.py") -> str:
    """A gate that runs one of the project's programs."""
    command = f'"python", "{program}", "run_checks", "--fail-on-issues"'
    return f'\n@gate()\ndef {name}(session):\n    "Says {name}."\n    session.run({command}, reads=run_checks())\n'


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A repository below a test's own folder."""

    root: Path

    @classmethod
    def make(cls, root: Path, gates: str = "", files: dict[str, str] | None = None) -> Project:
        """A project of one commit whose noxfile declares `gates`."""
        root.mkdir(parents=True)
        project = cls(root=root)
        project.git("init", "--quiet", "--initial-branch=main")
        project.git("config", "user.name", "Ada")
        project.git("config", "user.email", "ada@example.org")
        project.write("pyproject.toml", PYPROJECT)
        project.write(".gitignore", IGNORED)
        project.write("noxfile.py", HEAD.format(src=str(SRC)) + gates + TAIL)
        project.write("good.py", checks())
        for name, text in (files or {}).items():
            project.write(name, text)
        project.commit()
        return project

    def copy(self, root: Path) -> Project:
        """The same repository in another place."""
        shutil.copytree(self.root, root, symlinks=True)
        return Project(root=root)

    def write(self, name: str, text: str) -> None:
        """One file, with line feeds on every system."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def git(self, *arguments: str) -> str:
        """What git says; it must say yes."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=os.environ | PEOPLE,
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        return done.stdout.strip()

    def commit(self, message: str = "A commit") -> str:
        """Commit everything, and give the id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def run(self, *command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a Python module as its users do, with both streams in `stdout`."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=self.environment() | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            encoding="utf-8",
            timeout=120,
        )

    def nox(self, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run nox on the project."""
        return self.run("nox", *arguments, env=env)

    def environment(self) -> dict[str, str]:
        """The caller's, with fixed people, and with a key folder of the test's own."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("NOX", "GATEPROOF", "COV"))
        }
        return kept | PEOPLE | {"PYTHONPATH": str(SRC), "XDG_DATA_HOME": str(self.root.parent / "keys")}

    def records(self) -> tuple[Record, ...]:
        """What lies in its ledger."""
        return records(self.root)

    def result(self, record: Record) -> dict[str, Any]:
        """The last statement of a record: the gate's."""
        lines = (record.folder / "statements.jsonl").read_text(encoding="utf-8").splitlines()
        statement: dict[str, Any] = json.loads(lines[-1])
        return statement
