"""Asks for the known vulnerabilities of a few pins: what `invoke pin` says of each that it changed.

It informs; the gate `audit` judges.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from gateproof.errors import GateproofError
from gateproof.release.supply.keys import Key, key_of
from gateproof.release.supply.locks import Lock, Pin
from gateproof.release.supply.osv import load_advisories


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What was answered, or why nothing was."""

    known: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    """Ids by pin; a pin that is missing was not answered."""
    source: str = ""
    """Who was asked, and how far that reaches; empty where nobody was."""
    why_not: str = ""

    def about(self, name: str, version: str) -> tuple[str, ...] | None:
        """The known vulnerabilities of a version; None where that is not known."""
        return self.known.get(key_of(name, version))


def ask(pins: Collection[Pin], *, service: str, dump: Path | None) -> Answers:
    """Ask the dump, else pip-audit where it is installed. A question that fails is told, and raises nothing."""
    if not pins:
        return Answers()
    try:
        return _ask_dump(pins, dump) if dump else _ask_service(pins, service)
    except (GateproofError, ValueError) as error:
        return Answers(why_not=str(error))


def _ask_dump(pins: Collection[Pin], dump: Path) -> Answers:
    advisories = load_advisories(dump)
    found = {
        key_of(pin.name, pin.version): tuple(
            sorted(one["id"] for one in advisories.about(pin.name, pin.version))
        )
        for pin in pins
    }
    return Answers(known=found, source=f"{advisories.name}, newest advisory of {advisories.updated:%Y-%m-%d}")


def _ask_service(pins: Collection[Pin], service: str) -> Answers:
    if find_spec("pip_audit") is None:
        return Answers(why_not="pip-audit is not in this environment, and GATEPROOF_ADVISORIES names no dump")
    from gateproof.release.supply.pipaudit import scan

    # One lock a version: pip-audit takes one version of a package a file.
    locks = [Lock(path=f"{number}.txt", pins=(pin,), resolved=None) for number, pin in enumerate(pins)]
    scanned, source = scan(locks, service=service, dump=None)
    found: dict[Key, tuple[str, ...]] = dict.fromkeys(scanned.audited, ())
    for one in scanned.vulnerabilities:
        found[key_of(one.pin.name, one.pin.version)] += (one.id,)
    return Answers(known=found, source=f"{source.name}, asked {source.updated:%Y-%m-%d}")
