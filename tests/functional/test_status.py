"""`invoke status` on real repositories, without asking nox: bench/status.py says how long it takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from functional.project import Project, gate
from gateproof import cli
from gateproof.errors import UnknownError
from gateproof.judge.standing import State
from gateproof.release.standing import observe_status

RUN = [
    "run",
    "--name",
    "totals",
    "--reads",
    "run-checks",
    "--",
    "python",
    "good.py",
    "run_checks",
    "--fail-on-issues",
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project.make(tmp_path / "shop", gate("check") + gate("totals"))
    monkeypatch.chdir(made.root)
    return made


def states(project: Project) -> dict[str, State]:
    return {one.gate: one.state for one in observe_status(project.root).standing.gates}


def test_missing_then_proven_then_stale(project: Project) -> None:
    assert states(project) == {"check": State.MISSING, "totals": State.MISSING}
    cli.main(RUN)
    assert states(project) == {"check": State.MISSING, "totals": State.PROVEN}

    project.write("more.py", "")
    project.commit()

    assert states(project) == {"check": State.MISSING, "totals": State.STALE}


def test_without_a_noxfile_nothing_is_proven(project: Project) -> None:
    (project.root / "noxfile.py").unlink()

    assert observe_status(project.root).exit_code == 3


def test_a_noxfile_that_is_not_python_is_not_guessed_at(project: Project) -> None:
    project.write("noxfile.py", "def (")

    with pytest.raises(UnknownError, match="is not Python"):
        observe_status(project.root)


def test_the_bench_measures_a_status_that_was_told() -> None:
    bench = Path(__file__).parents[2] / "bench" / "status.py"

    done = subprocess.run(
        [sys.executable, str(bench), "--pairs", "1"], capture_output=True, check=False, encoding="utf-8"
    )

    assert "invoke status" in done.stdout, done.stderr
