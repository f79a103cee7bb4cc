"""Reads our own `gateproof pins --json`: whether every lock follows from its inputs."""

from __future__ import annotations

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import count_of, json_from


def pins(*, at_least: int = 1) -> Reader:
    """Pins that were held to their inputs, to their hashes and to the patch cadence."""
    need = Requirement(options=("--json",), why="without --json it cannot be told what was looked at")
    return Reader(name="pins", read=_read, at_least=at_least, requires=(need,))


def _read(ended: Ended) -> Reading:
    report = json_from(ended.stdout.path)
    try:
        locks = [(str(one["path"]), count_of(one["pins"])) for one in report["locks"]]
        total = count_of(report["pins"])
        findings = [f"{one['code']} {one['path']}: {one['sentence']}" for one in report["findings"]]
    except (KeyError, TypeError) as missing:
        raise NotUnderstoodError(f"the report of pins lacks {missing}") from None
    if total != sum(number for _, number in locks):
        raise NotUnderstoodError("the sum in the report of pins is not that of its locks")
    outcome, reason = _outcome(len(locks), [path for path, number in locks if not number], findings)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=total,
        unit="pins",
        counts=(("locks", len(locks)), ("findings", len(findings))),
    )


def _outcome(locks: int, empty: list[str], findings: list[str]) -> tuple[Outcome, str]:
    if findings:
        return Outcome.FAILED, f"{len(findings)} findings, first {findings[0]}"
    if not locks or empty:
        return (
            Outcome.VACUOUS,
            f"{empty[0]} pins nothing" if empty else "there is no lock, so nothing was looked at",
        )
    return Outcome.PASSED, f"{locks} locks follow from their inputs"
