"""What changed from one bundle to another: files, dependencies, migrations, settings, gates and claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from gateproof.judge import inventory
from gateproof.judge.bundle import Bundle
from gateproof.judge.claims import read_claims
from gateproof.judge.pinstates import PinStates


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing before and after; None where it was not there."""

    name: str
    before: str | None
    after: str | None
    where: str = ""
    """Where it stands, when the name does not say so."""
    state_before: str = ""
    """Of a pinned package: its licence, and what is known against it."""
    state_after: str = ""

    @property
    def is_same(self) -> bool:
        return self.before == self.after

    @property
    def word(self) -> str:
        """added, removed, changed or same."""
        if self.is_same:
            return "same"
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """Everything that differs; of the gates also those that do not, as their counts are news too."""

    old: str
    new: str
    dependencies: tuple[Change, ...] = ()
    migrations: tuple[Change, ...] = ()
    """One that changed was edited after its release, which databases that ran it will not notice."""
    settings: tuple[Change, ...] = ()
    gates: tuple[Change, ...] = ()
    statuses: tuple[Change, ...] = ()
    numbers: tuple[Change, ...] = ()
    files: tuple[Change, ...] = ()
    unknown: tuple[str, ...] = ()
    """What could not be compared, and why."""

    @property
    def is_none(self) -> bool:
        """Whether nothing differs, as far as it could be compared."""
        return all(change.is_same for _, changes in self.sections() for change in changes)

    def sections(self) -> Iterator[tuple[str, tuple[Change, ...]]]:
        """Each kind of change by its word."""
        for one in fields(self):
            if one.name not in {"old", "new", "unknown"}:
                yield one.name, getattr(self, one.name)


def compare(old: Bundle, new: Bundle) -> Changes:
    """What a reader of `old` finds different in `new`. Reads every file that is in both; executes nothing."""
    changed = tuple(_files(old, new))
    before, after = read_claims(old), read_claims(new)
    return Changes(
        old=old.name,
        new=new.name,
        files=changed,
        dependencies=tuple(dependencies(old, new)),
        migrations=_migrations(changed, old, new),
        settings=tuple(_settings(old, new)),
        gates=tuple(_gates(inventory.gates(old), inventory.gates(new))),
        statuses=tuple(_differing(inventory.statuses(before), inventory.statuses(after))),
        numbers=tuple(_differing(inventory.numbers(before), inventory.numbers(after))),
        unknown=tuple(_unknown(old, new)),
    )


def first(new: Bundle) -> Changes:
    """What there is to say where nothing came before: how the gates stand."""
    return Changes(
        old="", new=new.name, gates=tuple(_gates({}, inventory.gates(new))), unknown=tuple(_unknown(new))
    )


def _files(old: Bundle, new: Bundle) -> Iterator[Change]:
    before, after = set(inventory.files(old)), set(inventory.files(new))
    for path in sorted(before | after):
        if path in before and path in after and _is_same(path, old, new):
            continue
        yield Change(
            name=path,
            before=_said(path, old) if path in before else None,
            after=_said(path, new) if path in after else None,
        )


def _is_same(path: str, old: Bundle, new: Bundle) -> bool:
    if old.sizes[path] != new.sizes[path] or _kind(path, old) != _kind(path, new):
        return False
    return old.digest(path) == new.digest(path)


def _kind(path: str, bundle: Bundle) -> str:
    return "link" if path in bundle.links else "executable" if path in bundle.executables else "file"


def _said(path: str, bundle: Bundle) -> str:
    """What tells two versions of a file apart."""
    return f"{_kind(path, bundle)}, {bundle.sizes[path]:,} bytes, sha256 {bundle.digest(path)[:12]}"


def dependencies(old: Bundle, new: Bundle) -> Iterator[Change]:
    """Every pinned package whose version is another, with the locks in which it is."""
    before, after = inventory.pins(old), inventory.pins(new)
    known_before, known_after = PinStates(old), PinStates(new)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, {}), after.get(name, {})
        by_change: dict[tuple[str | None, str | None], list[str]] = {}
        for lock in sorted(was.keys() | now.keys()):
            if was.get(lock) != now.get(lock):
                by_change.setdefault((was.get(lock), now.get(lock)), []).append(lock)
        for (version, later), locks in by_change.items():
            yield Change(
                name=name,
                before=version,
                after=later,
                where=", ".join(locks),
                state_before=known_before.told(name, version, locks[0]) if version else "",
                state_after=known_after.told(name, later, locks[0]) if later else "",
            )


def _migrations(files: tuple[Change, ...], old: Bundle, new: Bundle) -> tuple[Change, ...]:
    known = {*inventory.migrations(old), *inventory.migrations(new)}
    return tuple(change for change in files if change.name in known)


def _settings(old: Bundle, new: Bundle) -> Iterator[Change]:
    before, after = inventory.settings(old), inventory.settings(new)
    for name in sorted(before.keys() ^ after.keys()):
        where = after.get(name) or before.get(name) or ""
        was, now = (name if name in side else None for side in (before, after))
        yield Change(name=name, before=was, after=now, where=where)


def _gates(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[Change]:
    for gate in sorted(before.keys() | after.keys()):
        was, now = before.get(gate, {}), after.get(gate, {})
        if len(was) <= 1 and len(now) <= 1:
            # The one machine may have another Python by now; that makes it no other gate.
            yield Change(
                name=gate, before=next(iter(was.values()), None), after=next(iter(now.values()), None)
            )
        else:
            legs = sorted(was.keys() | now.keys())
            yield from (Change(name=f"{gate} {leg}", before=was.get(leg), after=now.get(leg)) for leg in legs)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        change = Change(name=name, before=before.get(name), after=after.get(name))
        if not change.is_same:
            yield change


def _unknown(*bundles: Bundle) -> Iterator[str]:
    for bundle in bundles:
        if bundle.unsound:
            why = bundle.unsound[0]
            yield (
                f"The evidence in {bundle.name} is not sound, so its gates are not known: "
                f"{why.code} {why.path}: {why.sentence}"
            )
