"""What a project's environment is made from: the dependency files that lie there, in the order of their strength."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateproof.environment.locks import has_hashes, logical_lines
from gateproof.judge.bundle import Bundle

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:requirements(?:[-_.][\w-]+)*\.txt|(?:requirements|reqs)/[\w-]+\.txt|[\w-]+[-_]requirements\.txt)$"
)
_FOR_TESTS = ("dev", "develop", "development", "test", "tests", "testing", "local", "ci")
_FOR_ALL = ("requirements", "base", "common", "main", "prod", "production")
_EXTRAS = ("test", "tests", "testing", "dev", "develop", "development", "lint", "all")
_LOCKS = ("uv.lock", "poetry.lock", "Pipfile.lock")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependencies:
    """How a gate's environment is to be made, and how sure that is."""

    lock: str | None = None
    installs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Where it was read from."""
    text: str = ""
    """All of them, to look for a tool's name in."""
    python: str | None = None
    """What the project says of its Python, such as `>=3.12`."""
    unsure: tuple[str, ...] = ()

    def names(self, tool: str) -> bool:
        """Whether any of the files asks for a package of this name."""
        return bool(
            re.search(rf"(?im)^\s*[\"'\[]*(?:name = \")?{re.escape(tool)}(?![\w.-]*[a-z])", self.text)
            or re.search(
                rf"[\"']{re.escape(tool)}(?:\[[\w,]*\])?\s*(?:[=<>~!;].*)?[\"']", self.text, re.IGNORECASE
            )
        )


def find_dependencies(bundle: Bundle) -> Dependencies:
    """The strongest form that is there: a lock with hashes, then requirements, then what pyproject.toml declares."""
    requirements = _requirements(bundle)
    project = _toml(bundle.text("pyproject.toml"))
    asked = _python(bundle, project)
    for lock in _LOCKS:
        if bundle.has(lock):
            beside = ("pyproject.toml", "Pipfile")
            return _made(bundle, (lock, *(one for one in beside if bundle.has(one))), lock=lock, python=asked)
    if requirements:
        return _from_requirements(bundle, requirements, asked)
    if bundle.has("Pipfile"):
        unsure = ("Pipfile has no Pipfile.lock beside it, so nothing is pinned; run `pipenv lock`.",)
        return _made(bundle, ("Pipfile",), installs=("Pipfile",), python=asked, unsure=unsure)
    if project.get("project", {}).get("dependencies") or bundle.has("setup.py") or bundle.has("setup.cfg"):
        return _from_metadata(bundle, project, asked)
    unsure = (
        "No dependency file was found, so the gates install the newest Django; name your own in INSTALLS.",
    )
    return Dependencies(installs=("django",), python=asked, unsure=unsure)


def _made(bundle: Bundle, files: tuple[str, ...], **more: Any) -> Dependencies:
    return Dependencies(files=files, text="\n".join(bundle.text(path) or "" for path in files), **more)


def _requirements(bundle: Bundle) -> list[str]:
    found = [path for path in bundle.sizes if _REQUIREMENTS.search(path) and path.count("/") <= 2]
    return sorted((path for path in found if "docs/" not in path), key=lambda path: (path.count("/"), path))


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    words = [
        word for word in re.split(r"[-_.]", name.removesuffix(".txt")) if word not in {"requirements", "reqs"}
    ]
    return words[0] if words else "requirements" if "requirements" in name or not folder else name


def _from_requirements(bundle: Bundle, paths: list[str], python: str | None) -> Dependencies:
    tests = [path for path in paths if _stem(path) in _FOR_TESTS]
    base = [path for path in paths if _stem(path) in _FOR_ALL]
    chosen = [*base[:1], *sorted(tests, key=lambda path: _FOR_TESTS.index(_stem(path)))[:2]] or paths[:1]
    named = {other for path in chosen for other in _includes(bundle, path)}
    chosen = [path for path in chosen if path not in named]
    everything = (*chosen, *sorted(named))
    left = [path for path in paths if path not in everything]
    unsure = (
        (f"Not installed for the gates: {', '.join(left[:4])}; add `-r` lines if they are needed.",)
        if left
        else ()
    )
    hashed = [path for path in chosen if has_hashes(bundle.text(path) or "")]
    lock = hashed[-1] if hashed else None
    lines = tuple(f"-r {path}" for path in chosen if path != lock)
    if not lock:
        unsure = (
            *unsure,
            "The requirements are not pinned by hash, so a run next month may see other packages.",
        )
    return _made(bundle, everything, lock=lock, installs=lines, python=python, unsure=unsure)


def _includes(bundle: Bundle, path: str) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    for line in logical_lines(bundle.text(path) or ""):
        match = re.match(r"(?:-r|--requirement)[ =]?\s*(\S+)", line)
        if match:
            other = "/".join(filter(None, (folder, match[1].removeprefix("./"))))
            while "/../" in f"/{other}":
                other = re.sub(r"(?:^|(?<=/))[^/]+/\.\./", "", other, count=1)
            yield other
            yield from _includes(bundle, other) if other != path else ()


def _from_metadata(bundle: Bundle, project: dict[str, Any], python: str | None) -> Dependencies:
    offered = project.get("project", {}).get("optional-dependencies", {})
    extras = [name for name in _EXTRAS if name in offered]
    groups = [name for name in _EXTRAS if name in project.get("dependency-groups", {})]
    line = f"-e .[{','.join(extras)}]" if extras else "-e ."
    lines = (line, *(f"--group {name}" for name in groups))
    unsure = ("Nothing pins the packages, so a run next month may see others; a lock with hashes would.",)
    files = tuple(one for one in ("pyproject.toml", "setup.cfg", "setup.py") if bundle.has(one))
    return _made(bundle, files, installs=lines, python=python, unsure=unsure)


def _python(bundle: Bundle, project: dict[str, Any]) -> str | None:
    said = project.get("project", {}).get("requires-python")
    poetry = project.get("tool", {}).get("poetry", {}).get("dependencies", {}).get("python")
    pipenv = _toml(bundle.text("Pipfile")).get("requires", {}).get("python_version")
    exact = (bundle.text(".python-version") or "").strip()
    if isinstance(said, str):
        return said
    if isinstance(poetry, str):
        return re.sub(r"\^(\d+)\.(\d+)[\d.]*", r">=\1.\2,<4", poetry)
    if isinstance(pipenv, str):
        return f"=={pipenv}.*"
    return f"=={'.'.join(exact.split('.')[:2])}.*" if re.fullmatch(r"3\.\d+(?:\.\d+)?", exact) else None


def _toml(text: str | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError:
        return {}
