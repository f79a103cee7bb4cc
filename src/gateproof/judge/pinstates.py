"""Licence and advisories of a pin, as a bundle itself bears them out: its record of licences and its own audit."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from gateproof.judge.audited import Audited
from gateproof.judge.bundle import Bundle
from gateproof.judge.tomltext import read_toml, table

RECORD = "licences.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class PinState:
    """One pinned version, and what its own source knows of it."""

    version: str
    licence: str
    """An SPDX expression; empty where it is unknown."""
    advisories: tuple[str, ...] | None
    """None where nobody was asked, which is not the same as none."""
    asked: str
    """The day to which the advisories reach."""

    def __str__(self) -> str:
        if self.advisories is None:
            known = "advisories not known"
        else:
            known = ", ".join(self.advisories) or f"no advisory known on {self.asked}"
        return f"{self.licence or 'licence unknown'}; {known}"


class PinStates:
    """What one bundle says of its pins."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._audit = _audit_of(bundle)
        self._licences: dict[str, Mapping[tuple[str, str], str]] = {}

    def told(self, name: str, versions: str, lock: str) -> str:
        """Licence and advisories of a pin; of each version, where markers choose between several."""
        return " / ".join(map(str, self.states(name, versions, lock)))

    def states(self, name: str, versions: str, lock: str) -> tuple[PinState, ...]:
        """The same, a state a version."""
        return tuple(self._one(name, version, lock) for version in versions.split(" / "))

    def _one(self, name: str, version: str, lock: str) -> PinState:
        folder = posixpath.dirname(lock)
        if folder not in self._licences:
            self._licences[folder] = _licences(self._bundle, posixpath.join(folder, RECORD))
        known = self._audit.about(name, version, lock) if self._audit else None
        return PinState(
            version=version,
            licence=self._licences[folder].get((name, version), ""),
            advisories=known,
            asked=self._audit.day if self._audit and known is not None else "",
        )


def _audit_of(bundle: Bundle) -> Audited | None:
    """The latest audit of this very source that counts."""
    if bundle.unsound:
        return None
    here = (
        run
        for run in bundle.runs
        if run.audited is not None and run.git_tree == bundle.git_tree and run.attempt.counts
    )
    last = max(here, key=lambda run: run.attempt.run, default=None)
    return last.audited if last else None


def _licences(bundle: Bundle, path: str) -> Mapping[tuple[str, str], str]:
    """The licence of each package in a record; none where it is not understood."""
    try:
        packages = json.loads(bundle.text(path) or "{}")["packages"]
        said = determined(bundle)
        return {
            (str(one["name"]), str(one["version"])): said.get((one["name"], digest_of(one)))
            or str(one["licence"])
            for one in packages
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def digest_of(package: Mapping[str, object]) -> str:
    """Of what a record says that a package declares and carries: a person's word is about exactly this."""
    read = json.dumps({"declared": package["declared"], "files": package["files"]}, sort_keys=True)
    return sha256(read.encode()).hexdigest()


def determined(bundle: Bundle) -> Mapping[tuple[str, str], str]:
    """The licences that a person determined, by package and digest. Raises ValueError, KeyError or TypeError."""
    settings = read_toml(bundle.text("pyproject.toml") or "")
    listed = table(settings, "tool", "gateproof", "audit").get("determined", ())
    return {(one["package"], one["of"]): str(one["licence"]) for one in listed if one["licence"]}
