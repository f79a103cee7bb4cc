"""What a Django project is, told from its files: what was found, what stands in the way, what is not sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateproof.adopt.dependencies import Dependencies, find_dependencies
from gateproof.adopt.settings import (
    SettingsReading,
    default_module,
    modules_beside,
    production_module,
    read_settings,
)
from gateproof.errors import RefusedError
from gateproof.judge.bundle import Bundle
from gateproof.judge.case import Case
from gateproof.judge.ci.reading import CiReading
from gateproof.judge.project import manage_files
from gateproof.judge.survey import survey

CHANGELOGS = (
    "CHANGELOG.md",
    "CHANGELOG.rst",
    "CHANGES.md",
    "CHANGES.rst",
    "CHANGES",
    "HISTORY.md",
    "HISTORY.rst",
    "NEWS.md",
)
_PYTEST = ("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini")
_PYTEST_SECTION = re.compile(r"^\[(?:tool\.pytest|pytest\]|tool:pytest\])", re.MULTILINE)
_KNOWN = {"ruff format", "black", "ruff check", "flake8", "isort", "ruff", "pytest", "manage.py test"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Everything that the gates are written from."""

    name: str
    folder: str
    """Where manage.py lies; empty for the top."""
    settings: SettingsReading
    production: SettingsReading
    modules: tuple[str, ...]
    apps: tuple[str, ...]
    runner: str
    """`manage.py test` or `pytest`."""
    names_settings_for_pytest: bool
    formatters: tuple[str, ...]
    linters: tuple[str, ...]
    dependencies: Dependencies
    versions: tuple[tuple[str, str], ...]
    """Of tools, as .pre-commit-config.yaml pins them."""
    ci: tuple[str, ...]
    tags: str
    changelog: str
    unsure: tuple[str, ...]
    blocking: tuple[str, ...]
    """What would stop a first rehearsal, whatever the gates say."""

    def lines(self) -> list[str]:
        """What a person reads first."""
        dependencies = self.dependencies
        made_from = ", ".join(filter(None, (dependencies.lock, *dependencies.installs)))
        required = [variable.name for variable in self.settings.variables if variable.is_required]
        facts = [
            ("manage.py", "/".join(filter(None, (self.folder, "manage.py")))),
            ("settings", f"{self.settings.module}; for production {self.production.module}"),
            ("database", "PostgreSQL" if self.settings.is_postgres else "SQLite, or what the variables say"),
            ("variables without a default", ", ".join(required) or "none"),
            ("apps with migrations", ", ".join(self.apps) or "none"),
            ("test runner", self.runner),
            ("formatter", ", ".join(self.formatters) or "none"),
            ("linter", ", ".join(self.linters) or "none"),
            ("environment", made_from),
            ("Python", dependencies.python or "not said"),
            ("CI", ", ".join(self.ci) or "none"),
            ("tags", self.tags),
            ("changelog", self.changelog),
        ]
        width = max(len(name) for name, _ in facts)
        lines = [f"  {name:<{width}}  {value}" for name, value in facts]
        for title, sentences in (
            ("Not sure:", self.unsure),
            ("In the way of a first rehearsal:", self.blocking),
        ):
            if sentences:
                lines += ["", title, *(f"  - {sentence}" for sentence in sentences)]
        return lines


def look(
    case: Case, *, tags: tuple[str, ...], blocking: tuple[str, ...] = (), production: str | None = None
) -> Found:
    """Look at a project's files; nothing of it is executed.

    Raises RefusedError where there is no manage.py, or it names no settings.
    """
    bundle = case.bundle
    managed = manage_files(bundle)
    if not managed:
        raise RefusedError(
            "There is no manage.py here, so this is no Django project; run it at the project's top."
        )
    folder = managed[0].rpartition("/")[0]
    module = default_module(bundle, managed[0])
    if module is None:
        raise RefusedError(
            f"{managed[0]} names no settings; have it set DJANGO_SETTINGS_MODULE as Django's own does."
        )
    modules = modules_beside(bundle, folder, module)
    dependencies = find_dependencies(bundle)
    settings = read_settings(bundle, folder, module)
    live = production or production_module(modules) or _served(bundle, module)
    facts = {fact.what: fact.value.partition(",")[0] for fact in survey(case)}
    runner = _runner(bundle, facts, dependencies)
    unsure = [*dependencies.unsure, *_doubts(bundle, case.ci, managed, settings)]
    if not (live or production):
        unsure.append(
            f"No production settings were found: deploy-check looks at {module}, and will say what it lacks."
        )
    return Found(
        name=bundle.name,
        folder=folder,
        settings=settings,
        production=read_settings(bundle, folder, live or module),
        modules=modules,
        apps=tuple(_apps(bundle, folder, settings)),
        runner=runner,
        names_settings_for_pytest=any(
            "DJANGO_SETTINGS_MODULE" in (bundle.text(path) or "") for path in _PYTEST
        ),
        formatters=tuple(_formatters(facts, dependencies)),
        linters=tuple(_linters(facts, dependencies)),
        dependencies=dependencies,
        versions=tuple(_hooked(bundle.text(".pre-commit-config.yaml") or "")),
        ci=(*case.ci.files, *case.ci.unread),
        tags=_tag_form(tags),
        changelog=_changelog(bundle),
        unsure=tuple(unsure),
        blocking=(*_submodules(bundle), *blocking),
    )


def _served(bundle: Bundle, module: str) -> str | None:
    """The settings that wsgi.py takes: often production's."""
    found = (default_module(bundle, path) for path in bundle.named("wsgi.py", "asgi.py"))
    return next((one for one in found if one and one != module), None)


def _runner(bundle: Bundle, facts: dict[str, str], dependencies: Dependencies) -> str:
    if facts.get("test runner") in {"pytest", "manage.py test"}:
        return facts["test runner"]
    configured = any(_PYTEST_SECTION.search(bundle.text(path) or "") for path in _PYTEST)
    through_tox = re.search(r"^\s*pytest\b", bundle.text("tox.ini") or "", re.MULTILINE)
    return "pytest" if configured or through_tox or dependencies.names("pytest-django") else "manage.py test"


def _formatters(facts: dict[str, str], dependencies: Dependencies) -> Iterator[str]:
    said = facts.get("formatter", "")
    if said in {"black", "ruff format"}:
        yield said
    elif said == "ruff":
        yield "ruff format"
    elif dependencies.names("black"):
        yield "black"
    if facts.get("import sorter") == "isort" or dependencies.names("isort"):
        yield "isort"


def _linters(facts: dict[str, str], dependencies: Dependencies) -> Iterator[str]:
    said = facts.get("linter", "")
    if said in {"ruff", "ruff check"}:
        yield "ruff check"
    elif said == "flake8" or dependencies.names("flake8"):
        yield "flake8"
    elif dependencies.names("ruff"):
        yield "ruff check"


def _apps(bundle: Bundle, folder: str, settings: SettingsReading) -> Iterator[str]:
    """Labels of the project's own apps that may have models, as the settings install them."""
    start = f"{folder}/" if folder else ""
    for path in sorted(bundle.sizes):
        if not path.startswith(start) or (
            not path.endswith("/models.py") and not path.endswith("/migrations/__init__.py")
        ):
            continue
        place = path.removesuffix("/models.py").removesuffix("/migrations/__init__.py")
        name = place.rpartition("/")[2]
        if name == "models" or not re.search(
            rf"""["'](?:\w+\.)*{re.escape(name)}(?:\.apps\.\w+)?["']""", settings.text
        ):
            continue
        label = re.search(
            r"""^\s+label\s*=\s*["'](\w+)["']""", bundle.text(f"{place}/apps.py") or "", re.MULTILINE
        )
        if path.endswith("/models.py") and bundle.has(f"{place}/migrations/__init__.py"):
            continue
        yield label[1] if label else name


def _doubts(
    bundle: Bundle, ci: CiReading, managed: tuple[str, ...], settings: SettingsReading
) -> Iterator[str]:
    if len(managed) > 1:
        yield f"There are {len(managed)} manage.py; the gates use {managed[0]}, not {', '.join(managed[1:3])}."
    if (
        settings.is_postgres
        and not settings.database
        and not any(one.name == "DATABASE_URL" for one in settings.variables)
    ):
        yield "The settings fix where PostgreSQL is; have them read its host and port from variables."
    if not settings.files:
        yield f"The settings module {settings.module} was not found among the files."
    if "read_env" in settings.text or "load_dotenv" in settings.text or "find_dotenv" in settings.text:
        yield "The settings read a .env file, which no clean checkout has; the gates give its variables instead."
    for note in ci.notes[:3]:
        yield f"CI: {note}."
    yield from (f"CI is in {path}, which is not read." for path in ci.unread)


def _submodules(bundle: Bundle) -> Iterator[str]:
    for path in re.findall(r"^\s*path\s*=\s*(\S+)", bundle.text(".gitmodules") or "", re.MULTILINE):
        yield f"{path} is a submodule, whose files this repository does not hold; vendor them."


def _tag_form(tags: tuple[str, ...]) -> str:
    versions = [tag for tag in tags if re.fullmatch(r"v?\d+(?:\.\d+)+\S*", tag)]
    if not versions:
        return f"{len(tags)}, none of them a version" if tags else "none"
    with_v = sum(tag.startswith("v") for tag in versions)
    form = "v1.2.3" if with_v * 2 >= len(versions) else "1.2.3"
    return f"{len(versions)} of the form {form}, such as {versions[-1]}"


def _changelog(bundle: Bundle) -> str:
    path = next((path for path in CHANGELOGS if bundle.has(path)), None)
    if path is None:
        return "none"
    text = bundle.text(path) or ""
    keeps = re.search(r"^## \[?(?:Unreleased|v?\d)", text, re.MULTILINE | re.IGNORECASE)
    return f"{path}, in the form of Keep a Changelog" if keeps else f"{path}, in a form of its own"


def _hooked(hooks: str) -> Iterator[tuple[str, str]]:
    """The versions of tools that pre-commit runs."""
    for repository, version in re.findall(
        r"repo:\s*\S*/([\w.-]+?)(?:\.git)?\s+rev:\s*[\"']?v?(\d[\w.]*)", hooks
    ):
        name = (
            repository.removesuffix("-pre-commit").removesuffix("-pre-commit-mirror").removesuffix("-mirror")
        )
        if name in {"black", "isort", "flake8", "ruff"}:
            yield name, version
