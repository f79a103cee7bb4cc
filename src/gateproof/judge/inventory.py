"""What a source is made of, as far as its files tell: pinned packages, migrations, settings, gates, statuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from gateproof.evidence import attempts
from gateproof.evidence.subject import EVIDENCE
from gateproof.judge import markdown
from gateproof.judge.bundle import Bundle
from gateproof.judge.claims import Claims
from gateproof.judge.statuses import Says
from gateproof.judge.tomltext import read_toml, table

_NOT_OURS = re.compile(
    r"(?:^|/)(?:tests?|testing|examples?|fixtures?|node_modules)/|(?:^|/)(?:test_|conftest)"
)
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements/[^/]+|(?:requirements|constraints)[^/]*)\.txt$")
_PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*===?\s*(?P<version>[^\s;\\#,]+)")
_MIGRATION = re.compile(r"(?:^|/)migrations/\d{4}_\w+\.py$")
_READ = re.compile(
    r"(?:\benviron(?:\.(?:get|setdefault|pop))?\s*[\[(]|\b(?:get_?)?env(?!ironment\b)\w*(?:\.\w+)?\s*\("
    r"|\bVariable\s*\(\s*name\s*=|\bconfig\s*\()\s*[\"'](?P<name>[A-Z][A-Z0-9_]*)[\"']"
)
_SETTING_HEADS = frozenset({"key", "setting", "variable", "environment variable", "option", "env"})
_CODE = re.compile(r"`([^`]+)`")


def files(bundle: Bundle) -> tuple[str, ...]:
    """The source's files, without the evidence about it."""
    return tuple(sorted(path for path in bundle.sizes if not path.startswith(f"{EVIDENCE}/")))


def pins(bundle: Bundle) -> dict[str, dict[str, str]]:
    """The version of every pinned package, by its normal name and then by the lock that pins it."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in files(bundle):
        for name, version in () if _NOT_OURS.search(path) else _pins_of(path, bundle):
            plain = re.sub(r"[-_.]+", "-", name).lower()
            found.setdefault(plain, {}).setdefault(path, set()).add(version)
    return {
        name: {path: " / ".join(sorted(versions)) for path, versions in locks.items()}
        for name, locks in sorted(found.items())
    }


def _pins_of(path: str, bundle: Bundle) -> Iterator[tuple[str, str]]:
    file = path.rpartition("/")[2]
    if _REQUIREMENTS.search(path):
        for line in (bundle.text(path) or "").splitlines():
            if pin := _PIN.match(line.strip()):
                yield pin["name"], pin["version"]
    elif file in ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"):
        document = _toml(bundle.text(path) or "")
        for package in document.get("package", document.get("packages", ())):
            if isinstance(package, dict) and {"name", "version"} <= package.keys():
                yield str(package["name"]), str(package["version"])
    elif file == "Pipfile.lock":
        for group in ("default", "develop"):
            for name, facts in _json(bundle.text(path) or "").get(group, {}).items():
                if isinstance(facts, dict) and str(facts.get("version", "")).startswith("=="):
                    yield name, str(facts["version"]).removeprefix("==")


def _toml(text: str) -> dict[str, list[object]]:
    try:
        return read_toml(text)
    except ValueError:
        return {}


def _json(text: str) -> dict[str, dict[str, object]]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {key: part for key, part in table(told).items() if isinstance(part, dict)}


def migrations(bundle: Bundle) -> tuple[str, ...]:
    """Django's numbered migrations, by path."""
    return tuple(path for path in files(bundle) if _MIGRATION.search(path) and not _NOT_OURS.search(path))


def settings(bundle: Bundle) -> dict[str, str]:
    """What can be set from outside: variables that code reads, and keys in tables of settings; each with its place."""
    found: dict[str, str] = {}
    for path in files(bundle):
        if _NOT_OURS.search(path) or not path.endswith((".py", ".md")):
            continue
        for name in (
            _read(bundle.text(path) or "") if path.endswith(".py") else _tabled(bundle.text(path) or "")
        ):
            found.setdefault(name, path)
    return dict(sorted(found.items()))


def _read(text: str) -> Iterator[str]:
    if "env" not in text and "config" not in text and "Variable" not in text:
        return
    for read in _READ.finditer(text):
        # A `config("X")` is a setting only where python-decouple gives it.
        if not read[0].startswith("config") or "decouple" in text:
            yield read["name"]


def _tabled(text: str) -> Iterator[str]:
    inside = False
    for line in markdown.prose(text) if "|" in text else ():
        if not line.lstrip().startswith("|"):
            inside = False
            continue
        first = line.strip().strip("|").partition("|")[0]
        if markdown.plain(first).lower() in _SETTING_HEADS:
            inside = True
        elif inside:
            yield from (name.strip() for name in _CODE.findall(first))


def gates(bundle: Bundle) -> dict[str, dict[str, str]]:
    """What the evidence about this very source says of each gate, by gate and then by leg."""
    if bundle.unsound:
        return {}
    here = (run.attempt for run in bundle.runs if run.kind == "gates" and run.git_tree == bundle.git_tree)
    found: dict[str, dict[str, str]] = {}
    for leg in attempts.legs(here):
        last = leg.deciding
        count = f", {last.looked_at:,} {last.unit}" if last.looked_at else ""
        flaky = ", flaky" if leg.is_flaky else ""
        found.setdefault(leg.gate, {})[leg.leg] = f"{leg.state}{count}{flaky}"
    return found


def statuses(claims: Claims) -> dict[str, str]:
    """What the documents say of each id. Done only where all of them do."""
    said: dict[str, set[Says]] = {}
    for status in claims.statuses:
        said.setdefault(status.id, set()).add(status.says)
    least = (Says.OPEN, Says.LATER, Says.DONE)
    return {name: next(str(one) for one in least if one in found) for name, found in sorted(said.items())}


def numbers(claims: Claims) -> Mapping[str, str]:
    """What stands between claim marks, by key."""
    return {mark.key: mark.text.strip() for mark in sorted(claims.marks, key=lambda mark: mark.key)}
