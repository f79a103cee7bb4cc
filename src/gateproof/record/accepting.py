"""The baseline: findings that a team accepts for a while, named one by one, so that it can start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from gateproof.errors import RefusedError
from gateproof.model import Accepted, Outcome, Reading


def accept(reading: Reading, gate: str, accepted: Iterable[Accepted], today: date) -> Reading:
    """A failed reading, WAIVED where the tool told all that it found and every bit of it is accepted today.

    One finding more, or one day too late, and it stays FAILED. Tests that failed are never accepted.
    """
    if (
        reading.outcome is not Outcome.FAILED
        or not reading.findings
        or reading.failed
        or reading.looked_at < 1
    ):
        return reading
    entries = {entry.finding: entry for entry in accepted if entry.gate == gate}
    found = sorted(set(reading.findings))
    missing = [code for code in found if code not in entries]
    late = [code for code in found if code in entries and entries[code].is_expired(today)]
    if not entries:
        return reading
    if missing or late:
        parts = [f"not accepted: {', '.join(missing)}"] if missing else []
        parts += [f"accepted until {entries[code].until}, which is past: {code}" for code in late]
        return replace(reading, reason=f"{reading.reason}; {'; '.join(parts)}")
    said = "; ".join(
        f"{code} until {entries[code].until} ({entries[code].reason.rstrip('.')})" for code in found
    )
    return replace(reading, outcome=Outcome.WAIVED, reason=f"accepted: {said}")


def refuse_expired(accepted: Sequence[Accepted], today: date) -> None:
    """Raises RefusedError where the day of an accepted finding is past."""
    if late := expired(accepted, today):
        named = ", ".join(f"{one.finding} of {one.gate} (until {one.until})" for one in late)
        raise RefusedError(
            f"Accepted for a while, and the while is over: {named}; mend it, or agree on another day."
        )


def expired(accepted: Sequence[Accepted], today: date) -> tuple[Accepted, ...]:
    """The entries whose day is past: a release refuses them, found or not."""
    return tuple(entry for entry in accepted if entry.is_expired(today))
