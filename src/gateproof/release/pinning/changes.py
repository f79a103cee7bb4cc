"""What differs between two texts of a lock: each package with its licence and what is known against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateproof.release.pinning.locks import read_lock

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """One version of a package, and what is known of it."""

    version: str
    licence: str = UNKNOWN
    """An SPDX expression, or `unknown`."""
    advisories: tuple[str, ...] | None = None
    """Ids of known vulnerabilities; None where nobody was asked."""

    def __str__(self) -> str:
        known = "advisories not asked" if self.advisories is None else ", ".join(self.advisories)
        return f"{self.version} ({self.licence}; {known or 'no known vulnerability'})"

    def as_mapping(self) -> dict[str, Any]:
        """For `--as-json`."""
        advisories = None if self.advisories is None else list(self.advisories)
        return {"version": self.version, "licence": self.licence, "advisories": advisories}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One package whose pin is another than before."""

    lock: str
    name: str
    was: tuple[State, ...]
    """Several, where markers choose between versions."""
    now: tuple[State, ...]

    @property
    def before(self) -> str | None:
        """The version; None for what was not pinned."""
        return " / ".join(one.version for one in self.was) or None

    @property
    def after(self) -> str | None:
        """The version; None for what is pinned no more."""
        return " / ".join(one.version for one in self.now) or None

    def line(self) -> str:
        """For a person."""
        was, now = (" / ".join(map(str, side)) for side in (self.was, self.now))
        word = "changed" if was and now else "added" if now else "removed"
        return f"  {word:8} {self.name} {' -> '.join(side for side in (was, now) if side)}  ({self.lock})"

    def as_mapping(self) -> dict[str, Any]:
        """For `--as-json`."""
        return {
            "lock": self.lock,
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "was": [one.as_mapping() for one in self.was],
            "now": [one.as_mapping() for one in self.now],
        }


Judge = Callable[[str, str], State]
"""What is known of a name at a version."""


def changes(path: str, before: str, after: str, judge: Judge | None = None) -> Iterator[Change]:
    """What was added, removed or changed between two texts of a lock, by name."""
    old, new = (_versions(path, text) for text in (before, after))
    known = judge or (lambda _, version: State(version=version))
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            was, now = (tuple(known(name, version) for version in _of(side, name)) for side in (old, new))
            yield Change(lock=path, name=name, was=was, now=now)


def _of(versions: Mapping[str, Iterable[str]], name: str) -> Iterable[str]:
    return versions.get(name, ())


def _versions(path: str, text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for one in read_lock(path, text).pins:
        found.setdefault(one.name, set()).add(str(one.version))
    return {name: tuple(sorted(versions)) for name, versions in found.items()}
