"""Reads our own `gateproof parity --json`: whether CI runs what `nox -s gates` runs."""

from __future__ import annotations

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import count_of, json_from


def parity(*, at_least: int = 1) -> Reader:
    """Commands of gates that CI runs; a gate that CI leaves out, or cannot fail in, is named."""
    need = Requirement(options=("--json",), why="without --json it cannot be told what was compared")
    return Reader(name="parity", read=_read, at_least=at_least, requires=(need,))


def _read(ended: Ended) -> Reading:
    report = json_from(ended.stdout.path)
    try:
        gates = [
            (str(one["gate"]), count_of(one["commands"]), count_of(one["in_ci"])) for one in report["gates"]
        ]
        commands, findings = count_of(report["commands"]), list(report["findings"])
        first = f"{findings[0]['code']} {findings[0]['path']}: {findings[0]['sentence']}" if findings else ""
    except (KeyError, TypeError) as missing:
        raise NotUnderstoodError(f"the report of parity lacks {missing}") from None
    if commands != sum(in_ci for _, _, in_ci in gates):
        raise NotUnderstoodError("the sum in the report of parity is not that of its gates")
    kept = tuple(name for name, wanted, in_ci in gates if wanted and wanted == in_ci)
    left = tuple(name for name, _, _ in gates if name not in kept)
    outcome, reason = _outcome(len(gates), left, first, len(findings))
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=commands,
        unit="commands",
        counts=(("gates", len(gates)), ("findings", len(findings))),
        passed=kept,
        failed=left,
    )


def _outcome(gates: int, left: tuple[str, ...], first: str, findings: int) -> tuple[Outcome, str]:
    if not gates:
        return Outcome.VACUOUS, "the noxfile declares no gate, so nothing was compared"
    if findings:
        return Outcome.FAILED, f"{findings} findings, first {first}"
    if left:
        return Outcome.FAILED, f"CI does not run all of {left[0]}"
    return Outcome.PASSED, f"CI runs all {gates} gates"
