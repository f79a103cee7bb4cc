"""Reads the licence of each pin from the package itself, as the lock's hashes admit it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from gateproof.release.pinning.engines import unpack
from gateproof.release.supply.keys import key_of
from gateproof.release.supply.licences import Licences, Licensed, licensed
from gateproof.release.supply.locks import Pin
from gateproof.release.supply.spdx import Declared

LARGEST = 256 * 1024
"""Bytes of a text; above that it is no licence. The longest that is one, Node.js's with all it bundles, has 156 KB."""
_NAMED = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
_OTHERS = re.compile(
    r"author|contributor|change|readme|\.(?:py|pyi|pyc|so|pyd|dll|json|about|ABOUT|html)$", re.IGNORECASE
)
_SHORT = 60
"""Characters of a licence's name. Some packages put the whole text where its name belongs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """A record for exactly these pins."""

    record: Licences
    read: int
    """Packages that were looked into; the others were in the record already."""
    unread: tuple[tuple[Pin, str], ...]
    """Pins that could not be looked into, each with the reason; the record lacks them."""


def collect(pins: Iterable[Pin], before: Licences, *, platforms: Sequence[str], python: str) -> Collected:
    """Read what the record lacks, and leave out what is pinned no more.

    A package is unpacked by uv with the lock's hashes, for the first platform on which there is one.
    Raises UnknownError without uv.
    """
    wanted = _merged(pins)
    kept = [one for one in before.packages if one.key in wanted]
    missing = [pin for key, pin in wanted.items() if key not in {one.key for one in kept}]
    texts = dict(before.texts)
    unread: list[tuple[Pin, str]] = []
    for batch in _batches(missing):
        found, why = _read(batch, platforms[0], python)
        for pin in batch:
            package = found.get(pin.name) or _alone(pin, platforms, python, why)
            if isinstance(package, str):
                unread.append((pin, package))
                continue
            kept.append(package[0])
            texts |= package[1]
    return Collected(
        record=Licences(packages=tuple(sorted(kept, key=lambda one: one.key)), texts=texts),
        read=len(missing) - len(unread),
        unread=tuple(unread),
    )


_Found = tuple[Licensed, dict[str, str]]


def _merged(pins: Iterable[Pin]) -> dict[tuple[str, str], Pin]:
    """One pin a version, with the hashes of all locks."""
    merged: dict[tuple[str, str], Pin] = {}
    for pin in pins:
        key = key_of(pin.name, pin.version)
        known = merged[key].hashes if key in merged else ()
        hashes = tuple(dict.fromkeys((*known, *pin.hashes)))
        merged[key] = Pin(name=key[0], version=pin.version, hashes=hashes)
    return dict(sorted(merged.items()))


def _batches(pins: Iterable[Pin]) -> Iterator[list[Pin]]:
    """Pins that can be unpacked into one folder: one version of a package each."""
    left = list(pins)
    while left:
        batch = {pin.name: pin for pin in reversed(left)}
        yield [pin for pin in left if batch[pin.name] is pin]
        left = [pin for pin in left if batch[pin.name] is not pin]


def _alone(pin: Pin, platforms: Sequence[str], python: str, why: str) -> _Found | str:
    for platform in platforms:
        found, why = _read([pin], platform, python)
        if pin.name in found:
            return found[pin.name]
    return why or "its package was unpacked and says nothing of itself"


def _read(pins: Sequence[Pin], platform: str, python: str) -> tuple[dict[str, _Found], str]:
    """What is found of each by name, and why nothing was."""
    with tempfile.TemporaryDirectory(prefix="gateproof-licences-", ignore_cleanup_errors=True) as scratch:
        lock, target = Path(scratch) / "lock.txt", Path(scratch) / "packages"
        lines = (f"{pin} {' '.join(f'--hash={one}' for one in pin.hashes)}\n" for pin in pins)
        lock.write_text("".join(lines), encoding="utf-8", newline="\n")
        if why := unpack(lock, target, platform=platform, python=python):
            return {}, why
        versions = {pin.name: pin for pin in pins}
        found = {}
        for package in distributions(path=[str(target)]):
            pin = versions.get(canonicalize_name(package.name))
            if pin is not None and key_of(package.name, package.version) == key_of(pin.name, pin.version):
                declared, texts = _looked_into(package)
                found[pin.name] = licensed(pin.name, pin.version, declared, texts)
        return found, ""


def _looked_into(package: Distribution) -> tuple[Declared, list[tuple[str, str]]]:
    metadata = package.metadata
    said = _first(package, "License")
    is_text = "\n" in said.strip() or len(said) > _SHORT
    texts = list(_texts(package))
    if is_text and not texts:
        texts.append(("METADATA", plain(said.encode("utf-8", "replace"))))
    prefix = "License :: "
    declared = Declared(
        expression=_first(package, "License-Expression"),
        licence="" if is_text or said.strip() == "UNKNOWN" else said.strip(),
        classifiers=tuple(
            sorted(
                one.removeprefix(prefix)
                for one in metadata.get_all("Classifier") or ()
                if one.startswith(prefix)
            )
        ),
    )
    return declared, texts


def _first(package: Distribution, name: str) -> str:
    return str(next(iter(package.metadata.get_all(name) or ()), ""))


def _texts(package: Distribution) -> Iterator[tuple[str, str]]:
    """Its licences and notices, of what it bundles too, in order; the same text once."""
    seen = set()
    listed = {str(one) for one in package.metadata.get_all("License-File") or ()}
    for file in sorted(package.files or (), key=str):
        place = str(file).replace("\\", "/")
        inside = ".dist-info/" in place
        is_one = _NAMED.search(file.name) or (inside and ("/licenses/" in place or file.name in listed))
        path = Path(str(package.locate_file(file)))
        if not is_one or _OTHERS.search(file.name) or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        text = plain(path.read_bytes())
        if text and text not in seen:
            seen.add(text)
            yield re.sub(r"^[^/]*\.dist-info/(?:licenses/)?", "", place), text


def plain(raw: bytes) -> str:
    """A text as it is recorded: `\\n` line ends, no space at line ends, nothing that a terminal obeys."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(8).split("\n")
    shown = (
        "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in line)
        for line in lines
    )
    return "\n".join(line.rstrip() for line in shown).strip("\n")
