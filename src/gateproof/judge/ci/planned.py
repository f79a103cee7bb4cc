"""Which jobs CI starts: every gate on the main Python, and some of them on every Python and system.

Pure: from what a noxfile declares and what the settings say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateproof.config import Ci
from gateproof.errors import UsageError
from gateproof.evidence.plan import MOST_JOBS, Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """One session that is a gate, as nox lists it."""

    gate: str
    session: str
    """What `nox -s` takes: the gate's name, with the interpreter where the noxfile gives several."""
    python: str | None = None
    """The interpreter that the noxfile gives; None where it is the one that runs nox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One job of the matrix."""

    gate: str
    session: str
    python: str
    system: str
    runner: str

    @property
    def leg(self) -> str:
        """As records name it."""
        return f"py{self.python}-{self.system}"

    @property
    def job(self) -> Job:
        """As the plan names it."""
        return Job(gate=self.gate, leg=self.leg)

    def as_mapping(self) -> dict[str, str]:
        """As GitHub's matrix takes it."""
        return {"session": self.session, "python": self.python, "runner": self.runner, "leg": self.leg}


def cells(declared: Sequence[Declared], ci: Ci) -> tuple[Cell, ...]:
    """Every job, each once, in the noxfile's order.

    Raises UsageError for more jobs than GitHub starts, for two of them with one leg, and for a gate that the
    settings name and the noxfile does not declare: it would silently run nowhere else.
    """
    names = {one.gate for one in declared}
    if unknown := [name for name in ci.everywhere if name not in names]:
        raise UsageError(
            f"[tool.gateproof.ci] everywhere names {unknown[0]!r}, which is no gate of the noxfile."
            " Mend the name, or take it away."
        )
    found = tuple(dict.fromkeys(cell for one in declared for cell in _of(one, ci)))
    if len(found) > MOST_JOBS:
        raise UsageError(
            f"[tool.gateproof.ci] makes {len(found)} jobs, and GitHub starts no more than {MOST_JOBS};"
            " name fewer gates in everywhere, or fewer pythons."
        )
    jobs = [cell.job for cell in found]
    if twice := sorted({job for job in jobs if jobs.count(job) > 1}):
        raise UsageError(f"CI would run {twice[0]} twice, in two sessions; give one another Python.")
    return found


def _of(one: Declared, ci: Ci) -> Iterable[Cell]:
    if one.python is not None:
        return [_cell(one, one.python.removeprefix("python"), "linux", ci)]
    if one.gate not in ci.everywhere:
        return [_cell(one, ci.python, "linux", ci)]
    pythons = tuple(dict.fromkeys((ci.python, *ci.pythons)))
    return [_cell(one, python, system, ci) for system in ci.systems for python in pythons]


def _cell(one: Declared, python: str, system: str, ci: Ci) -> Cell:
    runner = str(getattr(ci.runners, system))
    return Cell(gate=one.gate, session=one.session, python=python, system=system, runner=runner)
