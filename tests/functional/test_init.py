"""`gateproof init` on real repositories: it shows, it asks, it writes all or nothing, git takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from functional.project import Project
from gateproof import cli
from gateproof.adopt import adopting
from gateproof.errors import RefusedError

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project.make(
        tmp_path / "shop", files={"manage.py": MANAGE, "shop/settings.py": "", ".env": "A=1\n"}
    )
    for name in ("noxfile.py", "pyproject.toml"):
        (made.root / name).unlink()
    made.write(".gitignore", "# ours\n*.log\n")
    made.commit()
    monkeypatch.chdir(made.root)
    return made


def test_a_dry_run_shows_everything_and_writes_nothing(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", "--dry-run"]) == 0

    said = capfd.readouterr().out
    assert "+++ b/noxfile.py" in said
    assert "+++ b/.gitignore" in said
    assert "Not sure:" in said
    assert ".env: " in said.partition("In the way of a first rehearsal:")[2]
    assert project.git("status", "--porcelain") == ""


def test_nobody_to_ask_is_no_yes(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init"]) == 2
    assert "add --yes" in capfd.readouterr().err
    assert project.git("status", "--porcelain") == ""


def test_git_alone_takes_it_back(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", "--yes", "--production", "shop.live"]) == 0

    said = capfd.readouterr().out
    assert 'settings="shop.live"' in (project.root / "noxfile.py").read_text(encoding="utf-8")
    assert (
        (project.root / ".gitignore").read_text(encoding="utf-8").startswith("# ours\n*.log\n.gateproof/\n")
    )
    undo = said.rpartition("To undo: ")[2].strip()
    for command in undo.split(" && "):
        project.git(*command.split()[1:])
    assert project.git("status", "--porcelain", "--ignored") == ""


def test_a_second_time_changes_nothing(project: Project) -> None:
    cli.main(["init", "--yes"])
    project.commit()

    assert cli.main(["init", "--yes"]) == 0
    assert project.git("status", "--porcelain") == ""


def test_uncommitted_lines_are_not_put_at_risk(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    project.write(".gitignore", "# new\n")

    assert cli.main(["init", "--yes"]) == 1
    assert ".gitignore has uncommitted changes" in capfd.readouterr().err
    assert not (project.root / "noxfile.py").exists()


def test_all_of_it_is_written_or_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "tasks.py":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)

    assert cli.main(["init", "--yes"]) == 4
    assert project.git("status", "--porcelain", "--ignored") == ""


def test_a_file_that_came_in_between_is_not_overwritten(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    adoption = adopting.observe_project(project.root, now=datetime.now(UTC))
    project.write("tasks.py", "mine\n")

    with pytest.raises(RefusedError, match=r"tasks\.py changed in the meantime"):
        adopting.write(project.root, adoption.plan)
    assert project.git("status", "--porcelain") == "?? tasks.py"


def test_what_is_no_django_project_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Project.make(tmp_path / "plain").root)

    assert cli.main(["init", "--yes"]) == 1
    assert "no manage.py" in capfd.readouterr().err
