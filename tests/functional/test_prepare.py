"""`invoke prepare` on real repositories: one ordinary commit, or everything as it was."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import gateproof
from functional.project import PYPROJECT, Project, gate
from gateproof.config import load_settings
from gateproof.errors import GateproofError, RefusedError, UnknownError, UsageError
from gateproof.judge.milestones import needed
from gateproof.pack.assessing import load_checklist
from gateproof.release.bumping import current_version
from gateproof.release.changelog import CHANGELOG, parse
from gateproof.release.committing import commit_plan
from gateproof.release.preparing import Plan, plan_commit
from gateproof.release.versions import Asked

TODAY, NOW = date(2026, 11, 24), datetime(2026, 11, 24, 12, tzinfo=UTC)
PLANNED = """
[[tool.gateproof.milestones]]
name = "m2"
version = "0.2.0"
tag = "v0.2-m2-ops"
items = ["S1"]

[[tool.gateproof.milestones]]
name = "m3"
version = "0.3.0"
tag = "v0.3-m3-revenue"
items = ["S1"]
"""
BUMPED = """
[tool.bumpversion]
current_version = "0.1.0"

[[tool.bumpversion.files]]
filename = "shop.py"
"""
FILES = {
    "pyproject.toml": PYPROJECT + PLANNED + BUMPED,
    "tasks.py": "import sys\nsys.dont_write_bytecode = True\nfrom gateproof.tasks import namespace\n",
    "shop.py": '__version__ = "0.1.0"\n',
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- A cart.\n",
}
MILESTONE = Asked(milestone="m2")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Project.make(tmp_path_factory.mktemp("p") / "shop", gate("totals"), FILES).root


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Project:
    shutil.copytree(template, tmp_path / "shop")
    return Project(root=tmp_path / "shop")


@pytest.fixture(scope="module")
def planned(template: Path) -> Plan:
    return plan(Project(root=template))


def commit(planned: Plan, project: Project) -> str:
    """Commit what was planned in the template, of which the project is a copy."""
    return commit_plan(replace(planned, root=project.root))


def plan(project: Project, asked: Asked = MILESTONE, *, keep_claims: bool = False) -> Plan:
    root = project.root
    return plan_commit(root, load_settings(root), asked, today=TODAY, now=NOW, keep_claims=keep_claims)


def state(project: Project) -> tuple[str, str, dict[str, bytes]]:
    """Refs, index and work tree; what a refusal must leave as it was."""
    files = {
        path.relative_to(project.root).as_posix(): path.read_bytes()
        for path in project.root.rglob("*")
        if path.is_file() and not {".git", ".gateproof"} & set(path.relative_to(project.root).parts)
    }
    return (
        project.git("for-each-ref"),
        project.git("status", "--porcelain", "--ignored") + project.git("ls-files", "-s"),
        files,
    )


def changed(project: Project, name: str, text: str) -> Project:
    project.write(name, text)
    project.commit("Change it")
    return project


def test_it_is_one_commit_with_everything_that_follows_from_the_version(
    project: Project, planned: Plan
) -> None:
    before = project.git("rev-parse", "HEAD")

    made = commit(planned, project)

    assert project.git("log", "-1", "--format=%P %an %s") == f"{before} Ada Prepare shop 0.2.0 (milestone m2)"
    assert project.git("rev-parse", "main") == made
    assert project.git("status", "--porcelain") == ""
    assert project.git("show", "HEAD:shop.py") == '__version__ = "0.2.0"'
    assert 'current_version = "0.2.0"' in project.git("show", "HEAD:pyproject.toml")
    assert "## [Unreleased]\n\n## [0.2.0] - 2026-11-24\n\n- A cart." in project.git(
        "show", "HEAD:CHANGELOG.md"
    )
    assert planned.paths == ("CHANGELOG.md", "pyproject.toml", "shop.py")


def test_what_it_shows_is_the_diff_that_it_commits(project: Project, planned: Plan) -> None:
    shown = "\n".join(planned.lines())
    commit(planned, project)

    assert '+__version__ = "0.2.0"' in shown
    assert "from 0.1.0, on main, 3 files" in shown
    made = project.git("show", "--format=", "--full-index", "--binary", "HEAD")
    assert planned.patch.decode().strip() == made


def test_the_next_milestone_waits_for_the_tag_of_the_one_before(project: Project, planned: Plan) -> None:
    commit(planned, project)
    changed(project, "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- A till.\n")

    with pytest.raises(RefusedError, match=r"no tag v0\.2-m2-ops"):
        plan(project, Asked(milestone="m3"))
    with pytest.raises(RefusedError, match="prepared already"):
        plan(project)
    with pytest.raises(RefusedError, match="nothing to patch"):
        plan(project, Asked(patch=True))
    project.git("tag", "v0.2-m2-ops")

    assert plan(project, Asked(milestone="m3")).following.version == "0.3.0"
    assert plan(project, Asked(patch=True)).following.tag == "v0.2.1"


def test_a_tree_that_is_not_clean_is_refused(project: Project) -> None:
    project.write("note.txt", "later")
    with pytest.raises(RefusedError, match=r"differs from its commit: note\.txt"):
        plan(project)
    (project.root / "note.txt").unlink()
    project.git("update-index", "--assume-unchanged", "good.py")
    with pytest.raises(RefusedError, match=r"differs from its commit: good\.py"):
        plan(project)


def test_a_detached_head_is_refused(project: Project) -> None:
    project.git("checkout", "--quiet", "--detach")

    with pytest.raises(RefusedError, match="HEAD is detached"):
        plan(project)


def test_a_merge_that_is_under_way_is_refused(project: Project) -> None:
    project.git("checkout", "--quiet", "-b", "other")
    changed(project, "more.txt", "more")
    project.git("checkout", "--quiet", "main")
    project.git("merge", "--quiet", "--no-commit", "--no-ff", "--strategy=ours", "other")

    with pytest.raises(RefusedError, match="A merge is under way"):
        plan(project)


def test_a_shallow_clone_cannot_tell_which_milestone_is_open(project: Project, tmp_path: Path) -> None:
    changed(project, "more.txt", "more")
    project.git("clone", "--quiet", "--depth=1", project.root.as_uri(), str(tmp_path / "shallow"))
    shallow = Project(root=tmp_path / "shallow")

    with pytest.raises(UnknownError, match=r"which milestone is open\. This clone is shallow") as caught:
        plan(shallow)

    assert caught.value.exit_code == 4
    assert plan(shallow, Asked(version="0.1.1")).following.version == "0.1.1"


def test_a_clone_without_the_tags_of_its_remote_cannot_tell_either(project: Project, tmp_path: Path) -> None:
    project.git("tag", "v0.2-m2-ops")
    project.git("clone", "--quiet", "--no-tags", str(project.root), str(tmp_path / "clone"))
    tagless = Project(root=tmp_path / "clone")

    with pytest.raises(UnknownError, match=r"has the tag v0\.2-m2-ops, which this clone lacks"):
        plan(tagless)
    tagless.git("fetch", "--quiet", "--tags")
    with pytest.raises(RefusedError, match="m2 is released"):
        plan(tagless)


def test_a_remote_that_does_not_answer_leaves_it_unknown(project: Project, tmp_path: Path) -> None:
    project.git("remote", "add", "origin", str(tmp_path / "nowhere"))

    with pytest.raises(UnknownError, match="origin could not be asked"):
        plan(project)


@pytest.mark.parametrize(
    ("name", "text", "error", "why"),
    [
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n### Added\n", RefusedError, "says nothing"),
        ("CHANGELOG.md", "# Changelog\n", RefusedError, "no section"),
        ("shop.py", '__version__ = "0.0.9"\n', UsageError, "Did not find '0.1.0' in file: 'shop.py'"),
        ("pyproject.toml", PYPROJECT + PLANNED, UsageError, "tells no version; give it .tool.bumpversion."),
        (
            "pyproject.toml",
            FILES["pyproject.toml"] + 'search = "nowhere {current_version}"\nignore_missing_version = true\n',
            RefusedError,
            "left shop.py as it was",
        ),
        (
            "pyproject.toml",
            PYPROJECT + PLANNED + '[tool.bumpversion]\ncurrent_version = "1.5.0"\n',
            RefusedError,
            "not greater than 1.5.0",
        ),
    ],
)
def test_what_cannot_be_prepared_is_refused_and_changes_nothing(
    project: Project, name: str, text: str, error: type[GateproofError], why: str
) -> None:
    changed(project, name, text)
    before = state(project)

    with pytest.raises(error, match=why):
        plan(project)

    assert state(project) == before


def test_no_changelog_is_refused(project: Project) -> None:
    project.git("rm", "--quiet", "CHANGELOG.md")
    project.commit()

    with pytest.raises(RefusedError, match=r"There is no CHANGELOG\.md"):
        plan(project)


def hook(project: Project, name: str, text: str) -> None:
    path = project.root / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8", newline="\n")
    path.chmod(0o755)


def test_a_hook_that_refuses_leaves_everything_as_it_was(project: Project, planned: Plan) -> None:
    hook(project, "pre-commit", "echo changed >> shop.py; echo 'not today' >&2; exit 1")
    before = state(project)

    with pytest.raises(UnknownError, match=r"Nothing was committed.*not today"):
        commit(planned, project)

    assert state(project) == before


def test_a_new_file_goes_away_again_when_the_commit_is_refused(project: Project) -> None:
    settings = FILES["pyproject.toml"].replace(
        'current_version = "0.1.0"', 'current_version = "0.1.0"\npre_commit_hooks = ["touch made.txt"]'
    )
    changed(project, "pyproject.toml", settings)
    planned = plan(project)
    assert "made.txt" in planned.paths
    hook(project, "pre-commit", "exit 1")
    before = state(project)

    with pytest.raises(UnknownError, match="Nothing was committed"):
        commit_plan(planned)

    assert state(project) == before


def test_a_hook_that_changes_the_commit_is_told(project: Project, planned: Plan) -> None:
    hook(project, "pre-commit", "echo changed >> shop.py; git add shop.py")

    with pytest.raises(UnknownError, match="not what was shown: a hook changed it"):
        commit(planned, project)


def test_what_changed_while_a_person_read_the_diff_is_not_overwritten(
    project: Project, planned: Plan
) -> None:
    project.write("shop.py", "mine\n")

    with pytest.raises(UnknownError, match="the work tree changed"):
        commit(planned, project)

    assert (project.root / "shop.py").read_text() == "mine\n"


def test_ctrl_c_during_the_commit_leaves_everything_as_it_was(project: Project) -> None:
    hook(project, "pre-commit", "kill -INT $(ps -o ppid= -p $PPID); sleep 0.2; exit 1")
    before = state(project)

    ended = project.run("invoke", "prepare", "--milestone", "m2", "--yes")

    assert ended.returncode == 130, ended.stdout
    assert "SIGINT stopped it; nothing was changed" in ended.stdout
    assert state(project) == before


def test_without_a_person_or_yes_it_shows_the_diff_and_changes_nothing(project: Project) -> None:
    before = state(project)

    for arguments, code in ((("--dry-run",), 0), ((), 2)):
        ended = project.run("invoke", "prepare", "--milestone", "m2", *arguments)
        assert ended.returncode == code, ended.stdout
        assert "+## [0.2.0] - " in ended.stdout
    assert project.run("invoke", "--dry", "prepare", "--version", "0.1.1").returncode == 0

    assert state(project) == before
    assert project.run("invoke", "prepare", "--patch", "--yes").returncode == 0
    assert project.git("show", "HEAD:shop.py") == '__version__ = "0.1.1"'


def test_line_ends_of_the_checkout_do_not_matter(project: Project, planned: Plan) -> None:
    project.git("config", "core.autocrlf", "true")
    project.git("rm", "--quiet", "--cached", "-r", ".")
    project.git("reset", "--quiet", "--hard")
    assert b"\r\n" in (project.root / "shop.py").read_bytes()

    commit(planned, project)

    assert project.git("status", "--porcelain") == ""
    assert (
        b"\r"
        not in subprocess.run(
            ["git", "show", "HEAD:shop.py"], cwd=project.root, capture_output=True, check=True
        ).stdout
    )


CLAIMING = {
    "docs/07_sales_ready.md": (
        "## S1\n- [ ] S1.1 totals `ran: good.py run_checks --fail-on-issues`\n- [ ] S1.2 shipped `file: ship.py`\n"
    ),
    "STATUS.md": (
        "# Status\n\n- S1.1: Not Done\n- S1.2: Done\n\n"
        "<!-- claim: totals.looked_at -->7<!-- /claim --> rows were looked at.\n"
    ),
}


def test_claims_are_corrected_by_the_evidence_about_this_source_or_left(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("totals") + gate("others"), FILES | CLAIMING)
    before = state(project)
    with pytest.raises(RefusedError, match="No gate ran on this source"):
        plan(project)
    assert state(project) == before
    assert plan(project, keep_claims=True).paths == ("CHANGELOG.md", "pyproject.toml", "shop.py")

    assert project.nox("-s", "totals").returncode == 0
    planned = plan(project)
    commit_plan(planned)

    assert "Claims were corrected in STATUS.md." in planned.notes
    assert "Judged without a passed run of others." in planned.notes
    said = project.git("show", "HEAD:STATUS.md")
    assert "- S1.1: Done\n- S1.2: Not Done\n" in said
    assert "-->3<!-- /claim --> rows" in said


def test_this_repository_can_be_prepared() -> None:
    root = Path(__file__).parents[2]
    settings = load_settings(root)
    checklist = load_checklist(root / settings.checklist)

    assert current_version(root) == gateproof.__version__
    assert [one.name for one in settings.milestones] == ["m2", "m3", "m4"]
    assert all(needed(milestone, checklist) for milestone in settings.milestones)
    assert parse((root / CHANGELOG).read_text(encoding="utf-8")).sections[0].is_unreleased
