"""May every pin be used under the licence that it has? Answered offline, from the record beside the locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateproof.config import Audit as Policy
from gateproof.config import ExceptedLicence
from gateproof.errors import UsageError
from gateproof.release.supply import spdx
from gateproof.release.supply.keys import Key
from gateproof.release.supply.licences import FILE, Licences, Licensed

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenceCheck:
    """What was judged, and what it comes to."""

    allowed: tuple[str, ...]
    judged: int
    """Pins whose licence was held against what is allowed."""
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    waived: tuple[str, ...]
    notes: tuple[str, ...]

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "allowed": list(self.allowed),
            "judged": self.judged,
            "failed": list(self.failed),
            "unknown": list(self.unknown),
            "waived": list(self.waived),
            "notes": list(self.notes),
        }


def check_licences(
    keys: Collection[Key], record: Licences | None, policy: Policy, *, today: date
) -> LicenceCheck:
    """Hold the licence of each pin against the policy.

    What is not allowed is a no, and so is a record that says something else than follows from it, or knows of a
    package that nobody pins. What is not known could not be found out. An exception with a reason and a day waives.
    Raises UsageError for an allowed licence that is not SPDX.
    """
    for one in policy.licences:
        if not spdx.canonical(one):
            raise UsageError(
                f"audit.licences names {one!r}, which is not an SPDX expression; see spdx.org/licenses."
            )
    allowed = tuple(map(spdx.canonical, policy.licences))
    failed: list[str] = []
    unknown: list[str] = []
    waived: list[str] = []
    judged = 0
    if record is None:
        unknown.append(f"there is no {FILE} beside the locks, so no licence is known; run `invoke pin`")
        record = Licences(packages=(), texts={})
    else:
        lacking = sorted(set(keys) - record.by_key.keys())
        unknown += [f"{_words(one)} is not in {FILE}; run `invoke pin`" for one in lacking]
    failed += [
        f"{FILE} has {_words(one)}, which no lock pins; run `invoke pin`"
        for one in sorted(record.by_key.keys() - set(keys))
    ]
    licences = effective(record, policy)
    for package in record.packages:
        if package.key not in keys:
            continue
        if (reading := record.reading_of(package)).expression != package.licence:
            failed.append(
                f"{FILE} says that {_words(package.key)} is under {package.licence or UNKNOWN}, and what it "
                f"declares comes to {reading.expression or UNKNOWN}"
            )
            continue
        licence = licences[package.key]
        strange = spdx.refused(licence, allowed) if licence else ()
        judged += bool(licence)
        if licence and not strange:
            continue
        sentence = _sentence(package, licence, strange)
        if (by := _exception(package.name, licence, policy.excepted, today)) is not None:
            judged += not licence
            waived.append(f"{sentence}; let be until {by.until}: {by.reason}")
        else:
            (failed if licence else unknown).append(sentence)
    return LicenceCheck(
        allowed=allowed,
        judged=judged,
        failed=tuple(failed),
        unknown=tuple(unknown),
        waived=tuple(waived),
        notes=tuple(_notes(record, policy, today)),
    )


def effective(record: Licences, policy: Policy) -> Mapping[Key, str]:
    """The licence of each package: as a person determined it from exactly these texts, else as it was read."""
    said = {(one.package, one.of): spdx.canonical(one.licence) for one in policy.determined}
    return {one.key: said.get((one.name, one.digest)) or one.licence for one in record.packages}


def _sentence(package: Licensed, licence: str, strange: Iterable[str]) -> str:
    if licence:
        return f"{_words(package.key)} is under {licence}, and {', '.join(strange)} is not allowed"
    return (
        f"the licence of {_words(package.key)} is unknown: {package.basis}; read it, and determine it "
        f"for of = {package.digest!r}"
    )


def _exception(
    name: str, licence: str, excepted: Iterable[ExceptedLicence], today: date
) -> ExceptedLicence | None:
    fitting = (
        one
        for one in excepted
        if one.package == name
        and one.licence == (licence or UNKNOWN)
        and today <= date.fromisoformat(one.until)
    )
    return next(fitting, None)


def _notes(record: Licences, policy: Policy, today: date) -> Iterator[str]:
    names = {one.name for one in record.packages}
    digests = {(one.name, one.digest) for one in record.packages}
    for one in policy.determined:
        if (one.package, one.of) not in digests:
            yield f"the licence determined for {one.package} is of other texts than it carries, and holds no more"
    for other in policy.excepted:
        if date.fromisoformat(other.until) < today:
            yield f"{other.package} was excepted until {other.until}, and is no longer"
        elif other.package not in names:
            yield f"{other.package} is excepted and nobody pins it: take it away"


def _words(one: Key) -> str:
    return f"{one[0]}=={one[1]}"
