"""The noxfile of gates for a project that was looked at: text for people to read, keep and change."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from gateproof.adopt.found import Found
from gateproof.adopt.settings import SettingsReading, Variable

_FOLDER = re.compile(r"(?:^|_)(?:DIR|DIRECTORY|FOLDER|PATH|ROOT|DATA|HOME)$")
_FOR_PRODUCTION = re.compile(r"^(?:DJANGO_)?(?:SECRET_KEY|ALLOWED_HOSTS|DEBUG)$")
_TOOLS = {
    "ruff check": (
        "lint",
        'session.run("ruff", "check", ".", reads=ruff_check())',
        "ruff_check",
        "Ruff finds nothing.",
    ),
    "flake8": ("lint", 'session.run("flake8", ".", reads=flake8())', "flake8", "flake8 finds nothing."),
    "ruff format": (
        "format",
        'session.run("ruff", "format", "--check", ".", reads=ruff_format())',
        "ruff_format",
        "Every file is formatted as Ruff would format it.",
    ),
    "black": (
        "format",
        'session.run("black", "--check", ".", reads=black())',
        "black",
        "Every file is formatted as black would format it.",
    ),
    "isort": (
        "imports",
        'session.run("isort", "--check-only", ".", reads=isort())',
        "isort",
        "Imports are in isort's order.",
    ),
}


def write_noxfile(found: Found) -> str:
    """A whole noxfile: every gate that the project has a tool for."""
    bodies = "".join(gates(found))
    head = [f'"""The gates of {found.name}. What stands here is what runs, locally and in CI.', ""]
    head += [
        "    nox -s gates          every gate, then one table",
        "    nox -s test           one of them",
        '"""',
        "",
    ]
    head += ["from __future__ import annotations", ""]
    constants = "\n".join(_constants(found))
    head += ["import secrets", ""] if "secrets." in constants else []
    head += ["import nox", "", "from gateproof.nox import GateSession, confirm_all_gates, gate, gate_names"]
    head += ["from gateproof.record.readers import (", *(f"    {name}," for name in _readers(found)), ")", ""]
    return "\n".join(head) + constants + "\n" + bodies + _ALL


_ALL = '''

@nox.session(venv_backend="none", requires=gate_names(), default=False)
def gates(session: nox.Session) -> None:
    """Every gate; green only when each left a PASSED record of this run."""
    confirm_all_gates(session)
'''


def gates(found: Found) -> Iterator[str]:
    """Each gate, as its text."""
    manage = f', cwd="{found.folder}"' if found.folder else ""
    own = _options(found)
    yield _gate(
        own,
        "check",
        "The system checks find nothing.",
        f'session.run("python", "manage.py", "check"{manage}, reads=django_check())',
    )
    live = (
        'command = ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")\n'
        f'    session.run(*command{manage}, reads=django_check_deploy(settings="{found.production.module}"))'
    )
    yield _gate(
        _options(found, production=True),
        "deploy_check",
        "The deployment checks find nothing under production's settings.",
        live,
    )
    if found.apps:
        command = (
            'command = ("python", "manage.py", "makemigrations", "--check", "--dry-run")\n'
            f"    session.run(*command{manage}, reads=django_migrations(apps=APPS))"
        )
        yield _gate(own, "migrations", "The migrations say what the models say.", command)
    if found.runner == "pytest":
        test = f'session.run("pytest"{manage}, reads=pytest_tests())'
    else:
        test = f'session.run("python", "manage.py", "test"{manage}, reads=django_tests())'
    yield _gate(own, "test", "The tests pass.", test)
    for tool in (*found.linters, *found.formatters):
        name, body, _, sentence = _TOOLS[tool]
        yield _gate(_tool_options(found, tool.split()[0]), name, sentence, body)


def _gate(options: str, name: str, sentence: str, body: str) -> str:
    function, extra = ("formatting", ', name="format"') if name == "format" else (name, "")
    head = f"\n\n@gate({options}{extra})\ndef {function}(session: GateSession) -> None:\n"
    return f'{head}    """{sentence}"""\n    {body}\n'


def _readers(found: Found) -> list[str]:
    names = {"django_check", "django_check_deploy"} | ({"django_migrations"} if found.apps else set())
    names |= {"pytest_tests" if found.runner == "pytest" else "django_tests"}
    return sorted(names | {_TOOLS[tool][2] for tool in (*found.linters, *found.formatters)})


def _options(found: Found, *, production: bool = False) -> str:
    words = ["**ENVIRONMENT", "env=PRODUCTION" if production else "env=VARIABLES"]
    reading = found.production if production else found.settings
    folders = "FOLDERS" if _folders(found.settings) else "()"
    if _folders(reading) != _folders(found.settings):
        folders = repr(tuple(_folders(reading)))
    words += [f"folders={folders}"] if folders != "()" else []
    words += ['needs=("postgres",)'] if needs_postgres(found) and not production else []
    return ", ".join([*words, "in_copy=True"])


def _tool_options(found: Found, tool: str) -> str:
    """The project's own environment where it names the tool; else the tool alone, at pre-commit's version."""
    if found.dependencies.names(tool):
        return "**ENVIRONMENT"
    version = dict(found.versions).get(tool)
    return f'installs=("{tool}=={version}",)' if version else f'installs=("{tool}",)'


def needs_postgres(found: Found) -> bool:
    """Whether the settings cannot do without a PostgreSQL that variables lead them to."""
    reads_url = any(variable.name == "DATABASE_URL" for variable in found.settings.variables)
    return found.settings.is_postgres and (reads_url or bool(found.settings.database))


def _constants(found: Found) -> Iterator[str]:
    dependencies = found.dependencies
    installs = dependencies.installs
    if found.runner == "pytest" and not dependencies.names("pytest"):
        installs = (*installs, "pytest", "pytest-django")
    made_from = [f'"lock": "{dependencies.lock}"'] if dependencies.lock else []
    made_from += [f'"installs": {_tuple(installs)}'] if installs else []
    version = other_python(dependencies.python)
    made_from += [f'"python": "{version}"'] if version else []
    yield ""
    yield "# What the project's own environment is made from; gateproof's is another one."
    yield f"ENVIRONMENT = {{{', '.join(made_from)}}}"
    if found.apps:
        yield f"APPS = {_tuple(found.apps)}"
    if folders := _folders(found.settings):
        yield "# Each gets the path of a new, empty folder."
        yield f"FOLDERS = {_tuple(folders)}"
    yield "# What the gates set: a variable of your shell does not reach them."
    yield from _mapping("VARIABLES", _variables(found, found.settings, is_live=False))
    yield "# Made up: they protect nothing, and let the deployment checks look at production's settings."
    yield from _mapping("PRODUCTION", _variables(found, found.production, is_live=True))


def _mapping(name: str, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not pairs:
        yield f"{name}: dict[str, str] = {{}}"
        return
    yield f"{name} = {{"
    yield from (f'    "{key}": {value},' for key, value in pairs)
    yield "}"


def _tuple(values: Sequence[str]) -> str:
    inner = ", ".join(f'"{value}"' for value in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"


def _folders(reading: SettingsReading) -> list[str]:
    return [one.name for one in reading.variables if one.is_required and _is_folder(one)]


def _is_folder(variable: Variable) -> bool:
    return bool(_FOLDER.search(variable.name)) and not variable.name.endswith("URL")


def _variables(found: Found, reading: SettingsReading, *, is_live: bool) -> list[tuple[str, str]]:
    database = {name: part for part, name in reading.database}
    starts = needs_postgres(found) and not is_live
    pairs = []
    for variable in reading.variables:
        if variable.name in database and (starts or variable.is_required):
            part = database[variable.name]
            pairs.append((variable.name, f'"{{postgres.{part}}}"' if starts else f'"{_DATABASE[part]}"'))
        elif variable.name == "DATABASE_URL" and (starts or variable.is_required):
            pairs.append((variable.name, '"{postgres.url}"' if starts else f'"{_url(found)}"'))
        elif _is_folder(variable):
            continue
        elif variable.is_required or (is_live and _FOR_PRODUCTION.match(variable.name)):
            pairs.append((variable.name, dummy(variable)))
    if found.runner == "pytest" and not is_live and not found.names_settings_for_pytest:
        pairs.append(("DJANGO_SETTINGS_MODULE", f'"{reading.module}"'))
    return pairs


_DATABASE = {"host": "db.example", "port": "5432", "user": "shop", "password": "made-up", "name": "shop"}


def _url(found: Found) -> str:
    return "postgres://shop@db.example/shop" if found.settings.is_postgres else "sqlite:///db.sqlite3"


# By how a variable is read or by its name; the first that fits.
_DUMMIES = (
    (re.compile(r"DEBUG"), '"False"'),
    (re.compile(r" bool$"), '"True"'),
    (re.compile(r" int$|(?:PORT|SECONDS|TIMEOUT|SIZE|AGE) "), '"3600"'),
    (re.compile(r"ORIGIN"), '"https://shop.example"'),
    (re.compile(r" list$|HOSTS? "), '"shop.example"'),
    (re.compile(r"(?:REDIS|BROKER|CACHE|CELERY)\w*URL "), '"redis://localhost:6379/0"'),
    (re.compile(r"(?:URL|DSN) "), '"https://shop.example/"'),
    (re.compile(r"EMAIL\w* |SENDER "), '"shop@shop.example"'),
    (
        re.compile(r"(?:SECRET|KEY|TOKEN|PASSWORD|PASSWD|SALT|PRIVATE|CREDENTIAL)\S* "),
        "secrets.token_urlsafe(64)",
    ),
)


def dummy(variable: Variable) -> str:
    """A value, as Python source, that settings can read and that protects nothing."""
    read = f"{variable.name} {variable.kind}"
    return next((value for form, value in _DUMMIES if form.search(read)), '"made-up"')


def other_python(asked: str | None, running: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """The interpreter that a gate must ask for; None where the running one will do, or nothing is said."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(asked or "")
    except InvalidSpecifier:
        return None
    fits = [minor for minor in range(8, 20) if wanted.contains(f"3.{minor}.99")]
    if not fits or running[1] in fits:
        return None
    return f"3.{min(fits, key=lambda minor: abs(minor - running[1]))}"
