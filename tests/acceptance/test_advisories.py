"""Real advisories, a whole dump of them: our endpoint says of each what `packaging` says, and pip-audit asks it.

`GATEPROOF_ADVISORIES` names the dump. Without it these tests fail: nothing was looked at.
"""

from __future__ import annotations

import functools
import json
import os
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from gateproof.release.supply.keys import key_of
from gateproof.release.supply.locks import Lock, Pin
from gateproof.release.supply.osv import Advisories, load_advisories
from gateproof.release.supply.pipaudit import scan

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def path() -> Path:
    name = os.environ.get("GATEPROOF_ADVISORIES")
    assert name, "GATEPROOF_ADVISORIES names no dump of advisories; without one nothing here is looked at."
    return Path(name)


@pytest.fixture(scope="module")
def listed(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as packed:
        return [json.loads(packed.read(name)) for name in packed.namelist() if name.endswith(".json")]


@pytest.fixture(scope="module")
def known(path: Path) -> Advisories:
    return load_advisories(path)


def ours(one: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (affected for affected in one["affected"] if affected["package"]["ecosystem"] == "PyPI")


def versions_of(about: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    """Every version that advisories name for a package, and what lies just beside each end of a range."""
    found = {"0.dev0", "9999"}
    for affected in (one for advisory in about for one in ours(advisory)):
        if canonicalize_name(affected["package"]["name"]) != name:
            continue
        found |= {text for text in affected.get("versions", ()) if parsed(text)}
        for listed in affected.get("ranges", ()):
            if listed["type"] == "ECOSYSTEM":
                for text in (text for event in listed["events"] for text in event.values()):
                    if end := parsed(text):
                        base = end.base_version
                        found |= {text, f"{base}.dev0", f"{base}.post1", f"{base}.0.1"}
    return found


def by_packaging(one: Mapping[str, Any], name: str, version: Version) -> bool:
    """The same question, answered without walking through the events."""
    for affected in ours(one):
        if canonicalize_name(affected["package"]["name"]) != name:
            continue
        if any(parsed(text) == version for text in affected.get("versions", ())):
            return True
        ordered = [listed["events"] for listed in affected.get("ranges", ()) if listed["type"] == "ECOSYSTEM"]
        if any(is_inside(events, version) for events in ordered):
            return True
    return False


def is_inside(events: list[dict[str, str]], version: Version) -> bool:
    """Whether it begins somewhere at or before this version, and ends nowhere between the two."""
    if not all(parsed(text) for event in events for text in event.values()):
        return True  # Nobody can tell where it begins or ends, so it may be about this one.
    starts = [exact("0.dev0" if text == "0" else text) for text in of_kind(events, "introduced")]
    fixed = list(map(exact, of_kind(events, "fixed")))
    last = list(map(exact, of_kind(events, "last_affected")))
    return any(
        start <= version
        and not any(start < end <= version for end in fixed)
        and not any(start <= end < version for end in last)
        for start in starts
    )


def of_kind(events: list[dict[str, str]], kind: str) -> list[str]:
    return [event[kind] for event in events if kind in event]


@functools.cache
def exact(text: str) -> Version:
    return Version(text)


@functools.cache
def parsed(text: str) -> Version | None:
    """A version, or None for what PEP 440 does not know."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def test_every_advisory_is_answered_as_packaging_says(
    listed: list[dict[str, Any]], known: Advisories
) -> None:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for one in listed:
        for package in {str(canonicalize_name(affected["package"]["name"])) for affected in ours(one)}:
            by_name.setdefault(package, []).append(one)
    asked, wrong = 0, []
    for name, about in by_name.items():
        for text in versions_of(about, name):
            holding = (one for one in about if one.get("withdrawn") is None)
            expected = {one["id"] for one in holding if by_packaging(one, name, exact(text))}
            asked += len(about)
            if {one["id"] for one in known.about(name, text)} != expected:
                wrong.append((name, text, sorted(expected)))

    assert not wrong[:10]
    assert len({one["id"] for about in by_name.values() for one in about}) == len(listed) > 2_000
    assert asked > 100_000
    assert known.count + known.withdrawn == len(listed)
    assert known.withdrawn == sum(one.get("withdrawn") is not None for one in listed)


def test_pip_audit_finds_what_is_known_of_two_hundred_pins(
    listed: list[dict[str, Any]], known: Advisories, path: Path
) -> None:
    pins = two_hundred(known)
    lock = Lock(path="many.txt", pins=pins, resolved=None)
    started = time.monotonic()
    scanned, source = scan((lock,), service="pypi", dump=path)
    seconds = time.monotonic() - started
    found = {(one.pin.name, one.pin.version, one.id) for one in scanned.vulnerabilities}
    expected = {
        (pin.name, pin.version, one["id"])
        for one in listed
        for pin in pins
        if one.get("withdrawn") is None and by_packaging(one, pin.name, Version(pin.version))
    }

    # pip-audit tells an advisory once by whichever of its names it met first.
    names = {one["id"]: {one["id"], *one.get("aliases", ())} for one in listed}
    missing = {
        (name, version, called)
        for name, version, called in expected
        if not any(
            other[:2] == (name, version) and names[called] & {other[2], *names.get(other[2], ())}
            for other in found
        )
    }
    assert not missing
    assert found <= expected
    assert scanned.audited == scanned.asked
    assert scanned.audited == {key_of(pin.name, pin.version) for pin in pins}
    assert len({pin for pin in pins if any(one[0] == pin.name for one in found)}) >= 90
    assert source.updated == known.updated
    assert seconds < 60


def two_hundred(known: Advisories) -> tuple[Pin, ...]:
    """A hundred pins that some advisory is about, and a hundred that none is about."""
    vulnerable: list[Pin] = []
    free: list[Pin] = []
    for name, about in sorted(known.by_package.items()):
        texts = [
            text for one in about for affected in one["affected"] for text in affected.get("versions", ())
        ]
        proper = [text for text in texts if parsed(text)]
        if proper and len(vulnerable) < 100:
            vulnerable.append(
                Pin(name=name, version=str(Version(proper[0])), hashes=("sha256:" + "ab" * 32,))
            )
        elif len(free) < 100 and not known.about(name, "9999"):
            free.append(Pin(name=name, version="9999", hashes=("sha256:" + "ab" * 32,)))
    assert (len(vulnerable), len(free)) == (100, 100)
    return (*vulnerable, *free)
