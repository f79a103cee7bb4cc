"""A lock as text: its pins, what it says about itself, and how that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from gateproof.model import Finding
from gateproof.release.pinning.codes import Code

_STAMP = re.compile(
    r"# gateproof: inputs sha256:(?P<inputs>[0-9a-f]{64})\n"
    r"# gateproof: pins sha256:(?P<pins>[0-9a-f]{64})\n"
    r"# gateproof: renewed (?P<renewed>\d{4}-\d{2}-\d{2})\n"
    r"(?:# gateproof: resolved (?P<resolved>\d{4}-\d{2}-\d{2})\n)?"
)
_OURS = ("# gateproof: ", "# Made by `invoke pin`")
# What pip itself takes for a hash it can trust.
_HASH = re.compile(r"--hash=(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})")
_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_PLACE = re.compile(
    r"://|--(?:extra-)?index-url|--find-links|--trusted-host|\bfile:|(?:^|\s)(?:/|[A-Za-z]:\\)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One package at one version, with the hashes of its files."""

    name: str
    """In normal form (PEP 503)."""
    version: Version
    marker: Marker | None
    hashes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """What a lock says about how it was made."""

    inputs: str
    """SHA-256 of everything that it was compiled from."""
    pins: str
    """SHA-256 of the rest of the lock."""
    renewed: date
    """When all of it was last allowed to move to newer versions."""
    resolved: date | None = None
    """When any of its versions was last chosen; it holds nothing that was published later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """A lock, and what is wrong with it."""

    path: str
    pins: tuple[Pin, ...]
    stamp: Stamp | None
    digest: str
    """SHA-256 of what the stamp is about."""
    findings: tuple[Finding, ...]


def read_lock(path: str, text: str) -> Lock:
    """Read a lock; every line that is not a hashed pin is a finding, and none is passed over."""
    pins: list[Pin] = []
    findings: list[Finding] = []
    for number, line in logical_lines(text):
        pin, why = _pin(line)
        if pin is None:
            findings.append(Code.NOT_A_PIN.at(f"{path}:{number}", why))
        elif any(other.name == pin.name and other.marker == pin.marker for other in pins):
            findings.append(Code.NOT_A_PIN.at(f"{path}:{number}", f"{pin.name} is pinned twice."))
        else:
            pins.append(pin)
    body = body_of(text)
    findings += [
        Code.NAMES_A_PLACE.at(f"{path}:{number}", line.strip()[:80])
        for number, line in enumerate(_lines(text), 1)
        if _PLACE.search(line)
    ]
    return Lock(
        path=path, pins=tuple(pins), stamp=_stamp(text), digest=digest_of(body), findings=tuple(findings)
    )


def stamped(body: str, *, source: str, inputs: str, renewed: date, resolved: date | None = None) -> str:
    """The lock's text with the stamp above it; `resolved` is the day of `renewed` where nothing moved since."""
    body = body_of(body)
    return (
        f"# Made by `invoke pin` from {source}; change that, and run it again.\n"
        f"# gateproof: inputs sha256:{inputs}\n"
        f"# gateproof: pins sha256:{digest_of(body)}\n"
        f"# gateproof: renewed {renewed.isoformat()}\n"
        f"# gateproof: resolved {(resolved or renewed).isoformat()}\n"
        f"{body}"
    )


def body_of(text: str) -> str:
    """The lock without its stamp, with `\\n` line ends whatever git made of them."""
    return "".join(f"{line}\n" for line in _lines(text) if not line.startswith(_OURS))


def digest_of(text: str) -> str:
    """SHA-256 of the text as UTF-8."""
    return sha256(text.encode("utf-8")).hexdigest()


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines as pip joins them: continued by a backslash, ended by a comment, without comments and empty lines."""
    begun: list[str] = []
    first = 0
    for number, line in enumerate([*_lines(text), ""], 1):
        if not begun:
            first = number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            begun.append(line.removesuffix("\\"))
            continue
        # pip ends a continued line at a comment, too: a hash below one is not read.
        whole = _COMMENT.sub("", "".join([*begun, f" {line}" if is_comment else line])).strip()
        begun = []
        if whole:
            yield first, whole


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []


def _stamp(text: str) -> Stamp | None:
    found = _STAMP.search("".join(f"{line}\n" for line in _lines(text)[:6]))
    if found is None:
        return None
    try:
        renewed = date.fromisoformat(found["renewed"])
        resolved = date.fromisoformat(found["resolved"]) if found["resolved"] else None
    except ValueError:
        return None
    return Stamp(inputs=found["inputs"], pins=found["pins"], renewed=renewed, resolved=resolved)


def _pin(line: str) -> tuple[Pin | None, str]:
    words, *options = re.split(r"\s+(?=--)", line)
    strange = [option for option in options if not _HASH.fullmatch(option.strip())]
    if strange:
        return None, f"{strange[0]} is not a hash that pip takes."
    try:
        wanted = Requirement(words)
        (only,) = wanted.specifier
        version = Version(only.version)
    except (InvalidRequirement, InvalidVersion, ValueError):
        return None, f"{words} names no single version."
    if wanted.url or only.operator != "==":
        return None, f"{words} names no single version."
    if not options:
        return None, f"{words} has no hash."
    hashes = tuple(option.strip().removeprefix("--hash=") for option in options)
    name = canonicalize_name(wanted.name)
    return Pin(name=name, version=version, marker=wanted.marker, hashes=hashes), ""
