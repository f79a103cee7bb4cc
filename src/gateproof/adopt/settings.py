"""Django settings read by their syntax and never executed: their modules, their variables, their database."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateproof.judge.bundle import Bundle

_DEFAULT = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")
_PRODUCTION = re.compile(r"(?:^|[._])(?:prod|production|live|deploy|heroku)(?:$|[._])")
_READS = frozenset({"env", "config", "get_env", "getenv", "env_var"})
_ENVIRON = frozenset({"os.environ", "environ"})
_NAMELESS = {
    "db": "DATABASE_URL",
    "db_url": "DATABASE_URL",
    "cache": "CACHE_URL",
    "cache_url": "CACHE_URL",
    "email_url": "EMAIL_URL",
}
_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
POSTGRES = re.compile(r"django\.db\.backends\.postgresql|django\.contrib\.gis\.db\.backends\.postgis")
URL_OF_POSTGRES = re.compile(r"(?:postgres|postgresql|postgis|psql|pgsql)://")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """A variable of the environment that the settings read."""

    name: str
    kind: str
    """How it is read: `str`, `bool`, `int`, `list`, `db`…; `str` where nothing says more."""
    is_required: bool
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsReading:
    """What one settings module, with those that it takes everything from, says."""

    module: str
    files: tuple[str, ...]
    variables: tuple[Variable, ...] = ()
    database: tuple[tuple[str, str], ...] = ()
    """`host`, `port`, `user`, `password`, `name` of a PostgreSQL connection, with the variables that give them."""
    is_postgres: bool = False
    text: str = ""


def default_module(bundle: Bundle, path: str) -> str | None:
    """The settings that manage.py or wsgi.py takes when nothing else is said."""
    match = _DEFAULT.search(bundle.text(path) or "")
    return match[1] if match else None


def modules_beside(bundle: Bundle, folder: str, module: str) -> tuple[str, ...]:
    """The other settings modules of the same package, such as `shop.settings.production`."""
    package, _, last = module.rpartition(".")
    place = "/".join(filter(None, (folder, package.replace(".", "/"))))
    found = []
    for path in bundle.below(place):
        rest = path.removeprefix(f"{place}/" if place else "")
        name = rest.removesuffix(".py")
        if rest.endswith(".py") and "/" not in rest and name != "__init__":
            is_one = package.endswith(("settings", "config")) or "settings" in name
            if is_one and name not in {"urls", "wsgi", "asgi", "celery", "apps"}:
                found.append(f"{package}.{name}" if package else name)
    inside = "/".join(filter(None, (place, last)))
    if bundle.has(f"{inside}/__init__.py"):
        found += [
            f"{module}.{path.removeprefix(inside + '/').removesuffix('.py')}"
            for path in bundle.below(inside)
            if path.endswith(".py")
            and path.count("/") == inside.count("/") + 1
            and not path.endswith("__init__.py")
        ]
    return tuple(sorted({*found, module}))


def production_module(modules: tuple[str, ...]) -> str | None:
    """The one whose name says that it is for production."""
    return next((module for module in modules if _PRODUCTION.search(module)), None)


def read_settings(bundle: Bundle, folder: str, module: str) -> SettingsReading:
    """Read a settings module and every module of the project that it imports everything from."""
    files: list[str] = []
    trees: list[tuple[str, ast.Module]] = []
    ahead = [module]
    while ahead:
        name = ahead.pop(0)
        path = _path_of(bundle, folder, name)
        if path is None or path in files:
            continue
        files.append(path)
        try:
            tree = ast.parse(bundle.text(path) or "")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        trees.append((path, tree))
        is_package = path.endswith("/__init__.py")
        ahead += list(_taken_from(tree, name if is_package else name.rpartition(".")[0]))
    text = "\n".join(bundle.text(path) or "" for path in files)
    variables = _merged(variable for path, tree in trees for variable in _variables(tree, path))
    return SettingsReading(
        module=module,
        files=tuple(files),
        variables=variables,
        database=tuple(dict(pair for _, tree in trees for pair in _database(tree)).items()),
        is_postgres=bool(POSTGRES.search(text) or URL_OF_POSTGRES.search(text)),
        text=text,
    )


def _path_of(bundle: Bundle, folder: str, module: str) -> str | None:
    base = "/".join(filter(None, (folder, module.replace(".", "/"))))
    options = (f"{base}.py", f"{base}/__init__.py")
    inside = [
        path
        for path in bundle.sizes
        if any(path.endswith(f"/{module.replace('.', '/')}{end}") for end in (".py", "/__init__.py"))
    ]
    return next((path for path in (*options, *sorted(inside)) if bundle.has(path)), None)


def _taken_from(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            if not node.level:
                yield node.module or ""
                continue
            parts = package.split(".")
            up = parts[: len(parts) - node.level + 1]
            yield ".".join([*up, *([node.module] if node.module else [])])


def _merged(found: Iterator[Variable]) -> tuple[Variable, ...]:
    """Each once; it is required if any reading of it has no default, for nobody knows which one is reached."""
    by_name: dict[str, Variable] = {}
    for variable in found:
        known = by_name.get(variable.name)
        if known is None or (variable.is_required and not known.is_required):
            by_name[variable.name] = variable
    return tuple(by_name[name] for name in sorted(by_name))


def _variables(tree: ast.AST, path: str) -> Iterator[Variable]:
    defaults = _schemes(tree)
    for node in ast.walk(tree):
        found = _variable(node, defaults)
        if found is not None:
            name, kind, is_required = found
            line = getattr(node, "lineno", 0)
            yield Variable(name=name, kind=kind, is_required=is_required, where=f"{path}:{line}")


def _schemes(tree: ast.AST) -> frozenset[str]:
    """Names to which django-environ's `Env(DEBUG=(bool, False))` gives a default."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Env")
    ]
    return frozenset(
        word.arg
        for call in calls
        for word in call.keywords
        if word.arg and isinstance(word.value, ast.Tuple) and len(word.value.elts) > 1
    )


def _variable(node: ast.AST, defaults: frozenset[str]) -> tuple[str, str, bool] | None:
    """The name that is read, how, and whether it must be there; None for what reads no variable."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        name = _constant(node.slice) if ast.unparse(node.value) in _ENVIRON else None
        return (name, "str", True) if name else None
    if not isinstance(node, ast.Call):
        return None
    owner, _, method = ast.unparse(node.func).rpartition(".")
    is_lenient = (owner, method) == ("os", "getenv") or (owner in _ENVIRON and method == "get")
    is_strict = owner in _READS or (not owner and method in _READS)
    name = _constant(node.args[0]) if node.args else _NAMELESS.get(method)
    if not (is_lenient or is_strict) or name is None or not _NAME.fullmatch(name):
        return None
    has_default = (
        len(node.args) > 1 or any(word.arg == "default" for word in node.keywords) or name in defaults
    )
    kind = next((ast.unparse(word.value) for word in node.keywords if word.arg == "cast"), method)
    # What `get` gives for a missing variable is None, which settings are made to bear.
    return name, "str" if kind in {*_READS, "get"} else kind, not (has_default or is_lenient)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


_PARTS = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "name"}


def _database(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        pairs = {
            _constant(key): value
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        }
        if "ENGINE" not in pairs:
            continue
        for key, part in _PARTS.items():
            inner = [_variable(one, frozenset()) for one in ast.walk(pairs[key])] if key in pairs else []
            name = next((found[0] for found in inner if found), None)
            if name:
                yield part, name
