"""What a recorded audit says of pins: which locks it asked about, what it found, and how far that reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateproof.evidence.statement import AUDITED_FIELD, VULNERABILITIES, Statement

_PACKAGE = "pkg:pypi/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Audited:
    """One audit."""

    locks: frozenset[str]
    """Every pin of these was asked about; empty where the audit could not find out about all."""
    known: frozenset[tuple[str, str, str]]
    """Package, version and the id of an advisory that is about it."""
    day: str
    """What was published later is not in it."""

    def about(self, name: str, version: str, lock: str) -> tuple[str, ...] | None:
        """The ids that are known against a pin; None where it was not asked about, which is not the same as none."""
        ids = tuple(sorted(id_ for package, of, id_ in self.known if (package, of) == (name, version)))
        return ids if ids or lock in self.locks else None


def audited(statements: Iterable[Statement]) -> Audited | None:
    """The audit among the statements of one record; None where there is none that is understood."""
    for statement in statements:
        if statement.predicate_type == VULNERABILITIES:
            try:
                return _read(statement.predicate)
            except (KeyError, TypeError, AttributeError, ValueError):
                return None
    return None


def _read(said: Mapping[str, object]) -> Audited:
    scanner = _table(said["scanner"])
    ours = _table(said.get(AUDITED_FIELD, {}))
    locks = ours.get("locks") if ours.get("complete") is True else []
    return Audited(
        locks=frozenset(map(str, _list(locks))),
        known=frozenset(
            (*_pin(str(_table(about)["package"])), str(_table(one)["id"]))
            for one in _list(scanner["result"])
            for about in _list(_table(one)["annotations"])
        ),
        day=str(_table(scanner["db"])["lastUpdate"])[:10],
    )


def _pin(package: str) -> tuple[str, str]:
    name, at, version = package.removeprefix(_PACKAGE).rpartition("@")
    if not at or not package.startswith(_PACKAGE):
        raise ValueError(f"{package!r} is no package of PyPI")
    return name, version


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is not a table")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value
