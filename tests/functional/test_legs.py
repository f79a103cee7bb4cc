"""`invoke ci.legs`: what another Python says counts, and a Python that is not here says nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from functional.project import PYPROJECT, Project, checks, gate
from gateproof.config import load_settings
from gateproof.errors import InterruptedRunError, NothingRanError, RefusedError, UsageError
from gateproof.record.ledger import records
from gateproof.record.recorder import leg_of
from gateproof.release import legs
from gateproof.release.legs import LegRuns, run_legs

SYSTEM = leg_of().partition("-")[2]
OTHER = "3.12" if sys.version_info[:2] != (3, 12) else "3.13"
CI = f'[tool.gateproof.ci]\npython = "{leg_of()[2:].partition("-")[0]}"\npythons = ["{OTHER}", "3.99"]\n'
CI += f'systems = ["{SYSTEM}"]\neverywhere = ["count"]\n'
BOOTSTRAP = "import os, sys\nos.execvp(sys.executable, [sys.executable, '-m', *sys.argv[1:]])\n"
CALLS_ITSELF = """
from gateproof import nox as _ours
_ours._python_of = lambda session: "OTHER.1"
""".replace("OTHER", OTHER)


def shop(where: Path, *, program: str = checks(), files: dict[str, str] | None = None) -> Project:
    """A project whose other Python is this one, by another name."""
    text = {"pyproject.toml": PYPROJECT + CI, "scripts/bootstrap.py": BOOTSTRAP, "count.py": program}
    return Project.make(
        where, CALLS_ITSELF + gate("count", "count.py") + gate("totals"), text | (files or {})
    )


@pytest.fixture(autouse=True)
def this_python_is_the_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    this = SimpleNamespace(system_executable=sys.executable)
    monkeypatch.setattr(legs, "get_interpreter", lambda version: this if version == OTHER else None)


def run(project: Project) -> LegRuns:
    return run_legs(project.root, load_settings(project.root), lambda _: None)


def test_the_other_pythons_records_are_merged_and_a_missing_one_is_skipped_never_green(
    tmp_path: Path,
) -> None:
    project = shop(tmp_path / "shop")

    ran = run(project)

    assert [(str(one.cell.job), one.outcome) for one in ran.runs] == [
        (f"count on py{OTHER}-{SYSTEM}", "PASSED"),
        (f"count on py3.99-{SYSTEM}", "SKIPPED"),
    ]
    assert ran.exit_code == 4
    assert "install it" in ran.lines()[1]
    assert [record.attempt.leg for record in records(project.root)] == [f"py{OTHER}-{SYSTEM}"]
    assert project.git("status", "--porcelain") == ""


def test_where_every_python_is_here_and_says_yes_it_is_a_yes(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop", files={"pyproject.toml": PYPROJECT + CI.replace(', "3.99"', "")})

    assert run(project).exit_code == 0


def test_a_red_leg_is_a_no(tmp_path: Path) -> None:
    ran = run(shop(tmp_path / "shop", program=checks(issues=2)))

    assert (ran.runs[0].outcome, ran.exit_code) == ("FAILED", 1)
    assert "2 issues" in ran.lines()[0]


def test_a_python_that_cannot_begin_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop", files={"scripts/bootstrap.py": "import sys\nsys.exit('no network')\n"})

    ran = run(project)

    assert (ran.runs[0].outcome, ran.exit_code) == ("ERRORED", 1)
    assert "no network" in ran.lines()[0]
    assert records(project.root) == ()


def test_what_lies_beside_the_commit_is_refused(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    project.write("more.py", "x = 1\n")

    with pytest.raises(RefusedError, match=r"more\.py"):
        run(project)


def test_without_a_bootstrap_script_no_python_gets_the_suite(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    shutil.rmtree(project.root / "scripts")
    project.commit("Take it away")

    with pytest.raises(UsageError, match=r"bootstrap\.py"):
        run(project)


def test_no_other_python_is_not_a_yes(tmp_path: Path) -> None:
    with pytest.raises(NothingRanError, match="plans no other Python"):
        run(shop(tmp_path / "shop", files={"pyproject.toml": PYPROJECT}))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupted_leg_merges_nothing(tmp_path: Path) -> None:
    stop = "import os, signal\nos.kill(os.getppid(), signal.SIGINT)\nimport time\ntime.sleep(20)\n"
    project = shop(tmp_path / "shop", files={"scripts/bootstrap.py": stop})

    with pytest.raises(InterruptedRunError):
        run(project)
    assert records(project.root) == ()
