"""Attempts: what the records of a source say of each gate, read the same way when sealing and when verifying.

A record is one attempt. Its last word is its `test-result`; that is read here, never believed twice:
what contradicts itself is named, and of the attempts that count (clean, and come to an end) the latest
decides.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateproof.evidence.statement import LINK, RUN_FIELD, TEST_RESULT, Statement
from gateproof.model import SUPPORT, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One run of one gate on one leg, as its record tells it."""

    gate: str
    leg: str
    run: str
    """`<started>-<id>`, so that attempts sort by time."""
    outcome: Outcome
    reason: str
    looked_at: int
    unit: str
    is_clean: bool
    """Whether nothing but the commit lay in the checkout, and no unknown variable in the environment."""
    has_ended: bool
    """False where the recorder was killed before it could write what it saw."""
    contradictions: tuple[str, ...] = ()
    """Where the record argues with itself; such an attempt never passes."""

    @property
    def is_green(self) -> bool:
        """Whether it ended, passed and does not contradict itself, counting or not."""
        return self.has_ended and self.outcome is Outcome.PASSED and not self.contradictions

    @property
    def is_accepted(self) -> bool:
        """Whether it is green, or was waived by a person; nothing that rests on a waiver is proven."""
        return self.is_green or (
            self.has_ended and self.outcome is Outcome.WAIVED and not self.contradictions
        )

    @property
    def counts(self) -> bool:
        """Whether it may decide anything."""
        return self.is_clean and self.has_ended

    @property
    def is_pass(self) -> bool:
        """Whether this attempt, taken alone, shows that the gate holds."""
        return self.counts and self.is_green


class State(enum.StrEnum):
    """What all the attempts on one leg say together."""

    PASSED = "PASSED"
    WAIVED = "WAIVED"
    """A person lets it be open, for a reason. A release may rest on it, and never as if it had passed."""
    FAILED = "FAILED"
    UNCOUNTED = "UNCOUNTED"
    """There are attempts, but none that counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """One gate on one machine's variant: every attempt, oldest first, and what they come to."""

    gate: str
    leg: str
    attempts: tuple[Attempt, ...]

    @property
    def deciding(self) -> Attempt:
        """The latest attempt that counts; where none does, the latest."""
        return ([attempt for attempt in self.attempts if attempt.counts] or list(self.attempts))[-1]

    @property
    def state(self) -> State:
        """What the deciding attempt says."""
        if not self.deciding.counts:
            return State.UNCOUNTED
        if self.deciding.is_pass:
            return State.PASSED
        return State.WAIVED if self.deciding.is_accepted else State.FAILED

    @property
    def is_flaky(self) -> bool:
        """Whether attempts that count disagree on the very same source."""
        return bool(self.said_no) and any(one.counts and one.is_accepted for one in self.attempts)

    @property
    def said_no(self) -> tuple[Attempt, ...]:
        """The attempts that count and were no pass. One that was skipped, say for want of an engine, said nothing."""
        return tuple(
            one
            for one in self.attempts
            if one.counts
            and not one.is_accepted
            and (one.outcome is not Outcome.SKIPPED or one.contradictions)
        )

    def as_fact(self) -> dict[str, object]:
        """As a verdict lists it."""
        return {
            "gate": self.gate,
            "leg": self.leg,
            "state": str(self.state),
            "outcome": str(self.deciding.outcome),
            "attempts": len(self.attempts),
            "flaky": self.is_flaky,
        }


def legs(attempts: Iterable[Attempt]) -> tuple[Leg, ...]:
    """Every gate on every leg, sorted by name, from attempts in any order."""
    grouped: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda attempt: (attempt.gate, attempt.leg, attempt.run)):
        grouped.setdefault((attempt.gate, attempt.leg), []).append(attempt)
    return tuple(Leg(gate=gate, leg=leg, attempts=tuple(runs)) for (gate, leg), runs in grouped.items())


def against(found: Iterable[Leg], required: Iterable[str]) -> tuple[str, ...]:
    """Why these legs are not a pass, a sentence each; empty means that they are one.

    No gate at all is never a pass, and neither is an empty list of required gates.
    """
    found, required = tuple(found), tuple(required)
    reasons = [] if required else ["No gate is required, so nothing was asked."]
    if not found:
        reasons.append("No gate left a record.")
    names = {leg.gate for leg in found}
    reasons += [f"The gate {name} is required and left no record." for name in required if name not in names]
    reasons += [
        f"The gate {leg.gate} on {leg.leg} is {leg.state}: {leg.deciding.reason}"
        for leg in found
        if leg.state not in (State.PASSED, State.WAIVED)
    ]
    return tuple(reasons)


def waived(found: Iterable[Leg]) -> tuple[str, ...]:
    """What these legs rest on beside what was seen, a sentence each; for strangers none of it is a pass."""
    return tuple(
        f"The gate {leg.gate} on {leg.leg} is waived: {leg.deciding.reason}"
        for leg in found
        if leg.state is State.WAIVED
    )


def read_attempt(statements: Iterable[Statement], *, gate: str, leg: str, run: str) -> Attempt:
    """The attempt that one record's statements tell of.

    Raises ValueError, with a sentence, when there is not exactly one `test-result` or it cannot be read as
    one.
    """
    statements = tuple(statements)
    results = [item for item in statements if item.predicate_type == TEST_RESULT]
    if len(results) != 1:
        raise ValueError(f"it holds {len(results)} results where one is due")
    commands = tuple(filter(None, map(_executed, statements)))
    predicate = results[0].predicate
    ours = predicate.get(RUN_FIELD)
    if not isinstance(ours, Mapping):
        raise ValueError(f"its result has no {RUN_FIELD}")
    outcome = ours.get("outcome")
    if not isinstance(outcome, str) or outcome not in Outcome.__members__:
        raise ValueError(f"its outcome {outcome!r} is none that is known")
    if (ours.get("name"), ours.get("leg")) != (gate, leg):
        raise ValueError(
            f"its result is of {ours.get('name')!r} on {ours.get('leg')!r}, not of {gate} on {leg}"
        )
    return Attempt(
        gate=gate,
        leg=leg,
        run=run,
        outcome=Outcome[outcome],
        reason=_text(ours.get("reason")),
        looked_at=_count(ours.get("looked_at")),
        unit=_text(ours.get("unit")) or "things",
        is_clean=ours.get("is_clean") is True,
        has_ended=isinstance(ours.get("finished"), str),
        contradictions=tuple(_contradictions(predicate, ours, commands)),
    )


def _contradictions(
    predicate: Mapping[str, object], ours: Mapping[str, object], commands: Iterable[Mapping[str, object]]
) -> Iterator[str]:
    result, outcome = predicate.get("result"), ours.get("outcome")
    # For strangers every outcome but PASSED is FAILED, WAIVED too; WARNED is never written.
    if result != ("PASSED" if outcome == Outcome.PASSED else "FAILED"):
        yield f"its result for strangers is {result!r} and its outcome is {outcome}"
    if ours.get("is_clean") is True and ours.get("unclean"):
        yield "it says that it was clean, and names what was not"
    if outcome not in (Outcome.PASSED, Outcome.WAIVED):
        return
    said = "passed" if outcome == Outcome.PASSED else "was waived"
    if predicate.get("failedTests"):
        yield f"it {said} and names failed tests"
    # The worst command decides; what only supports another proves nothing either way.
    proving = [command for command in commands if not _is_support(command)]
    if not proving:
        yield f"it {said} and ran no command that proves anything"
    if worse := sorted({str(command.get("outcome")) for command in proving} - {Outcome.PASSED, str(outcome)}):
        yield f"it {said} and a command of it is {worse[0]}"
    looked_at = sum(_count(one.get("looked_at")) for one in proving if one.get("unit") == ours.get("unit"))
    if proving and looked_at != _count(ours.get("looked_at")):
        yield f"it {said} and its commands looked at {looked_at}, not at {ours.get('looked_at')}"
    if _count(ours.get("looked_at")) < 1:
        yield f"it {said} and looked at nothing"
    if outcome == Outcome.WAIVED and not _text(ours.get("reason")).strip():
        yield "it was waived and gives no reason"


def _executed(link: Statement) -> Mapping[str, object] | None:
    ours = link.predicate.get(RUN_FIELD) if link.predicate_type == LINK else None
    return ours if isinstance(ours, Mapping) and ours.get("executed") is True else None


def _is_support(command: Mapping[str, object]) -> bool:
    return command.get("unit") == SUPPORT and command.get("outcome") == Outcome.VACUOUS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
