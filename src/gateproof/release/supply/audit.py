"""The audit: has any pinned package a known vulnerability, and could that be found out at all?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gateproof.config import Audit as Policy
from gateproof.config import IgnoredAdvisory
from gateproof.evidence.statement import utc_text
from gateproof.model import Outcome
from gateproof.release.supply.keys import Key
from gateproof.release.supply.licences import Licences
from gateproof.release.supply.licensing import LicenceCheck, check_licences
from gateproof.release.supply.locks import Lock, Pin

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where advisories came from, and how far they reach."""

    name: str
    """`PyPI`, `OSV`, or the file name of a dump."""
    updated: datetime
    """What was published later is not in them; of a live service, the moment of asking."""
    is_live: bool
    sha256: str = ""
    count: int = 0
    """Advisories of a dump that hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vulnerability:
    """One advisory about one pin."""

    pin: Pin
    id: str
    aliases: tuple[str, ...]
    fixed: tuple[str, ...]
    """The versions in which it is mended."""

    def is_called(self, name: str) -> bool:
        """Whether this is one of its ids."""
        return name in (self.id, *self.aliases)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scan:
    """What pip-audit said, before anybody judged it."""

    version: str
    started: datetime
    finished: datetime
    audited: frozenset[Key]
    skipped: tuple[tuple[str, str], ...]
    """Names, each with pip-audit's reason."""
    vulnerabilities: tuple[Vulnerability, ...]
    asked: frozenset[Key] | None = None
    """What our own endpoint was really asked; None for a service that is not ours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audited:
    """The answer, with everything that it rests on."""

    outcome: Outcome
    failed: tuple[str, ...]
    """What is wrong, a sentence each."""
    unknown: tuple[str, ...]
    """What could not be found out, and nobody lets be open."""
    waived: tuple[str, ...]
    """What a person lets be open, with the reason."""
    notes: tuple[str, ...]
    locks: tuple[Lock, ...]
    scan: Scan
    source: Source
    ignored: tuple[tuple[Vulnerability, IgnoredAdvisory], ...]
    keys: frozenset[Key]
    licences: LicenceCheck | None = None
    """None where the policy names no licence, so that none was judged."""

    @property
    def reason(self) -> str:
        """The first thing that decided, for one line."""
        decisive = self._all("failed") or self._all("unknown") or self._all("waived")
        if decisive:
            more = f", and {len(decisive) - 1} more" if len(decisive) > 1 else ""
            return decisive[0] + more
        licences = f", and the licences of {self.licences.judged} are allowed" if self.licences else ""
        return f"{len(self.keys)} pins of {len(self.locks)} locks have no known vulnerability{licences}"

    def _all(self, word: str) -> tuple[str, ...]:
        """The sentences about vulnerabilities, then those about licences."""
        return (*getattr(self, word), *(getattr(self.licences, word) if self.licences else ()))

    def lines(self) -> list[str]:
        """The report for a person."""
        words = (("no", "failed"), ("unknown", "unknown"), ("waived", "waived"), ("note", "notes"))
        licences = (
            f"held against {', '.join(self.licences.allowed)}"
            if self.licences
            else "not judged: audit.licences"
        )
        age = "asked" if self.source.is_live else "newest advisory of"
        return [
            f"{self.outcome}: {self.reason}.",
            f"  advisories: {self.source.name}, {age} {self.source.updated:%Y-%m-%d}",
            *(f"  {lock.path}: {len(lock.pins)} pins" for lock in self.locks),
            f"  licences: {licences}",
            *(f"  {word}: {sentence}." for word, which in words for sentence in self._all(which)),
        ]

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`; the reader of the gate takes it apart again."""
        accepted = {id(found): by for found, by in self.ignored}
        return {
            "outcome": str(self.outcome),
            "reason": self.reason,
            "failed": list(self.failed),
            "unknown": list(self.unknown),
            "waived": list(self.waived),
            "notes": list(self.notes),
            "locks": [{"lock": lock.path, "pinned": len(lock.pins)} for lock in self.locks],
            "pinned": len(self.keys),
            "audited": len(self.scan.audited),
            "skipped": [name for name, _ in self.scan.skipped],
            "vulnerabilities": [
                {
                    "package": found.pin.name,
                    "version": found.pin.version,
                    "id": found.id,
                    "aliases": list(found.aliases),
                    "fixed": list(found.fixed),
                    "ignored": {"reason": by.reason, "until": by.until}
                    if (by := accepted.get(id(found)))
                    else None,
                }
                for found in self.scan.vulnerabilities
            ],
            "advisories": {
                "source": self.source.name,
                "live": self.source.is_live,
                "updated": utc_text(self.source.updated),
                "sha256": self.source.sha256,
                "count": self.source.count,
            },
            "licences": self.licences.as_mapping() if self.licences else None,
            "scanner": {"name": "pip-audit", "version": self.scan.version},
            "started": utc_text(self.scan.started),
            "finished": utc_text(self.scan.finished),
        }


def judge(
    locks: Sequence[Lock],
    scan: Scan,
    source: Source,
    policy: Policy,
    *,
    override: str,
    now: datetime,
    record: Licences | None = None,
) -> Audited:
    """What a scan, and the record of licences where the policy asks for it, come to.

    A known vulnerability is a no, whatever else. Whatever was not audited, or could not be known, is unknown.
    Only what the age of the advisories leaves open can be waived by `override`, a reason; nothing else.
    """
    keys = frozenset(key(pin) for lock in locks for pin in lock.pins)
    ignored = tuple(
        (found, by)
        for found in scan.vulnerabilities
        if (by := _ignored(found, policy.ignored, now.date())) is not None
    )
    excused = {id(found) for found, _ in ignored}
    failed = tuple(_sentence(found) for found in scan.vulnerabilities if id(found) not in excused)
    unknown = tuple(_not_looked_at(locks, scan, keys))
    old = tuple(_not_known(locks, source, policy, now))
    waived = [f"{found.pin} has {found.id}, ignored until {by.until}: {by.reason}" for found, by in ignored]
    if override.strip():
        waived += [f"{sentence}; let be: {override.strip().rstrip('.')}" for sentence in old]
    else:
        unknown += old
    licences = check_licences(keys, record, policy, today=now.date()) if policy.licences else None
    of_licences = (licences.failed, licences.unknown, licences.waived) if licences else ((), (), ())
    return Audited(
        outcome=_outcome(failed or of_licences[0], unknown or of_licences[1], waived or of_licences[2]),
        failed=failed,
        unknown=unknown,
        waived=tuple(waived),
        notes=tuple(_notes(scan, policy, now.date())),
        locks=tuple(locks),
        scan=scan,
        source=source,
        ignored=ignored,
        keys=keys,
        licences=licences,
    )


def _outcome(failed: Sequence[str], unknown: Sequence[str], waived: Sequence[str]) -> Outcome:
    if failed:
        return Outcome.FAILED
    if unknown:
        return Outcome.ERRORED
    return Outcome.WAIVED if waived else Outcome.PASSED


def key(pin: Pin) -> Key:
    """What a pin is compared by."""
    return pin.key


def _not_looked_at(locks: Sequence[Lock], scan: Scan, keys: frozenset[Key]) -> Iterator[str]:
    if not keys:
        yield "no lock pins anything, so nothing was audited"
    for lock in locks:
        if not lock.pins:
            yield f"{lock.path} pins nothing"
        yield from lock.mistakes
    yield from (f"{name} was not audited: {why}" for name, why in scan.skipped)
    yield from (f"{_words(one)} is pinned and was not audited" for one in sorted(keys - scan.audited))
    yield from (f"{_words(one)} was audited and is not pinned" for one in sorted(scan.audited - keys))
    if scan.asked is not None:
        yield from (f"no advisory was asked for {_words(one)}" for one in sorted(keys - scan.asked))


def _not_known(locks: Sequence[Lock], source: Source, policy: Policy, now: datetime) -> Iterator[str]:
    """What the advisories cannot know, because of their age."""
    if source.updated > now + _DAY:
        yield f"{source.name} says that it is of {source.updated:%Y-%m-%d}, which is still to come"
    if source.is_live:
        return
    age = (now - source.updated) // _DAY
    if age > policy.max_age_days:
        yield (
            f"the newest advisory in {source.name} is of {source.updated:%Y-%m-%d}, {age} days ago; "
            f"at most {policy.max_age_days} are allowed"
        )
    undated = [lock.path for lock in locks if lock.resolved is None]
    later = [lock.path for lock in locks if lock.resolved and lock.resolved > source.updated.date()]
    if undated:
        yield f"{', '.join(undated)} does not say when its versions were chosen, so they may be newer than that"
    if later:
        yield f"versions in {', '.join(later)} were chosen later, so they may be unknown to {source.name}"


def _ignored(found: Vulnerability, ignored: Iterable[IgnoredAdvisory], today: date) -> IgnoredAdvisory | None:
    fitting = (one for one in ignored if found.is_called(one.id) and today <= date.fromisoformat(one.until))
    return next(fitting, None)


def _notes(scan: Scan, policy: Policy, today: date) -> Iterator[str]:
    for one in policy.ignored:
        if date.fromisoformat(one.until) < today:
            yield f"{one.id} was ignored until {one.until}, and is no longer"
        elif not any(found.is_called(one.id) for found in scan.vulnerabilities):
            yield f"{one.id} is ignored and no pin has it: take it away"


def _sentence(found: Vulnerability) -> str:
    mended = f"mended in {', '.join(found.fixed)}" if found.fixed else "no version mends it"
    return f"{found.pin} has {found.id} ({mended})"


def _words(one: Key) -> str:
    return f"{one[0]}=={one[1]}"
