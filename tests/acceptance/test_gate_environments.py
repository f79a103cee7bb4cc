"""Gates whose environments are made from what a project has: real installs, from the project's own folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from functional.project import Project, checks
from gateproof.evidence.statement import RUN_FIELD
from gateproof.model import Outcome

pytestmark = pytest.mark.acceptance

PACKAGE = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "shop"\nversion = "1"\n[tool.setuptools]\npy-modules = ["good"]\n'
        '[tool.gateproof]\nproduct = "shop"\n'
    )
}


def gate(options: str, program: str = "good.py") -> str:
    return (
        f'\n@gate({options})\ndef one(session):\n    "Says one."\n'
        f'    session.run("python", "{program}", "run_checks", "--fail-on-issues", reads=run_checks())\n'
    )


def details(project: Project) -> dict[str, Any]:
    (record,) = project.records()
    told: dict[str, Any] = project.result(record)["predicate"][RUN_FIELD]
    return told


def log(project: Project) -> str:
    (record,) = project.records()
    return (record.folder / "output.log").read_text(encoding="utf-8")


def test_the_project_itself_is_installed_and_nothing_is_left_in_the_source(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate('installs=("-e .",)'), PACKAGE)

    done = project.nox("-s", "one")

    assert done.returncode == 0, done.stdout
    told = details(project)
    assert told["is_clean"], told["unclean"]
    assert "pyproject.toml" in told["made_from"]
    assert any(name.startswith("installed: ") and "shop==1" in name for name in told["made_from"])
    assert told["lock"] is None


def test_packages_are_compiled_where_the_gates_look_wherever_nox_keeps_its_own_bytecode(
    tmp_path: Path,
) -> None:
    looks = "import pathlib, idna\nassert pathlib.Path(idna.__cached__).exists(), idna.__cached__\n"
    project = Project.make(
        tmp_path / "shop", gate('installs=("idna",)', "looks.py"), {"looks.py": looks + checks()}
    )

    elsewhere = {"PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    done = project.nox("-s", "one", env=elsewhere)

    assert done.returncode == 0, done.stdout
    assert (tmp_path / "bytecode").exists()


def test_an_environment_that_cannot_be_made_is_red_and_the_log_says_why(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate('installs=("-e ./gone",)'))

    done = project.nox("-s", "one")

    assert done.returncode == 1
    assert "ERRORED, its environment could not be installed from -e ./gone" in " ".join(done.stdout.split())
    assert "gone" in log(project)


def test_a_lock_without_hashes_is_no_lock(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate('lock="pins.txt"'), {"pins.txt": "django==5.2\n"})

    done = project.nox("-s", "one")

    assert done.returncode == 1
    assert details(project)["outcome"] == Outcome.ERRORED
    assert "could not be installed from pins.txt" in done.stdout


def test_variables_folders_and_secrets_reach_the_command_and_not_the_record(tmp_path: Path) -> None:
    spy = (
        "import os, pathlib, sys\n"
        "print('the key is', os.environ['API'], file=sys.stderr)\n"
        "pathlib.Path(os.environ['DATA'], 'made').touch()\n"
        "assert os.environ['URL'] == 'file:' + os.environ['DATA']\n"
    )
    (tmp_path / "secrets.env").write_text("API=value-of-an-ordinary-name\n", encoding="utf-8")
    options = f'env={{"URL": "file:{{DATA}}"}}, folders=("DATA",), secrets={str(tmp_path / "secrets.env")!r}'
    project = Project.make(tmp_path / "shop", gate(options, "spy.py"), {"spy.py": spy + checks()})

    done = project.nox("-s", "one")

    assert done.returncode == 0, done.stdout
    told = details(project)
    assert told["surroundings"] == ["variable URL", "folder DATA", "secrets file"]
    assert "the key is [redacted:" in log(project)
    assert "value-of-an-ordinary-name" not in log(project) + json.dumps(told) + done.stdout


def test_a_secrets_file_that_is_missing_is_red(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate(f"secrets={str(tmp_path / 'gone.env')!r}"))

    assert project.nox("-s", "one").returncode == 1
    assert details(project)["outcome"] == Outcome.ERRORED
    assert "gone.env cannot be read" in details(project)["reason"]


def test_what_a_project_writes_beside_itself_stays_in_the_copy(tmp_path: Path) -> None:
    writes = "open('db.sqlite3', 'w').close()\n" + checks()
    project = Project.make(tmp_path / "shop", gate("in_copy=True", "writes.py"), {"writes.py": writes})

    done = project.nox("-s", "one")

    assert done.returncode == 0, done.stdout
    assert details(project)["is_clean"]
    assert not (project.root / "db.sqlite3").exists()
    assert str(tmp_path) not in json.dumps(details(project))


def test_a_gate_that_changes_its_copy_is_red(tmp_path: Path) -> None:
    fixes = "open('good.py', 'a').write('# fixed')\n" + checks()
    project = Project.make(tmp_path / "shop", gate("in_copy=True", "fixes.py"), {"fixes.py": fixes})

    assert project.nox("-s", "one").returncode == 1
    assert details(project)["outcome"] == Outcome.ERRORED
    assert "the gate changed its source: good.py" in details(project)["reason"]


def test_a_gate_gets_the_empty_postgresql_that_it_needs(tmp_path: Path) -> None:
    speaks = (
        "import os, socket\n"
        "socket.create_connection((os.environ['DB_HOST'], int(os.environ['DB_PORT']))).close()\n"
    )
    options = 'needs=("postgres",), env={"DB_HOST": "{postgres.host}", "DB_PORT": "{postgres.port}"}'
    project = Project.make(tmp_path / "shop", gate(options, "speaks.py"), {"speaks.py": speaks + checks()})

    done = project.nox("-s", "one")

    assert done.returncode == 0, done.stdout
    assert details(project)["surroundings"] == ["variable DB_HOST", "variable DB_PORT", "service postgres"]
