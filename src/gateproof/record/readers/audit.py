"""Reads our own `gateproof audit --json`: every pin was asked about, and what was found or could not be."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from gateproof.errors import NO, UNKNOWN, YES
from gateproof.evidence.statement import AUDITED_FIELD, VULNERABILITIES
from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import count_of, json_from

_ENDS_WITH = {Outcome.PASSED: YES, Outcome.WAIVED: YES, Outcome.FAILED: NO, Outcome.ERRORED: UNKNOWN}


def dependency_audit(*, at_least: int = 1, licences: bool = False) -> Reader:
    """Pins that were audited. What a person lets be open is WAIVED, and names the reason.

    With `licences` it is no pass unless the licence of every pin was judged, too.
    """
    need = Requirement(options=("--json",), why="without --json it cannot be told what was audited")
    return Reader(
        name="audit",
        read=functools.partial(_read, licences=licences),
        arguments=lambda files: (f"--report={files / 'pip-audit.json'}",),
        at_least=at_least,
        requires=(need,),
    )


def _read(ended: Ended, *, licences: bool) -> Reading:
    report = json_from(ended.stdout.path)
    try:
        outcome = _outcome(report)
        if licences and report["licences"] is None:
            raise NotUnderstoodError(
                "no licence was judged, because audit.licences names none that is allowed"
            )
        if ended.exit_code != _ENDS_WITH[outcome]:
            raise NotUnderstoodError(f"the audit says {outcome} and ended with {ended.exit_code}")
        return Reading(
            outcome=outcome,
            reason=str(report["reason"]),
            looked_at=count_of(report["audited"]),
            unit="packages",
            counts=(
                ("locks", len(report["locks"])),
                ("pinned", count_of(report["pinned"])),
                ("vulnerabilities", len(report["vulnerabilities"])),
                ("licences", count_of(report["licences"]["judged"]) if report["licences"] else 0),
                ("ignored advisories", sum(one["ignored"] is not None for one in report["vulnerabilities"])),
            ),
            passed=tuple(str(one["lock"]) for one in report["locks"]) if outcome is Outcome.PASSED else (),
            skipped=tuple(_ignored(report)),
            predicates=((VULNERABILITIES, _predicate(report)),),
        )
    except (KeyError, TypeError, AttributeError) as missing:
        raise NotUnderstoodError(f"the report of the audit lacks {missing}") from None


def _ignored(report: Mapping[str, Any]) -> Iterator[str]:
    """The advisories that a person lets be open, each with the pin and the reason."""
    for one in report["vulnerabilities"]:
        if by := one["ignored"]:
            pin = f"{one['package']}=={one['version']}"
            yield f"{one['id']} of {pin} (ignored until {by['until']}: {by['reason']})"


def _outcome(report: Mapping[str, Any]) -> Outcome:
    """What the parts of the report come to; one that says otherwise of itself is not understood."""
    open_ones = [one for one in report["vulnerabilities"] if one["ignored"] is None]
    if bool(open_ones) != bool(report["failed"]):
        raise NotUnderstoodError("what the audit found, and what it holds against the pins, are not the same")
    licences = report["licences"] or {"failed": [], "unknown": [], "waived": [], "judged": report["pinned"]}
    if report["failed"] or licences["failed"]:
        follows = Outcome.FAILED
    elif report["unknown"] or report["skipped"] or licences["unknown"]:
        follows = Outcome.ERRORED
    elif not report["pinned"] or report["audited"] != report["pinned"]:
        raise NotUnderstoodError(f"{report['audited']} of {report['pinned']} pins were audited")
    elif licences["judged"] != report["pinned"]:
        raise NotUnderstoodError(
            f"the licences of {licences['judged']} of {report['pinned']} pins were judged"
        )
    else:
        follows = Outcome.WAIVED if report["waived"] or licences["waived"] else Outcome.PASSED
    excused = len(report["vulnerabilities"]) - len(open_ones)
    if report["outcome"] != follows or excused > len(report["waived"]):
        raise NotUnderstoodError(f"the audit says {report['outcome']}, and its parts come to {follows}")
    return follows


def _predicate(report: Mapping[str, Any]) -> dict[str, Any]:
    """in-toto's vulns v0.2, with the day of the advisories."""
    scanner, advisories = report["scanner"], report["advisories"]
    return {
        "scanner": {
            "uri": f"pkg:pypi/{scanner['name']}@{scanner['version']}",
            "version": str(scanner["version"]),
            "db": {
                "uri": str(advisories["source"]),
                "version": str(advisories["sha256"]),
                "lastUpdate": str(advisories["updated"]),
            },
            "result": [
                {
                    "id": str(one["id"]),
                    "severity": [],
                    "annotations": [
                        {
                            "package": f"pkg:pypi/{one['package']}@{one['version']}",
                            "aliases": list(one["aliases"]),
                            "fixed": list(one["fixed"]),
                            "ignored": one["ignored"],
                        }
                    ],
                }
                for one in report["vulnerabilities"]
            ],
        },
        AUDITED_FIELD: {
            "locks": [str(one["lock"]) for one in report["locks"]],
            "complete": not report["unknown"]
            and not report["skipped"]
            and report["audited"] == report["pinned"],
        },
        "metadata": {"scanStartedOn": str(report["started"]), "scanFinishedOn": str(report["finished"])},
    }
