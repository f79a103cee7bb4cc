"""Are the locks what the inputs ask for? Answered offline, from their texts alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from packaging.markers import Environment, Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gateproof.errors import NO, NOTHING_RAN, YES
from gateproof.model import Finding
from gateproof.release.pinning.codes import Code
from gateproof.release.pinning.inputs import (
    Texts,
    all_wanted,
    in_order,
    inputs_digest,
    lock_input,
    lock_of,
    read_input,
)
from gateproof.release.pinning.locks import Lock, read_lock

# The variables by which packages choose, as CPython sets them on each system (PEP 508).
SYSTEMS = {
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
    "macos": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What locks must hold on, and how old they may be."""

    pythons: tuple[str, ...]
    platforms: tuple[str, ...]
    cadence_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedLock:
    """One lock that was looked at."""

    path: str
    pins: int
    renewed: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PinCheck:
    """What was looked at, and what is wrong."""

    locks: tuple[CheckedLock, ...]
    findings: tuple[Finding, ...]

    @property
    def pins(self) -> int:
        """How many pins were looked at."""
        return sum(lock.pins for lock in self.locks)

    @property
    def exit_code(self) -> int:
        """0 when every lock is as it must be, 1 for a finding, 3 where there is no pin."""
        if self.findings:
            return NO
        return YES if self.pins else NOTHING_RAN

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "locks": [
                {"path": lock.path, "pins": lock.pins, "renewed": lock.renewed and lock.renewed.isoformat()}
                for lock in self.locks
            ],
            "pins": self.pins,
            "findings": [{"code": f.code, "path": f.path, "sentence": f.sentence} for f in self.findings],
        }

    def lines(self) -> list[str]:
        """For a person."""
        kinds = {finding.code for finding in self.findings}
        return [
            *(
                f"{lock.path}: {lock.pins} pins, renewed {lock.renewed or 'nobody knows when'}"
                for lock in self.locks
            ),
            *(f"{f.code}  {f.path}: {f.sentence}" for f in self.findings),
            *(f"  {code.code}  {code.remedy}" for code in Code if code.code in kinds),
            *(() if self.findings or self.pins else ("No lock was found, so nothing was looked at.",)),
        ]


def check_pins(texts: Texts, policy: Policy, *, today: date) -> PinCheck:
    """Hold every lock to its inputs and to the policy. Raises UsageError where inputs include each other."""
    locks: list[CheckedLock] = []
    findings: list[Finding] = []
    for source in in_order(texts):
        findings += read_input(source, texts).findings
        path = lock_of(source)
        if path not in texts:
            findings.append(Code.NO_LOCK.at(source))
            continue
        lock = read_lock(path, texts[path])
        locks.append(
            CheckedLock(path=path, pins=len(lock.pins), renewed=lock.stamp.renewed if lock.stamp else None)
        )
        findings += lock.findings
        findings += _of_the_stamp(lock, inputs_digest(source, texts), policy, today)
        findings += _of_the_wanted(lock, all_wanted(source, texts), policy)
    findings += [
        Code.NO_INPUT.at(path)
        for path in sorted(texts)
        if path.endswith(".txt") and lock_input(path) not in texts
    ]
    return PinCheck(locks=tuple(sorted(locks, key=lambda one: one.path)), findings=tuple(findings))


def _of_the_stamp(lock: Lock, inputs: str, policy: Policy, today: date) -> Iterator[Finding]:
    stamp = lock.stamp
    if stamp is None:
        yield Code.NO_STAMP.at(lock.path)
        return
    if stamp.inputs != inputs:
        yield Code.OTHER_INPUTS.at(lock.path)
    if stamp.pins != lock.digest:
        yield Code.CHANGED_BY_HAND.at(lock.path)
    age = (today - stamp.renewed).days
    if age > policy.cadence_days:
        yield Code.TOO_OLD.at(lock.path, f"That was {age} days ago, and {policy.cadence_days} are allowed.")
    # A day of grace: the lock may have been made where it is tomorrow already.
    if age < -1:
        yield Code.FROM_THE_FUTURE.at(lock.path, stamp.renewed.isoformat())


def _of_the_wanted(lock: Lock, wanted: Iterable[Requirement], policy: Policy) -> Iterator[Finding]:
    places = _environments(policy)
    for asked in wanted:
        lacking = [
            name for name, place in places if _applies(asked.marker, place) and not _holds(lock, asked, place)
        ]
        if lacking:
            where = "" if len(lacking) == len(places) else f" on {lacking[0]}"
            yield Code.NOT_SATISFIED.at(lock.path, f"{asked} is not met{where}.")


def _holds(lock: Lock, asked: Requirement, place: Environment) -> bool:
    name = canonicalize_name(asked.name)
    return any(
        pin.name == name
        and _applies(pin.marker, place)
        and asked.specifier.contains(pin.version, prereleases=True)
        for pin in lock.pins
    )


def _applies(marker: Marker | None, place: Environment) -> bool:
    return marker is None or marker.evaluate(cast("dict[str, str]", place))


def _environments(policy: Policy) -> Sequence[tuple[str, Environment]]:
    return [
        (
            f"Python {python} on {system}",
            cast(
                "Environment",
                {
                    "python_version": python,
                    "python_full_version": f"{python}.0",
                    "implementation_name": "cpython",
                    "implementation_version": f"{python}.0",
                    "platform_python_implementation": "CPython",
                    "extra": "",
                    **SYSTEMS[system],
                },
            ),
        )
        for python in policy.pythons
        for system in policy.platforms
    ]
