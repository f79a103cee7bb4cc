"""What adoption writes: a noxfile that is read as the gates it holds, settings that are taken, nothing overwritten."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateproof.adopt.noxfile import dummy, other_python, write_noxfile
from gateproof.adopt.plan import plan_adoption
from gateproof.adopt.settings import Variable
from gateproof.adopt.workflow import write_workflow
from gateproof.config import parse_settings
from gateproof.errors import UsageError
from gateproof.judge.ci.github import read_github
from gateproof.judge.ci.noxfile import read_noxfile
from unit.adopt.projects import MANAGE, PLAIN, bundle, found

BLACK = {"pyproject.toml": "[tool.black]\n[tool.isort]\n", "setup.cfg": "[flake8]\n"}
MODELS = {"shop/settings.py": "INSTALLED_APPS = ['cart']", "cart/models.py": ""}


def written(files: Mapping[str, str]) -> str:
    text = write_noxfile(found({**PLAIN, **files}))
    ast.parse(text)
    return text


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({}, ("check", "deploy-check", "test")),
        (MODELS, ("check", "deploy-check", "migrations", "test")),
        (BLACK, ("check", "deploy-check", "test", "lint", "format", "imports")),
        ({"ruff.toml": "", "requirements.txt": "ruff\n"}, ("check", "deploy-check", "test", "lint")),
    ],
)
def test_a_gate_for_every_tool_and_none_for_what_is_not_there(
    files: Mapping[str, str], names: object
) -> None:
    noxfile = read_noxfile(bundle({"noxfile.py": written(files)}))

    assert noxfile is not None
    assert noxfile.gates == names


def test_pytest_gets_its_settings_where_it_does_not_name_them() -> None:
    assert '"DJANGO_SETTINGS_MODULE": "shop.settings"' in written({"pytest.ini": "[pytest]\n"})
    named = written({"pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.settings\n"})
    assert "DJANGO_SETTINGS_MODULE" not in named
    assert '"installs": ("django", "pytest", "pytest-django")' in named


def test_variables_get_values_made_up_and_folders_are_made() -> None:
    settings = "K = os.environ['SECRET_KEY']\nD = os.environ['DATA_DIR']\nH = os.environ.get('ALLOWED_HOSTS')"
    text = written({"shop/settings.py": settings})

    assert 'FOLDERS = ("DATA_DIR",)' in text
    assert "folders=FOLDERS" in text
    assert text.count('"SECRET_KEY": secrets.token_urlsafe(64)') == 2
    assert text.count('"ALLOWED_HOSTS"') == 1, "only production is told what has a default"


def test_postgresql_is_started_where_variables_lead_to_it() -> None:
    parts = "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': env('DB_HOST')}}"
    by_url = "DATABASES = {'default': env.db(default='postgres://localhost/shop')}"
    fixed = "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'localhost'}}"

    assert '"DB_HOST": "{postgres.host}"' in written({"shop/settings.py": parts})
    assert '"DATABASE_URL": "{postgres.url}"' in written({"shop/settings.py": by_url})
    assert "needs=" not in written({"shop/settings.py": fixed})
    assert any("fix where PostgreSQL is" in one for one in found({**PLAIN, "shop/settings.py": fixed}).unsure)


def test_a_tool_that_the_project_does_not_name_has_the_version_of_pre_commit() -> None:
    hooks = "repos:\n- repo: https://github.com/psf/black\n  rev: 24.4.2\n  hooks:\n  - id: black\n"
    assert 'installs=("black==24.4.2",)' in written({".pre-commit-config.yaml": hooks})
    assert '@gate(**ENVIRONMENT, name="format")' in written({"requirements.txt": "black==24.4.2\n"})


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("DEBUG", "str", '"False"'),
        ("USE_TLS", "bool", '"True"'),
        ("SMTP_PORT", "str", '"3600"'),
        ("ALLOWED_HOSTS", "list", '"shop.example"'),
        ("CSRF_TRUSTED_ORIGINS", "list", '"https://shop.example"'),
        ("REDIS_URL", "str", '"redis://localhost:6379/0"'),
        ("SITE_URL", "str", '"https://shop.example/"'),
        ("STRIPE_API_KEY", "str", "secrets.token_urlsafe(64)"),
        ("COLOUR", "str", '"made-up"'),
    ],
)
def test_values_that_settings_can_read(name: str, kind: str, value: str) -> None:
    assert dummy(Variable(name=name, kind=kind, is_required=True, where="")) == value


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (None, None),
        (">=3.10", None),
        (">=3.12", "3.12"),
        ("==3.9.*", "3.9"),
        (">=3.11,<3.12", None),
        ("nonsense", None),
    ],
)
def test_another_interpreter_is_asked_for_where_the_running_one_does_not_fit(
    asked: str | None, answer: str | None
) -> None:
    assert other_python(asked, running=(3, 11)) == answer


def test_settings_are_added_at_the_end_and_taken() -> None:
    before = '# ours\n[project] # keep\nname = "shop"'
    plan = plan_adoption(found(PLAIN), {"pyproject.toml": before})
    after = next(write.after for write in plan.writes if write.path == "pyproject.toml")

    assert after.startswith(before + "\n\n[tool.gateproof]\n")
    settings = parse_settings(tomllib.loads(after)["tool"]["gateproof"], "pyproject.toml")
    assert (settings.product, settings.archive.name) == ("shop", "shop.zip")


def test_what_is_there_is_never_overwritten_and_gets_the_lines_to_add() -> None:
    there = {
        "pyproject.toml": '[tool.gateproof]\nproduct = "mine"\n',
        ".gitignore": "/.gateproof\n.nox\ndist/\n",
        "noxfile.py": "import nox\n",
        "tasks.py": "x = 1\n",
        ".github/workflows/gates.yml": "name: mine\n",
    }
    plan = plan_adoption(found(PLAIN), there)

    assert plan.writes == ()
    assert [path for path, _ in plan.by_hand] == ["noxfile.py", "tasks.py", ".github/workflows/gates.yml"]
    assert "noxfile.py is there already and stays as it is; add to it:" in plan.lines()
    assert any("def check(session" in line for line in plan.lines())


def test_a_pyproject_that_is_not_toml_is_refused() -> None:
    with pytest.raises(UsageError, match="is not TOML"):
        plan_adoption(found(PLAIN), {"pyproject.toml": "nope"})


def test_undoing_is_gits() -> None:
    plan = plan_adoption(found(PLAIN), {".gitignore": "x"})

    assert plan.undo().startswith("git checkout -- .gitignore && git clean -f -- pyproject.toml noxfile.py")


def test_the_workflow_runs_what_the_noxfile_declares() -> None:
    files = {".github/workflows/gates.yml": write_workflow(), "noxfile.py": written({})}
    steps, notes = read_github(bundle(files))

    assert not notes
    assert any(step.words[:3] == ("python", "-m", "nox") and not step.weaknesses for step in steps)


def test_the_folder_of_manage_py_is_where_the_gates_run() -> None:
    files = {"src/manage.py": MANAGE.format("shop.settings"), "src/shop/settings.py": ""}
    text = write_noxfile(found(files))

    assert text.count('cwd="src"') == 3


@pytest.mark.parametrize("tool", [("black", "-q", "-"), ("ruff", "format", "-q", "-")], ids=["black", "ruff"])
@pytest.mark.parametrize(
    "files",
    [
        {},
        BLACK | MODELS,
        {
            "shop/settings.py": "A = env('DATA_DIR')\nB = env('SECRET_KEY')\nC = env.db(default='postgres://x/y')"
        },
        {
            "requirements.txt": "x",
            "requirements-dev.txt": "y",
            ".python-version": "3.99",
            "pytest.ini": "[pytest]",
        },
        {"shop/settings.py": f"INSTALLED_APPS = {[f'application{n}' for n in range(12)]}"}
        | {f"application{n}/models.py": "" for n in range(12)},
    ],
)
def test_it_has_the_form_that_a_formatter_wants(tool: tuple[str, ...], files: Mapping[str, str]) -> None:
    text = written(files)
    program = Path(sys.executable).with_name(tool[0])
    done = subprocess.run([program, *tool[1:]], input=text, capture_output=True, check=True, encoding="utf-8")

    assert done.stdout == text
