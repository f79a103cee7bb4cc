"""Somebody else's Django project, from `gateproof init` to its first rehearsal, with the hand edits counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acceptance.strangers import STRANGERS, Stranger
from functional.project import Project

pytestmark = pytest.mark.acceptance

MOST_EDITS = 3


def outcomes(project: Project) -> dict[str, str]:
    return {record.attempt.gate: record.attempt.outcome.value for record in project.records()}


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_it_comes_to_its_first_rehearsal(stranger: Stranger, tmp_path: Path) -> None:
    assert len(stranger.edits) <= MOST_EDITS
    project = stranger.make(tmp_path / "shop")

    said = project.run("gateproof", "init", "--yes")
    assert said.returncode == 0, said.stdout
    assert [words for words in stranger.finds if words not in said.stdout] == [], said.stdout
    project.commit("Adopt")
    done = project.run("invoke", "release", "--rehearse")

    found = outcomes(project)
    assert {name: found.get(name) for name in stranger.at_first} == stranger.at_first, done.stdout
    if stranger.edits:
        assert done.returncode != 0, done.stdout
        for _, edit in stranger.edits:
            edit(project)
        project.commit("By hand")
        done = project.run("invoke", "release", "--rehearse")
    assert done.returncode == 0, done.stdout
    assert (project.root / "dist" / "rehearsal" / "REHEARSAL-shop.zip").is_file()
    assert project.git("status", "--porcelain") == ""


def test_the_first_run_says_whose_fault_it_is_and_accepting_makes_it_waived_never_green(
    tmp_path: Path,
) -> None:
    project = STRANGERS[0].make(tmp_path / "shop")
    project.run("gateproof", "init", "--yes")
    project.commit("Adopt")

    first = project.nox("-s", "deploy-check", "test")

    assert first.returncode == 1
    assert "fault: project; next: write a first test, then `nox -s test`" in first.stdout
    record = next(one for one in project.records() if one.attempt.gate == "deploy-check")
    found = sorted(
        set(re.findall(r"security\.W\d+", (record.folder / "output.log").read_text(encoding="utf-8")))
    )
    assert len(found) > 3
    pyproject = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    form = '\n[[tool.gateproof.accepted]]\ngate = "deploy-check"\nfinding = "{}"\n'
    form += 'reason = "At first."\nuntil = "UNTIL"\n'
    entries = [form.format(code) for code in found]
    project.write("pyproject.toml", pyproject + "".join(entries).replace("UNTIL", "9999-12-31"))
    project.commit("Accept for a while")
    waived = project.nox("-s", "deploy-check")
    assert waived.returncode == 0, waived.stdout
    assert "WAIVED" in waived.stdout
    assert "0 of 1 gates passed, 1 waived." in waived.stdout

    project.write("pyproject.toml", pyproject + "".join(entries).replace("UNTIL", "2026-01-01"))
    project.commit("Too late")
    assert project.nox("-s", "deploy-check").returncode == 1
    late = project.run("invoke", "release", "--rehearse")
    assert late.returncode == 1
    assert "the while is over" in late.stdout
