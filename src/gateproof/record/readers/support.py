"""Reads commands that only support another, such as a migration before the tests."""

from __future__ import annotations

from gateproof.model import SUPPORT, Ended, Outcome, Reading
from gateproof.record.readers.contract import Reader


def exit_code() -> Reader:
    """A command that must exit 0 and proves nothing by itself: VACUOUS, which `combine` sets aside."""
    return Reader(name="exit-code", read=_read)


def _read(ended: Ended) -> Reading:
    if ended.exit_code == 0:
        return Reading(
            outcome=Outcome.VACUOUS, reason="exited 0, which proves nothing by itself", unit=SUPPORT
        )
    return Reading(outcome=Outcome.FAILED, reason=f"exited {ended.exit_code}", unit=SUPPORT)
