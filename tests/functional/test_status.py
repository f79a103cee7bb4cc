"""`invoke status` on real repositories, without asking nox, in under half a second."""

from __future__ import annotations

import time
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


def test_it_takes_less_than_half_a_second(project: Project) -> None:
    for _ in range(3):
        cli.main(RUN)

    def seconds() -> float:
        begun = time.process_time()
        project_status = project.run("invoke", "status")
        assert "Next:" in project_status.stdout, project_status.stdout
        return time.process_time() - begun

    project.write("tasks.py", "from gateproof.tasks import namespace\n__all__ = ['namespace']\n")
    project.commit()
    import psutil

    def of_children() -> float:
        times = psutil.Process().cpu_times()
        return times.children_user + times.children_system

    took = []
    for _ in range(3):
        before = of_children()
        seconds()
        took.append(of_children() - before)
    # CPU time: how long it takes on a machine that does nothing else.
    assert min(took) < 0.5, took
