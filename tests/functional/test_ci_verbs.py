"""The verbs of CI on a real repository: the plan, the documents, the trusted run, the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functional.project import PYPROJECT, SRC, Project, gate
from gateproof.errors import RefusedError
from gateproof.pack.merging import load_plan
from gateproof.release.jobs import write_plan_of
from gateproof.release.summing import summary

TASKS = f"import sys\nsys.path.insert(0, {str(SRC)!r})\nfrom gateproof.tasks import namespace\n"
CI = '[tool.gateproof.ci]\npythons = ["3.12"]\neverywhere = ["count"]\ndocuments = ["README.md"]\n'
README = "# Shop\n<!-- gates:begin -->\n<!-- gates:end -->\n"


def shop(where: Path) -> Project:
    files = {"tasks.py": TASKS, "README.md": README, "pyproject.toml": PYPROJECT + CI}
    return Project.make(where, gate("count") + gate("totals"), files)


def test_the_plan_names_each_leg_of_exactly_this_source(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")

    assert project.run("invoke", "ci.plan").returncode == 0

    plan = load_plan(project.root / ".gateproof" / "plan.json")
    assert [str(job) for job in plan.jobs] == [
        "count on py3.11-linux",
        "count on py3.12-linux",
        "totals on py3.11-linux",
    ]
    assert plan.commit == project.git("rev-parse", "HEAD")
    assert plan.source.git_tree == project.git("rev-parse", "HEAD^{tree}")
    made = project.run("invoke", "ci.matrix").stdout.strip().removeprefix("matrix=")
    assert [cell["leg"] for cell in json.loads(made)["include"]] == [job.leg for job in plan.jobs]


def test_beside_uncommitted_files_nothing_is_planned(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    project.write("more.py", "x = 1\n")

    with pytest.raises(RefusedError, match=r"more\.py is not as in the commit"):
        write_plan_of(project.root, Path("plan.json"))
    assert not (project.root / "plan.json").exists()


def test_stale_documents_are_a_no_until_they_are_renewed(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")

    assert project.run("invoke", "ci.docs", "--check").returncode == 1
    assert (project.root / "README.md").read_text(encoding="utf-8") == README
    assert "README.md renewed" in project.run("invoke", "ci.docs").stdout
    assert project.run("invoke", "ci.docs", "--check").returncode == 0
    assert "| `count` | Says count. |" in (project.root / "README.md").read_text(encoding="utf-8")


def test_documents_that_nobody_names_are_not_all_as_they_should_be(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("count"), {"tasks.py": TASKS})

    assert project.run("invoke", "ci.docs", "--check").returncode == 3


def test_only_a_run_about_this_commit_is_trusted(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    answer = {
        "path": ".github/workflows/gates.yml",
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "head_sha": project.git("rev-parse", "HEAD"),
        "repository": {"full_name": "ada/shop"},
        "head_repository": {"full_name": "ada/shop"},
    }
    project.write(".gateproof/run.json", json.dumps(answer))
    ours = {"GITHUB_REPOSITORY": "ada/shop"}

    assert project.run("invoke", "ci.trust", env=ours).returncode == 0
    assert project.run("invoke", "ci.trust", env={"GITHUB_REPOSITORY": ""}).returncode == 1
    project.commit("Another commit")
    refused = project.run("invoke", "ci.trust", env=ours)
    assert refused.returncode == 1
    assert "Its head_sha is" in refused.stdout
    project.write(".gateproof/run.json", "<html>")
    assert project.run("invoke", "ci.trust", env=ours).returncode == 4


def test_a_run_tells_its_gates_on_the_page_of_its_job(tmp_path: Path) -> None:
    project, page = shop(tmp_path / "shop"), tmp_path / "page.md"

    project.nox("-s", "count", env={"GITHUB_STEP_SUMMARY": str(page)})

    assert "| `count` | py" in page.read_text(encoding="utf-8")
    assert "| PASSED | 3 rows | 1 | " in page.read_text(encoding="utf-8")


def test_the_page_says_what_changed_since_the_base(tmp_path: Path) -> None:
    old, new = shop(tmp_path / "base"), shop(tmp_path / "shop")
    for project, pin in ((old, "5.2"), (new, "5.3")):
        project.write("requirements/web.txt", f"django=={pin}\n")
        project.commit("Pin")
        project.nox("-s", "count")
    new.write("good.py", (new.root / "good.py").read_text(encoding="utf-8").replace("3", "4"))
    new.commit("Look at more")
    new.nox("-s", "count")

    told = "\n".join(summary(new.root, old.root))

    assert "| `totals` | | NOT STARTED |" in told
    assert "| `count` | changed | PASSED, 3 rows | PASSED, 4 rows |" in told
    known = "(licence unknown; advisories not known)"
    assert f"| `django` | changed | 5.2 {known} | 5.3 {known} |" in told
    assert "Since the base" not in "\n".join(summary(new.root, None))
