"""Runs a real tool the way that the suite does, for tests of what readers make of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateproof.model import Capture, Ended, Ending
from gateproof.record.readers import Reader

LIMIT = 60


def run(
    reader: Reader, argv: Sequence[str], *, cwd: Path, into: Path, env: Mapping[str, str] | None = None
) -> Ended:
    """The command as the reader wants it run, ended, with its output beside its files."""
    files = into / "files"
    files.mkdir(parents=True)
    command = reader.command(tuple(argv), files)
    started = datetime.now(UTC)
    with (into / "stdout").open("wb") as out, (into / "stderr").open("wb") as err:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=_environment(reader, env or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            timeout=LIMIT,
            check=False,
        )
    stdout, stderr = capture(into / "stdout"), capture(into / "stderr")
    return Ended(
        argv=command,
        cwd=cwd,
        ending=Ending.SIGNALLED if done.returncode < 0 else Ending.EXITED,
        exit_code=None if done.returncode < 0 else done.returncode,
        signal=str(-done.returncode) if done.returncode < 0 else None,
        started=started,
        finished=datetime.now(UTC),
        stdout=stdout,
        stderr=stderr,
        log=stdout,
        files=files,
    )


def capture(path: Path) -> Capture:
    """A file that a stream was written to."""
    data = path.read_bytes()
    return Capture(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _environment(reader: Reader, extra: Mapping[str, str]) -> dict[str, str]:
    """The caller's own variables, the case's, and the reader's, which have the last word."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "RUFF_"))}
    asked = (
        kept | dict(extra) | {name: value for name, value in reader.environment.items() if value is not None}
    )
    return {name: value for name, value in asked.items() if reader.environment.get(name, value) is not None}
