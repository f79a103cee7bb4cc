"""What a delivery rests on beside what was seen: waived gates, flaky ones, waived items; a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gateproof.config import GateWaiver
from gateproof.evidence import attempts
from gateproof.evidence.attempts import Leg
from gateproof.judge.assess import Assessment
from gateproof.judge.bundle import Bundle
from gateproof.judge.verdict import Verdict


def rests_on(bundle: Bundle, waivers: Sequence[GateWaiver], assessment: Assessment | None) -> tuple[str, ...]:
    """Everything that a person lets be open in this bundle, by name and with the reason.

    The last lines of a release say it, and its notes do.
    """
    here = (run.attempt for run in bundle.runs if run.kind == "gates" and run.git_tree == bundle.git_tree)
    legs = attempts.legs(here)
    items = assessment.items if assessment else ()
    return (
        *attempts.waived(legs),
        *_flaky(legs, waivers),
        *(
            f"The item {one.item.id} is waived: {one.judgement.reason}"
            for one in items
            if one.judgement.verdict is Verdict.WAIVED
        ),
    )


def _flaky(legs: Iterable[Leg], waivers: Sequence[GateWaiver]) -> Iterator[str]:
    for leg in legs:
        if leg.is_flaky:
            by = "; ".join(
                f"{one.by} lets it be until {one.until}: {one.reason}"
                for one in waivers
                if one.gate == leg.gate
            )
            yield f"The gate {leg.gate} on {leg.leg} is flaky: {by or 'nobody lets it be'}"
