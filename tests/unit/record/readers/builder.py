"""Builds commands that have ended, from what they wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gateproof.model import Capture, Ended, Ending, Outcome, Reading
from gateproof.record.readers import Reader

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ended(
    folder: Path,
    *,
    argv: str = "tool",
    exit_code: int | None = 0,
    stdout: str = "",
    stderr: str = "",
    files: Mapping[str, str] | None = None,
    ending: Ending = Ending.EXITED,
    signal: str | None = None,
) -> Ended:
    """A command that has ended in `folder` and wrote this."""
    reports = folder / "files"
    reports.mkdir(parents=True, exist_ok=True)
    for name, content in (files or {}).items():
        (reports / name).write_text(content, encoding="utf-8", newline="\n")
    out, err = _capture(folder / "stdout", stdout), _capture(folder / "stderr", stderr)
    return Ended(
        argv=tuple(argv.split()),
        cwd=folder,
        ending=ending,
        exit_code=exit_code,
        signal=signal,
        started=NOON,
        finished=NOON,
        stdout=out,
        stderr=err,
        log=out,
        files=reports,
    )


def says(reader_reading: Reading, *, name: str = "tool", at_least: int = 1) -> Reader:
    """A reader that understands everything as this."""
    return Reader(name=name, read=lambda _: reader_reading, at_least=at_least)


def reading(
    outcome: Outcome = Outcome.PASSED, *, looked_at: int = 1, unit: str = "files", reason: str = ""
) -> Reading:
    """What some reader understood."""
    return Reading(outcome=outcome, reason=reason or f"it {outcome.lower()}", looked_at=looked_at, unit=unit)


def _capture(path: Path, content: str) -> Capture:
    data = content.encode()
    path.write_bytes(data)
    return Capture(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
