"""The legs of CI that this machine can run: the same gates on each other Python that is here, merged as CI merges.

A leg whose Python is not here is SKIPPED, which is never green; in CI it must run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_discovery import get_interpreter

from gateproof.config import Settings
from gateproof.errors import (
    NO,
    UNKNOWN,
    YES,
    InterruptedRunError,
    NothingRanError,
    RefusedError,
    UsageError,
)
from gateproof.evidence.attempts import Leg, State
from gateproof.evidence.plan import Plan
from gateproof.findings import printable
from gateproof.judge.ci.planned import Cell, cells
from gateproof.model import Ending, Outcome
from gateproof.pack.merging import merge
from gateproof.record.ledger import ledger_folder
from gateproof.record.process import run
from gateproof.record.recorder import leg_of
from gateproof.record.redact import redactor
from gateproof.record.source import Source, observe_source
from gateproof.release.gates import declared
from gateproof.release.proving import nox_environment
from gateproof.release.scratch import scratch_clone

BOOTSTRAP = Path("scripts", "bootstrap.py")


@dataclass(frozen=True, kw_only=True, slots=True)
class LegRun:
    """What became of one leg."""

    cell: Cell
    outcome: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LegRuns:
    """What became of every leg that was asked for."""

    runs: tuple[LegRun, ...]

    @property
    def exit_code(self) -> int:
        """0 when every leg passed, 1 when one did not, 4 when nothing is known of one."""
        outcomes = {leg.outcome for leg in self.runs}
        if outcomes == {Outcome.PASSED}:
            return YES
        return UNKNOWN if outcomes <= {Outcome.PASSED, Outcome.SKIPPED} else NO

    def lines(self) -> list[str]:
        """For a person."""
        return [f"{leg.outcome:8} {leg.cell.job}: {leg.sentence}" for leg in self.runs]


def run_legs(root: Path, settings: Settings, tell: Callable[[str], None]) -> LegRuns:
    """Run the gates of `everywhere` on every other Python of CI that is here, each in a scratch clone, and merge them.

    Raises RefusedError when something lies beside the commit, NothingRanError when CI plans no other Python on this
    system, UsageError without a bootstrap script, InterruptedRunError when a person stopped it, and UnknownError
    as the clone and the merge do.
    """
    source = observe_source(root)
    if source.beside:
        raise RefusedError(f"{source.beside[0]} is not as in the commit; commit it, then run the legs.")
    if not (root / BOOTSTRAP).is_file():
        raise UsageError(f"There is no {BOOTSTRAP.as_posix()}, by which another Python gets the suite.")
    here = leg_of()
    system = here.partition("-")[2]
    asked = [
        cell for cell in cells(declared(root), settings.ci) if cell.system == system and cell.leg != here
    ]
    pythons = [python for python in settings.ci.pythons if any(cell.python == python for cell in asked)]
    if not pythons:
        raise NothingRanError(
            f"[tool.gateproof.ci] plans no other Python on {system}; name some in pythons, and gates in everywhere."
        )
    told: list[LegRun] = []
    for python in pythons:
        some = [cell for cell in asked if cell.python == python]
        found = get_interpreter(python)
        if found is None:
            told += [_skipped(cell) for cell in some]
            continue
        tell(f"Python {python}: {', '.join(cell.gate for cell in some)}")
        told += _run(root, settings, source, str(found.system_executable), some)
    return LegRuns(runs=tuple(told))


def _skipped(cell: Cell) -> LegRun:
    why = f"Python {cell.python} is not on PATH here; install it, or let CI run it, where it is required"
    return LegRun(cell=cell, outcome=Outcome.SKIPPED, sentence=why)


def _run(
    root: Path, settings: Settings, source: Source, python: str, some: Sequence[Cell]
) -> tuple[LegRun, ...]:
    plan = Plan(commit=source.commit, source=source.subject, jobs=tuple(cell.job for cell in some))
    with scratch_clone(root, source.commit) as clone:
        command = (python, str(BOOTSTRAP), "nox", "--sessions", *(cell.session for cell in some))
        into = clone / ".gateproof" / "legs"
        ended = run(
            command,
            cwd=clone,
            env=nox_environment(clone, settings),
            into=into,
            redactor=redactor(os.environ, names=settings.redact.names, patterns=settings.redact.patterns),
        )
        if ended.ending is Ending.INTERRUPTED:
            raise InterruptedRunError("The legs were interrupted; what had ended by then is not merged.")
        try:
            merged = merge([ledger_folder(clone)], plan, ledger_folder(root))
        except RefusedError as error:
            said = f"{error} Its last word was: {_last_word(into)}"
            return tuple(LegRun(cell=cell, outcome=Outcome.ERRORED, sentence=said) for cell in some)
    by_leg = {(leg.gate, leg.leg): leg for leg in merged.legs}
    return tuple(_leg(cell, by_leg[cell.gate, cell.leg]) for cell in some)


def _last_word(into: Path) -> str:
    for name in ("stderr", "stdout"):
        text = (into / name).read_text(encoding="utf-8", errors="replace")
        word = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
        if word:
            return printable(word[:300])
    return "nothing"


def _leg(cell: Cell, leg: Leg) -> LegRun:
    outcome = leg.deciding.outcome if leg.deciding.counts else State.UNCOUNTED
    return LegRun(cell=cell, outcome=outcome, sentence=leg.deciding.reason)
