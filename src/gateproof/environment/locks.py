"""Locks of other tools as hash-pinned requirements, which every installer understands."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from gateproof.errors import UsageError


def pipenv_lock(text: str) -> str:
    """The requirements, with hashes, of a Pipfile.lock, its development packages included.

    Raises UsageError for what is no such lock, and for a package that it does not pin by version and hash.
    """
    try:
        lock = json.loads(text)
        packages = {**lock["default"], **lock["develop"]}
        lines = [_pipenv_line(name, one) for name, one in sorted(packages.items())]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"Pipfile.lock is not a lock of Pipenv ({error!r}); run `pipenv lock`.") from None
    return _text(lines, "Pipfile.lock")


def _pipenv_line(name: str, package: Mapping[str, Any]) -> str:
    extras = f"[{','.join(package['extras'])}]" if package.get("extras") else ""
    version, hashes = package.get("version", ""), package.get("hashes", [])
    if not version.startswith("==") or not hashes:
        raise UsageError(f"Pipfile.lock does not pin {name} by version and hash; take it from an index.")
    return _line(f"{name}{extras}{version}", package.get("markers"), hashes)


def poetry_lock(text: str) -> str:
    """The requirements, with hashes, of a poetry.lock: every group, without what is optional.

    Raises UsageError for what is no such lock, and for a package that it does not pin by version and hash.
    """
    try:
        lock = tomllib.loads(text)
        files = lock.get("metadata", {}).get("files", {})  # where Poetry 1.0 to 1.2 wrote the hashes
        lines = [
            _poetry_line(package, package.get("files") or files.get(package["name"], []))
            for package in lock["package"]
            if not package.get("optional")
        ]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"poetry.lock is not a lock of Poetry ({error!r}); run `poetry lock`.") from None
    return _text(lines, "poetry.lock")


def _poetry_line(package: Mapping[str, Any], files: list[Mapping[str, str]]) -> str:
    name, hashes = package["name"], [file["hash"] for file in files]
    if package.get("source", {}).get("type") in {"git", "directory", "file", "url"} or not hashes:
        raise UsageError(f"poetry.lock does not pin {name} by version and hash; take it from an index.")
    markers = package.get("markers")
    if isinstance(markers, dict):  # a condition a group; what has none in one group is always wanted
        markers = " or ".join(f"({one})" for one in dict.fromkeys(markers.values()))
    return _line(f"{name}=={package['version']}", markers, hashes)


def _line(requirement: str, markers: str | None, hashes: list[str]) -> str:
    condition = f" ; {markers}" if markers else ""
    return " ".join([requirement + condition, *(f"--hash={one}" for one in sorted(hashes))])


def _text(lines: list[str], name: str) -> str:
    if not lines:
        raise UsageError(f"{name} pins no package; an environment of nothing runs nothing.")
    return "\n".join(lines) + "\n"


def pipfile(text: str) -> tuple[str, ...]:
    """The requirements of a Pipfile, its development packages included, in the form of a requirements file.

    Raises UsageError for what is no Pipfile, and for a package that comes from elsewhere than an index.
    """
    try:
        document = tomllib.loads(text)
        groups = (document.get("packages", {}), document.get("dev-packages", {}))
        found = [_pipfile_line(name, wanted) for group in groups for name, wanted in group.items()]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"Pipfile is not understood ({error!r}); mend it.") from None
    return tuple(found)


def _pipfile_line(name: str, wanted: str | Mapping[str, Any]) -> str:
    if isinstance(wanted, str):
        return name if wanted == "*" else f"{name}{wanted}"
    if "version" not in wanted:
        raise UsageError(f"Pipfile takes {name} from elsewhere than an index; name it in `installs` instead.")
    extras = f"[{','.join(wanted['extras'])}]" if wanted.get("extras") else ""
    version = "" if wanted["version"] == "*" else wanted["version"]
    return f"{name}{extras}{version}" + (f" ; {wanted['markers']}" if wanted.get("markers") else "")


def has_hashes(text: str) -> bool:
    """Whether a requirements file pins every package by hash; an empty one pins nothing."""
    requirements = list(logical_lines(text))
    named = [line for line in requirements if not line.startswith("-")]
    return bool(named) and all("--hash" in line for line in named)


def logical_lines(text: str) -> Iterator[str]:
    """The lines of a requirements file: continued ones joined, comments and empty ones left out."""
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        bare = line.partition(" #")[0].strip()
        if bare and not bare.startswith("#"):
            yield bare
