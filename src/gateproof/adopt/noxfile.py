"""The noxfile of gates for a project that was looked at: text for people to read, keep and change."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from gateproof.adopt.found import Found
from gateproof.adopt.settings import SettingsReading, Variable

_FOLDER = re.compile(r"(?:^|_)(?:DIR|DIRECTORY|FOLDER|PATH|ROOT|DATA|HOME)$")
_FOR_PRODUCTION = re.compile(r"^(?:DJANGO_)?(?:SECRET_KEY|ALLOWED_HOSTS|DEBUG)$")
_WIDTH = 88
_TOOLS = {
    "ruff check": ("lint", ("ruff", "check", "."), "ruff_check", "Ruff finds nothing."),
    "flake8": ("lint", ("flake8", "."), "flake8", "flake8 finds nothing."),
    "ruff format": (
        "format",
        ("ruff", "format", "--check", "."),
        "ruff_format",
        "Every file is formatted as Ruff would format it.",
    ),
    "black": (
        "format",
        ("black", "--check", "."),
        "black",
        "Every file is formatted as black would format it.",
    ),
    "isort": ("imports", ("isort", "--check-only", "."), "isort", "Imports are in isort's order."),
}


def write_noxfile(found: Found) -> str:
    """A whole noxfile: every gate that the project has a tool for."""
    bodies = "".join(gates(found))
    head = [f'"""The gates of {found.name}. What stands here is what runs, locally and in CI.', ""]
    head += [
        "`nox -s gates` runs every gate and prints one table; `nox -s test` runs one of them.",
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
    cwd = [f'cwd="{found.folder}"'] if found.folder else []
    own = _options(found)
    check = _call("session.run", ['"python"', '"manage.py"', '"check"', *cwd, "reads=django_check()"])
    yield _gate(own, "check", "The system checks find nothing.", check)
    reads = f'reads=django_check_deploy(settings="{found.production.module}")'
    deploy = _call("session.run", ["*command", *cwd, reads])
    words = ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    live = "The deployment checks find nothing under production's settings."
    yield _gate(
        _options(found, production=True), "deploy_check", live, f"    command = {_tuple(words)}\n{deploy}"
    )
    if found.apps:
        words = ["python", "manage.py", "makemigrations", "--check", "--dry-run"]
        compare = _call("session.run", ["*command", *cwd, "reads=django_migrations(apps=APPS)"])
        body = f"    command = {_tuple(words)}\n{compare}"
        yield _gate(own, "migrations", "The migrations say what the models say.", body)
    if found.runner == "pytest":
        test = _call("session.run", ['"pytest"', *cwd, "reads=pytest_tests()"])
    else:
        test = _call("session.run", ['"python"', '"manage.py"', '"test"', *cwd, "reads=django_tests()"])
    yield _gate(own, "test", "The tests pass.", test)
    for tool in (*found.linters, *found.formatters):
        name, argv, reader, sentence = _TOOLS[tool]
        body = _call("session.run", [*(f'"{word}"' for word in argv), f"reads={reader}()"])
        yield _gate(_tool_options(found, tool.split()[0]), name, sentence, body)


def _gate(options: list[str], name: str, sentence: str, body: str) -> str:
    function, extra = ("formatting", ['name="format"']) if name == "format" else (name, [])
    head = _call("@gate", [*options, *extra], indent="")
    return f'\n\n{head}\ndef {function}(session: GateSession) -> None:\n    """{sentence}"""\n{body}\n'


def _call(name: str, arguments: Sequence[str], indent: str = "    ") -> str:
    """A call as black and Ruff write it with their usual width: a project's own formatter is one of its gates."""
    inner = ", ".join(arguments)
    if len(line := f"{indent}{name}({inner})") <= _WIDTH:
        return line
    if len(line := f"{indent}    {inner}") <= _WIDTH:
        return f"{indent}{name}(\n{line}\n{indent})"
    lines = "".join(f"{indent}    {one},\n" for one in arguments)
    return f"{indent}{name}(\n{lines}{indent})"


def _readers(found: Found) -> list[str]:
    names = {"django_check", "django_check_deploy"} | ({"django_migrations"} if found.apps else set())
    names |= {"pytest_tests" if found.runner == "pytest" else "django_tests"}
    return sorted(names | {_TOOLS[tool][2] for tool in (*found.linters, *found.formatters)})


def _options(found: Found, *, production: bool = False) -> list[str]:
    words = ["**ENVIRONMENT", "env=PRODUCTION" if production else "env=VARIABLES"]
    folders = _folders(found.production if production else found.settings)
    if folders:
        words.append(
            "folders=FOLDERS" if folders == _folders(found.settings) else f"folders={_tuple(folders)}"
        )
    if needs_postgres(found) and not production:
        words.append('needs=("postgres",)')
    return [*words, "in_copy=True"]


def _tool_options(found: Found, tool: str) -> list[str]:
    """The project's own environment where it names the tool; else the tool alone, at pre-commit's version."""
    if found.dependencies.names(tool):
        return ["**ENVIRONMENT"]
    version = dict(found.versions).get(tool)
    return [f'installs=("{tool}=={version}",)' if version else f'installs=("{tool}",)']


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
    made_from += [f'"installs": {_long_tuple(installs)}'] if installs else []
    version = other_python(dependencies.python)
    made_from += [f'"python": "{version}"'] if version else []
    yield ""
    yield "# What the project's own environment is made from; gateproof's is another one."
    whole = f"ENVIRONMENT = {{{', '.join(made_from)}}}"
    yield (
        whole
        if len(whole) <= _WIDTH
        else "ENVIRONMENT = {\n" + "".join(f"    {one},\n" for one in made_from) + "}"
    )
    if found.apps:
        whole = f"APPS = {_tuple(found.apps)}"
        lines = "".join(f'    "{app}",\n' for app in found.apps)
        yield whole if len(whole) <= _WIDTH else f"APPS = (\n{lines})"
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


def _long_tuple(values: Sequence[str]) -> str:
    """Inside ENVIRONMENT: a line a value where one line is too narrow."""
    whole = _tuple(values)
    if len(f'    "installs": {whole},') <= _WIDTH:
        return whole
    return "(\n" + "".join(f'        "{value}",\n' for value in values) + "    )"


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
