"""Advisories from a dump as OSV publishes it, and which of them are about a version of a package.

The semantics are those of the OSV schema: an advisory is about a version that it lists, or that lies in one of its
ranges. Versions are compared as PEP 440 has them: `4.2` and `4.2.0` are one.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from gateproof.errors import UnknownError
from gateproof.zipfiles import read_members

ECOSYSTEM = "PyPI"
# Git's own ranges are about commits, which a pin has not.
ORDERED = frozenset({"ECOSYSTEM", "SEMVER"})
_FIXED, _INTRODUCED, _LAST_AFFECTED = range(
    3
)  # in this order, where events are about one and the same version
LARGEST = 8 * 1024 * 1024
"""Bytes of one advisory; none comes near."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advisories:
    """Every advisory of a dump that holds, by the normalised name of the package that it is about."""

    by_package: Mapping[str, tuple[Mapping[str, Any], ...]]
    updated: datetime
    """When the newest of them was changed: what happened later is not in here."""
    name: str
    sha256: str
    count: int
    """How many advisories hold; withdrawn ones do not."""
    withdrawn: int

    def about(self, name: str, version: str) -> tuple[Mapping[str, Any], ...]:
        """The advisories about this version. Raises ValueError for a version that PEP 440 does not know."""
        package = canonicalize_name(name)
        try:
            wanted = Version(version)
        except InvalidVersion:
            raise ValueError(f"{version!r} is no version as PEP 440 has them") from None
        return tuple(one for one in self.by_package.get(package, ()) if _is_about(one, package, wanted))


def load_advisories(path: Path) -> Advisories:
    """Read an `all.zip` of OSV whole.

    Raises UnknownError when it cannot be read, holds no advisory, or one that is not understood: what cannot be
    read could be about anything.
    """
    try:
        raw = path.read_bytes()
        members = read_members(path, ending=".json", limit=LARGEST)
        listed = [_read(name, content) for name, content in members]
        return advisories_of(listed, name=path.name, digest=sha256(raw).hexdigest())
    except OSError as error:
        raise UnknownError(
            f"The advisories in {path.name} could not be read: {error.strerror or error}."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownError(
            f"{path.name} is not a dump of advisories as OSV publishes it: {error}. Fetch it again."
        ) from None


def advisories_of(listed: Iterable[Mapping[str, Any]], *, name: str, digest: str) -> Advisories:
    """Put advisories in order. Raises ValueError when there is none, KeyError or TypeError for a broken one."""
    by_package: dict[str, list[Mapping[str, Any]]] = {}
    count = withdrawn = 0
    newest: datetime | None = None
    for advisory in listed:
        changed = moment(advisory["modified"])
        newest = max(newest, changed) if newest else changed
        if advisory.get("withdrawn") is not None:
            withdrawn += 1
            continue
        count += 1
        named = {
            canonicalize_name(_package(affected)) for affected in advisory["affected"] if _is_ours(affected)
        }
        for package in named:
            by_package.setdefault(package, []).append(advisory)
    if newest is None or not by_package:
        raise ValueError("it holds no advisory about a Python package")
    return Advisories(
        by_package={package: tuple(found) for package, found in by_package.items()},
        updated=newest,
        name=name,
        sha256=digest,
        count=count,
        withdrawn=withdrawn,
    )


def moment(text: str) -> datetime:
    """A time of OSV, RFC 3339 in UTC, whose fractions may have more digits than Python takes."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    year, _, rest = whole.partition("-")
    whole = f"{year:0>4}-{rest}"  # Go's zero time is written "1-01-01T00:00:00Z" in real dumps.
    return datetime.fromisoformat(f"{whole}.{(fraction or '0')[:6]:0<6}+00:00")


def _read(name: str, content: bytes) -> Mapping[str, Any]:
    advisory = json.loads(content)
    if not isinstance(advisory, dict) or not isinstance(advisory.get("id"), str):
        raise ValueError(f"{name} is no advisory")
    return advisory


def _is_ours(affected: Mapping[str, Any]) -> bool:
    return bool(affected["package"]["ecosystem"] == ECOSYSTEM)


def _package(affected: Mapping[str, Any]) -> str:
    name = affected["package"]["name"]
    if not isinstance(name, str):
        raise TypeError("an advisory is about a package without a name")
    return name


def _is_about(advisory: Mapping[str, Any], package: str, version: Version) -> bool:
    return any(
        _affects(affected, version)
        for affected in advisory["affected"]
        if _is_ours(affected) and canonicalize_name(_package(affected)) == package
    )


def _affects(affected: Mapping[str, Any], version: Version) -> bool:
    listed = affected.get("versions") or ()
    ranges = [one for one in affected.get("ranges") or () if one["type"] in ORDERED]
    if not listed and not ranges:
        return True  # It names no version, so it speaks of every one.
    return any(_version(text) == version for text in listed) or any(
        _is_in(one["events"], version) for one in ranges
    )


def _is_in(events: Iterable[Mapping[str, str]], version: Version) -> bool:
    """OSV's own algorithm: whoever comes last of the events up to this version decides."""
    ordered: list[tuple[Version, int, bool]] = []
    limits = []
    for event in events:
        (kind, text), *_ = event.items()
        place = _lowest() if text == "0" and kind == "introduced" else _version(text)
        if place is None:
            return True  # Where it begins or ends cannot be told, so it may well be about this one.
        match kind:
            case "introduced":
                ordered.append((place, _INTRODUCED, True))
            case "fixed":
                ordered.append((place, _FIXED, False))
            case "last_affected":
                # It is the last that is affected: the end lies behind it, and behind what begins with it.
                ordered.append((place, _LAST_AFFECTED, False))
            case "limit":
                limits.append(place)
            case _:
                return True
    if limits and not any(version < limit for limit in limits):
        return False
    inside = False
    for place, order, begins in sorted(ordered, key=lambda one: one[:2]):
        if place < version or (place == version and order != _LAST_AFFECTED):
            inside = begins
    return inside


def _lowest() -> Version:
    return Version("0.dev0")


@functools.lru_cache(maxsize=1 << 16)
def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
