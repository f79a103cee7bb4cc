"""What a project is, told from its files alone: for a reader who meets it for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateproof.judge.case import Case
from gateproof.judge.kinds.ci import FAMILIES
from gateproof.judge.project import explained_env, literal_secrets, manage_files
from gateproof.judge.words import bare


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that is so, and where it is seen."""

    what: str
    value: str
    where: str = ""


def survey(case: Case) -> tuple[Fact, ...]:
    """Where manage.py is, which tools CI and the configuration speak of, which secrets and `.env` files lie there."""
    return (*_manage(case), *_tools(case), *_ci(case), *_secrets(case), *_environments(case))


def _manage(case: Case) -> Iterator[Fact]:
    found = manage_files(case.bundle)
    yield Fact(what="manage.py", value=found[0] if found else "none", where=", ".join(found[1:3]))


_CONFIGURED = {
    "formatter": (("black", "[tool.black]"), ("ruff", "[tool.ruff.format]")),
    "linter": (("ruff", "[tool.ruff"), ("flake8", "[flake8]"), ("pylint", "[tool.pylint")),
    "test runner": (("pytest", "[tool.pytest"), ("pytest", "[pytest]"), ("pytest", "[tool:pytest]")),
    "import sorter": (("isort", "[tool.isort]"), ("isort", "[isort]")),
    "type checker": (("mypy", "[tool.mypy]"), ("mypy", "[mypy]"), ("pyright", "[tool.pyright]")),
    "dependency audit": (),
}
_CONFIGURATION = ("pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini", ".flake8", "mypy.ini")


def _tools(case: Case) -> Iterator[Fact]:
    for family, tools in FAMILIES.items():
        in_ci = next(
            (
                (step, tool)
                for step in case.ci.effective
                for tool in tools
                if bare(step.words)[: len(tool)] == tool
            ),
            None,
        )
        if in_ci is not None:
            step, tool = in_ci
            yield Fact(what=family, value=" ".join(tool), where=step.where)
            continue
        yield _configured(family, case)


def _configured(family: str, case: Case) -> Fact:
    for path in _CONFIGURATION:
        text = case.bundle.text(path) or ""
        for name, sign in _CONFIGURED[family]:
            if sign in text:
                return Fact(what=family, value=f"{name}, not run by CI", where=path)
    hooks = case.bundle.text(".pre-commit-config.yaml") or ""
    for tool in FAMILIES[family]:
        if f"id: {'-'.join(tool)}" in hooks or (f"id: {tool[0]}" in hooks and len(tool) == 1):
            return Fact(
                what=family, value=f"{' '.join(tool)}, not run by CI", where=".pre-commit-config.yaml"
            )
    return Fact(what=family, value="none that CI runs")


def _ci(case: Case) -> Iterator[Fact]:
    files = (*case.ci.files, *case.ci.unread)
    yield Fact(
        what="CI", value=f"{len(case.ci.effective)} commands that can fail", where=", ".join(files[:4])
    )


def _secrets(case: Case) -> Iterator[Fact]:
    for literal in list(literal_secrets(case.bundle))[:5]:
        yield Fact(
            what="literal SECRET_KEY",
            value="written out in the settings",
            where=f"{literal.path}:{literal.line}",
        )


def _environments(case: Case) -> Iterator[Fact]:
    for path in sorted(case.bundle.sizes):
        name = path.rpartition("/")[2]
        if (name == ".env" or name.endswith(".env")) and (why := explained_env(case.bundle, path)):
            yield Fact(what="intended .env", value=why, where=path)
