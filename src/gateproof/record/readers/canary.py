"""Turns a reader round: the tool must find what was planted, or its green elsewhere proves nothing."""

from __future__ import annotations

from dataclasses import replace

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import Reader
from gateproof.record.readers.decide import decide
from gateproof.record.readers.text import lines


def canary(reader: Reader, *, finds: str) -> Reader:
    """A run over something made to be wrong: it passes when the tool says no and prints `finds`.

    It shows what no number can: that the rules are on (`ignore_errors`, an empty `select`, a rule disabled).
    """
    return replace(
        reader,
        name=f"{reader.name}-canary",
        read=lambda ended: _read(reader, ended, finds),
        exit_codes=range(1, 256),
        at_least=1,
    )


def _read(reader: Reader, ended: Ended, finds: str) -> Reading:
    reading = decide(reader, ended)
    if reading.outcome is Outcome.ERRORED:
        return reading
    told = any(finds in line for capture in (ended.stdout, ended.stderr) for line in lines(capture.path))
    if reading.outcome is Outcome.FAILED and told:
        reason = f"the planted {finds} was found"
        return Reading(outcome=Outcome.PASSED, reason=reason, looked_at=1, unit="canaries")
    return Reading(outcome=Outcome.VACUOUS, reason=f"the planted {finds} was not found", unit="canaries")
