"""Proving: run every gate of a scratch clone, and say where each one stands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import InterruptedRunError, UnknownError
from gateproof.judge.standing import Standing, stand
from gateproof.model import Ending
from gateproof.record.accepting import refuse_expired
from gateproof.record.ledger import Record, records
from gateproof.record.process import run
from gateproof.record.recorder import passed_on
from gateproof.record.redact import redactor
from gateproof.release.gates import declared_gates
from gateproof.release.progress import Progress

# What an installer may need from the person's environment; the gates themselves do not get these.
FOR_INSTALLING = ("PIP_", "UV_")
# What the noxfile hands to the one gate that asks for advisories; no other gate gets these.
FOR_ADVISORIES = "GATEPROOF_ADVISORIES"


def prove(
    clone: Path, settings: Settings, git_tree: str, progress: Progress, only: Sequence[str] = ()
) -> Standing:
    """Run `nox -s gates` in `clone`, or `only` some of them, telling each as it ends, and judge all records.

    Raises RefusedError where the day of an accepted finding is past, InterruptedRunError when a person stopped it,
    and UnknownError when nox did not run to its end.
    """
    refuse_expired(settings.accepted, datetime.now(UTC).date())
    names = declared_gates(clone)
    told = {record.folder for record in _ended(clone, git_tree)}

    def tell(_: bytes) -> None:
        for record in _ended(clone, git_tree):
            if record.folder not in told:
                told.add(record.folder)
                progress.note(_line(record))

    into = clone / ".gateproof" / "nox"
    ended = run(
        (sys.executable, "-m", "nox", "--sessions", *(only or ["gates"]), "--parallel", str(settings.jobs)),
        cwd=clone,
        env=nox_environment(clone, settings),
        into=into,
        redactor=redactor(os.environ, names=settings.redact.names, patterns=settings.redact.patterns),
        live=tell,
    )
    tell(b"")
    if ended.ending is Ending.INTERRUPTED:
        raise InterruptedRunError("The gates were interrupted; nothing was released.")
    standing = stand(names, records(clone), git_tree)
    # A red gate explains why nox ends in 1. Where every gate is proven, nothing does.
    if ended.ending is not Ending.EXITED or (ended.exit_code and standing.is_proven):
        how = f"{ended.ending} with {ended.exit_code if ended.signal is None else ended.signal}"
        raise UnknownError(f"nox {how}, which the records of its gates do not explain:\n{_tail(into)}")
    return standing


def _ended(clone: Path, git_tree: str) -> tuple[Record, ...]:
    return tuple(record for record in records(clone, git_tree=git_tree) if record.attempt.has_ended)


def _line(record: Record) -> str:
    attempt = record.attempt
    looked_at = f"{attempt.looked_at:,} {attempt.unit}" if attempt.looked_at else ""
    return f"{attempt.outcome:8} {attempt.gate:16} {looked_at:>16} {record.seconds:8.1f} s"


def nox_environment(clone: Path, settings: Settings) -> dict[str, str]:
    """What nox gets in a release: what a gate may see, and what an installer needs."""
    cache = str(clone / ".gateproof" / "bytecode")
    installing = {
        name: value
        for name, value in os.environ.items()
        if name.startswith((*FOR_INSTALLING, FOR_ADVISORIES))
    }
    return passed_on(os.environ, settings) | installing | {"NO_COLOR": "1", "PYTHONPYCACHEPREFIX": cache}


def _tail(into: Path) -> str:
    text = (into / "output.log").read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-15:])
