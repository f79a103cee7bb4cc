"""The matrix: every gate once on the main leg, some everywhere, and no more than GitHub starts."""

from __future__ import annotations

import pytest

from gateproof.config import Ci
from gateproof.errors import UsageError
from gateproof.judge.ci.planned import Declared, cells

LINT, UNIT = Declared(gate="lint", session="lint"), Declared(gate="unit", session="unit")
PINNED = Declared(gate="old", session="old-3.12", python="3.12")
WIDE = Ci(pythons=("3.12", "3.13"), systems=("linux", "windows"), everywhere=("unit",))


def test_without_rules_each_gate_is_one_job_on_linux() -> None:
    assert [str(cell.job) for cell in cells([LINT, UNIT], Ci())] == [
        "lint on py3.11-linux",
        "unit on py3.11-linux",
    ]


def test_a_gate_of_everywhere_runs_on_each_python_and_system() -> None:
    found = cells([LINT, UNIT], WIDE)

    assert [cell.leg for cell in found if cell.gate == "lint"] == ["py3.11-linux"]
    assert [(cell.leg, cell.runner) for cell in found if cell.gate == "unit"] == [
        ("py3.11-linux", "ubuntu-24.04"),
        ("py3.12-linux", "ubuntu-24.04"),
        ("py3.13-linux", "ubuntu-24.04"),
        ("py3.11-windows", "windows-2025"),
        ("py3.12-windows", "windows-2025"),
        ("py3.13-windows", "windows-2025"),
    ]


def test_a_python_that_the_noxfile_gives_is_kept() -> None:
    (cell,) = cells([PINNED], Ci())

    assert cell.as_mapping() == {
        "session": "old-3.12",
        "python": "3.12",
        "runner": "ubuntu-24.04",
        "leg": "py3.12-linux",
    }


def test_a_gate_that_is_not_there_cannot_run_everywhere() -> None:
    with pytest.raises(UsageError, match="'unti', which is no gate"):
        cells([LINT], Ci(everywhere=("unti",)))


def test_more_jobs_than_github_starts_are_refused() -> None:
    many = [Declared(gate=f"g{number}", session=f"g{number}") for number in range(257)]

    assert len(cells(many[:256], Ci())) == 256
    with pytest.raises(UsageError, match="257 jobs"):
        cells(many, Ci())


def test_two_sessions_of_one_leg_are_refused() -> None:
    with pytest.raises(UsageError, match=r"old on py3\.12-linux twice"):
        cells([PINNED, Declared(gate="old", session="old-again", python="python3.12")], Ci())
