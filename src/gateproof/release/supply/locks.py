"""The locks of a checkout as an audit takes them: every pin, whatever its marker says, and when it was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gateproof.errors import NothingRanError, UnknownError
from gateproof.release.pinning import locks
from gateproof.release.supply.keys import Key, key_of

ENDING = ".txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One version of one package."""

    name: str
    """Normalised."""
    version: str
    hashes: tuple[str, ...] = ()
    """`sha256:…`, as the lock lists them."""

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"

    @property
    def key(self) -> Key:
        """What it is compared by. Raises ValueError for a version that PEP 440 does not know."""
        return key_of(self.name, self.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """One lock."""

    path: str
    """Inside the repository, such as `requirements/store.txt`."""
    pins: tuple[Pin, ...]
    resolved: date | None
    """The day on which its versions were chosen, as it says itself; None where it does not."""
    mistakes: tuple[str, ...] = ()
    """Lines that pin nothing, a sentence each."""


def read_locks(root: Path, folder: str) -> tuple[Lock, ...]:
    """Every lock in the project's `folder`, by name.

    Raises NothingRanError when there is none, and UnknownError for one that cannot be read.
    """
    paths = sorted((root / folder).glob(f"*{ENDING}"))
    if not paths:
        raise NothingRanError(f"There is no {folder}/*{ENDING}, so nothing is pinned; run `invoke pin`.")
    return tuple(_read(path, f"{folder}/{path.name}") for path in paths)


def parse_lock(path: str, text: str) -> Lock:
    """What a lock's text pins, and what in it pins nothing."""
    read = locks.read_lock(path, text)
    return Lock(
        path=path,
        pins=tuple(Pin(name=pin.name, version=str(pin.version), hashes=pin.hashes) for pin in read.pins),
        resolved=read.stamp.resolved if read.stamp else None,
        mistakes=tuple(f"{one.path}: {one.sentence.rstrip('.')}" for one in read.findings),
    )


def _read(path: Path, inside: str) -> Lock:
    try:
        return parse_lock(inside, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError(f"{inside} could not be read: {error}.") from None
