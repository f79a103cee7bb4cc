"""Runs a real tool the way that the suite does, for tests of what readers make of it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateproof.model import Ended
from gateproof.record import process
from gateproof.record.readers import Reader
from gateproof.record.redact import redactor

LIMIT = 60.0
TOOLS = Path(sys.executable).parent
_OURS = ("PYTHON", "PYTEST_", "COV", "NOX_", "DJANGO_", "RUFF_", "PIP_AUDIT_", "MYPY_", "BLACK_", "INVOKE_")


def run(
    reader: Reader, argv: Sequence[str], *, cwd: Path, into: Path, env: Mapping[str, str] | None = None
) -> Ended:
    """The command as the reader wants it run, ended, with its output beside its files."""
    files = into / "files"
    files.mkdir(parents=True)
    command = reader.command(tuple(argv), files)
    return process.run(
        (tool(command[0]), *command[1:]),
        cwd=cwd,
        env=reader.surround({**_surroundings(), **(env or {})}),
        into=into,
        redactor=redactor({}),
        time_limit=LIMIT,
    )


def tool(name: str) -> str:
    """A tool of the environment that runs these tests: one that is missing there fails its tests."""
    if name == "python":
        return sys.executable
    found = shutil.which(name, path=str(TOOLS)) or shutil.which(name)
    assert found, f"{name} is not installed beside {sys.executable}"
    return found


def _surroundings() -> dict[str, str]:
    """The caller's variables without those that steer a tool."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "PYTHONUTF8": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
