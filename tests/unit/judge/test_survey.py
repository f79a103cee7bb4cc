"""What a project is, told from its files alone and without configuration."""

from __future__ import annotations

import pytest

from bundles import NOON, bundle_of
from gateproof.judge.case import Case
from gateproof.judge.survey import survey

EXPLAINED = "its own comment explains it, and none of its 1 values looks secret"
CI = ".github/workflows/ci.yml"


def facts(files: dict[str, str]) -> dict[str, str]:
    return {fact.what: fact.value for fact in survey(Case(bundle_of(files), now=NOON))}


def runs(command: str) -> dict[str, str]:
    return {CI: f"on: push\njobs: {{a: {{runs-on: x, steps: [{{run: '{command}'}}]}}}}\n"}


@pytest.mark.parametrize(
    ("files", "what", "value"),
    [
        ({"src/manage.py": "", "tests/app/manage.py": ""}, "manage.py", "src/manage.py"),
        ({}, "manage.py", "none"),
        (runs("black --check ."), "formatter", "black"),
        (runs("uv run pytest -q"), "test runner", "pytest"),
        (runs("cd hc && python manage.py test"), "test runner", "manage.py test"),
        ({"pyproject.toml": "[tool.black]\n"}, "formatter", "black, not run by CI"),
        ({".pre-commit-config.yaml": "repos:\n- hooks:\n  - id: black\n"}, "formatter", "black, not run by CI"),
        ({".pre-commit-config.yaml": "  - id: ruff-format\n"}, "formatter", "ruff format, not run by CI"),
        ({".pre-commit-config.yaml": "  - id: ruff\n"}, "formatter", "none that CI runs"),
        ({"docker/prod.env": "# For Compose.\nPORT=1\n"}, "intended .env", EXPLAINED),
        (runs("black . || true"), "formatter", "none that CI runs"),
        ({}, "dependency audit", "none that CI runs"),
        (runs("gateproof audit --json"), "dependency audit", "gateproof audit"),
        (runs("gateproof verify x.zip"), "dependency audit", "none that CI runs"),
        ({"a/settings.py": "SECRET_KEY = 'x'"}, "literal SECRET_KEY", "written out in the settings"),
        ({"docker/.env": "# For Compose.\nPORT=1\n"}, "intended .env", EXPLAINED),
    ],
)  # fmt: skip
def test_a_fact_is_told(files: dict[str, str], what: str, value: str) -> None:
    assert facts(files)[what] == value


@pytest.mark.parametrize(
    ("files", "what", "where"),
    [
        ({f"{at}manage.py": "" for at in ("", "a/", "b/", "c/")}, "manage.py", "a/manage.py, b/manage.py"),
        ({".pre-commit-config.yaml": "  - id: black\n"}, "formatter", ".pre-commit-config.yaml"),
        ({**runs("true"), ".github/workflows/b.yml": "on: push\njobs: {}\n"}, "CI", f".github/workflows/b.yml, {CI}"),
        ({"docker/.env": "# For Compose.\nPORT=1\n"}, "intended .env", "docker/.env"),
    ],
)  # fmt: skip
def test_a_fact_says_where(files: dict[str, str], what: str, where: str) -> None:
    found = {fact.what: fact.where for fact in survey(Case(bundle_of(files), now=NOON))}
    assert found[what] == where
