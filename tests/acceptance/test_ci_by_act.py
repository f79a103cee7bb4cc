"""Our own workflows, run by act on this machine from a fresh clone of a small repository that uses them.

What this shows: the plan, the dynamic matrix, a job a leg on two Pythons, the shards, the merge, the refusal; and
that five lines are enough for another repository, because the small one is one.
What it does not show: GitHub's runners (also Windows and macOS), the real actions and artifact service, permissions,
fork pull requests, environments with reviewers, attestations. setup-python and the artifact actions are stand-ins.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.acting import ACTION, BOOTSTRAP, REUSABLE, ROOT, TASKS, Acted, Stage
from acceptance.strangers import STRANGERS
from functional.project import HEAD, IGNORED, SRC, TAIL, Project, checks
from functional.project import gate as gate_text

pytestmark = pytest.mark.acceptance

OWN = """on: [workflow_dispatch]
permissions: {{contents: read}}
jobs:
  totals:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {{persist-credentials: false}}
      - uses: ./.github/actions/gate
        with: {{session: totals, leg: py{main}-linux, python: "{main}"}}
"""
FIVE_LINES = """on: [push, pull_request]
permissions: {contents: read, actions: read}
jobs:
  gates:
    uses: ./.github/workflows/reusable.yml
"""
LOCK = f"django==5.2.1 \\\n    --hash=sha256:{'0' * 64}\n"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage.make(tmp_path_factory.mktemp("ci"))


@pytest.fixture(scope="module")
def small(stage: Stage) -> Project:
    """A repository of somebody else's: two cheap gates, our workflow, five lines."""
    main, other = stage.versions
    settings = f'[tool.gateproof]\nproduct = "shop"\n[tool.gateproof.ci]\npython = "{main}"\n'
    settings += f'pythons = ["{other}"]\neverywhere = ["counts"]\n'
    files = {
        "pyproject.toml": settings,
        ".gitignore": IGNORED,
        ".github/workflows/ci.yml": FIVE_LINES.rstrip() + f'\n    with: {{python: "{main}"}}\n',
        ".github/workflows/own.yml": OWN.format(main=main),
        ACTION: (ROOT / ACTION).read_text(encoding="utf-8"),
        REUSABLE: (ROOT / REUSABLE).read_text(encoding="utf-8"),
        "scripts/bootstrap.py": BOOTSTRAP,
        "tasks.py": TASKS,
        "noxfile.py": HEAD.format(src=str(SRC))
        + gate_text("counts")
        + gate_text("totals", "totals.py")
        + TAIL,
        "totals.py": checks(),
        "requirements/store.txt": LOCK,
    }
    return Project.make(stage.folder / "small", "", files)


@pytest.fixture(scope="module")
def green(stage: Stage, small: Project) -> Acted:
    return stage.act(small, "green")


@pytest.fixture(scope="module")
def pulled(stage: Stage, small: Project, green: Acted) -> Acted:
    """A pull request onto what was green: one gate breaks, one looks at less, and a pin moves."""
    project, base = small.copy(stage.folder / "pulled"), small.git("rev-parse", "HEAD")
    project.write("totals.py", checks(issues=2))
    project.write("good.py", checks(looked_at=2))
    project.write("requirements/store.txt", LOCK.replace("5.2.1", "5.2.2"))
    project.commit("Break the totals, and look at less")
    uploaded = ("--env", f"UPLOADED={green.store}")
    return stage.act(project, "pulled", *pull_request_onto(base, stage.folder), *uploaded)


def pull_request_onto(base: str, folder: Path) -> tuple[str, ...]:
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}}}), encoding="utf-8")
    return ("pull_request", "--eventpath", str(event))


@pytest.fixture(scope="module")
def red(stage: Stage, small: Project) -> Acted:
    project = small.copy(stage.folder / "broken")
    project.write("totals.py", checks(issues=2))
    project.commit("Break the totals")
    return stage.act(project, "red")


def shards(stage: Stage) -> list[str]:
    main, other = stage.versions
    legs = [("counts", main), ("counts", other), ("totals", main)]
    return [f"ledger-{gate}-py{python}-linux-1" for gate, python in legs]


def test_green_gates_on_two_pythons_are_merged_and_sealed(stage: Stage, green: Acted) -> None:
    assert green.code == 0, green.said
    assert green.uploaded == sorted([*shards(stage), "merged-ledger", "plan"])
    assert "Merged 3 records of 3 shards, 3 of them new." in green.said
    assert "3 of 3 planned legs passed." in green.said
    assert "All 3 gates are proven" in green.said
    assert green.has_ended("Merge", "Say on this page what the gates saw") == "Success"
    assert len(list((green.store / "merged-ledger").rglob("statements.jsonl"))) == 3


def test_a_workflow_of_ones_own_runs_a_gate_by_the_composite_action(
    stage: Stage, small: Project, green: Acted
) -> None:
    done = stage.act(small, "own", "workflow_dispatch", "-W", ".github/workflows/own.yml")

    name = f"ledger-totals-py{stage.versions[0]}-linux-1"
    assert done.code == 0, done.said
    assert done.uploaded == [name]
    assert len(list((done.store / name).rglob("statements.jsonl"))) == 1


def test_a_project_that_was_adopted_runs_what_init_wrote(stage: Stage, tmp_path: Path) -> None:
    stranger = next(one for one in STRANGERS if one.name == "variables and a data folder")
    project = stranger.make(tmp_path / "shop")
    assert project.run("gateproof", "init", "--yes").returncode == 0
    project.commit("Adopt")

    done = stage.act(project, "adopted")

    gates = ("check", "deploy-check", "test")
    assert done.code == 0, done.said
    assert done.uploaded == sorted(
        [*(f"ledger-{gate}-py3.11-linux-1" for gate in gates), "merged-ledger", "plan"]
    )
    assert "3 of 3 planned legs passed." in done.said
    assert "All 3 gates are proven" in done.said


def test_a_broken_gate_fails_alone_all_upload_and_the_seal_says_why(stage: Stage, red: Acted) -> None:
    main, other = stage.versions

    assert red.code == 1
    assert red.has_ended(f"totals on py{main}", "nox") == "Failure"
    assert (
        red.has_ended(f"counts on py{main}", "nox")
        == red.has_ended(f"counts on py{other}", "nox")
        == "Success"
    )
    assert set(shards(stage)) < set(red.uploaded)
    assert red.has_ended("Merge", "gateproof merge") == "Failure"
    assert f"The gate totals on py{main}-linux is FAILED: 2 issues" in red.job("Merge")
    assert "merged-ledger" not in red.uploaded


def page(acted: Acted) -> str:
    """The page of the last job, as act prints it."""
    return acted.said.rpartition("## Gates")[2]


def test_a_pull_request_is_told_what_changes_against_its_base(stage: Stage, pulled: Acted) -> None:
    main, _ = stage.versions

    assert pulled.code == 1
    assert f"| `totals` | py{main}-linux | FAILED |" in page(pulled)
    assert "| `totals` | changed | PASSED, 3 rows | FAILED, 3 rows |" in page(pulled)
    assert f"| `counts py{main}-linux` | changed | PASSED, 3 rows | PASSED, 2 rows |" in page(pulled)
    known = "(licence unknown; advisories not known)"
    assert f"| `django` | changed | 5.2.1 {known} | 5.2.2 {known} | requirements/store.txt |" in page(pulled)


def test_a_base_that_nobody_proved_is_said_to_be_unknown(stage: Stage, small: Project) -> None:
    base = small.git("rev-parse", "HEAD")

    done = stage.act(small, "unknown", *pull_request_onto(base, stage.folder))

    assert done.code == 0, done.said
    assert "No record of the base's gates is at hand, so they are not compared." in page(done)
    assert "No dependency changed." in page(done)
