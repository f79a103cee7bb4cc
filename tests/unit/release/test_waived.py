"""What a delivery rests on: each thing that a person lets be open, by name and with the reason, and nothing else."""

from __future__ import annotations

import pytest

from bundles import ELSEWHERE, HERE, NOON, bundle_of, run
from gateproof.config import GateWaiver
from gateproof.judge.assess import Assessment, assess
from gateproof.judge.bundle import Bundle, EvidenceRun
from gateproof.judge.checklist import parse
from gateproof.judge.proofs import CHECKS
from gateproof.model import Outcome
from gateproof.release.waived import rests_on

OPEN = "- [ ] S1.1 Tea `file: tea` `waived: 2026-12-31 by Ada: no water yet`\n"
LET_BE = GateWaiver(gate="test", by="Ada", until="2026-12-31", reason="The clock of CI.")


def waived(**changes: object) -> EvidenceRun:
    return run(outcome=Outcome.WAIVED, **changes)  # type: ignore[arg-type]


def assessed(text: str, bundle: Bundle) -> Assessment:
    return assess(parse(text.encode(), "c.md", CHECKS), bundle, now=NOON)


@pytest.mark.parametrize(
    ("runs", "sentences"),
    [
        ([run()], ()),
        ([waived()], ("The gate test on py3.11-linux is waived: 2 tests failed",)),
        ([waived(tree=ELSEWHERE)], ()),
        ([waived(kind="deploy")], ()),
        ([waived(), run(minute=1)], ()),
        (
            [run(outcome=Outcome.FAILED), run(minute=1)],
            ("The gate test on py3.11-linux is flaky: Ada lets it be until 2026-12-31: The clock of CI.",),
        ),
        (
            [run(name="lint", outcome=Outcome.FAILED), run(name="lint", minute=1)],
            ("The gate lint on py3.11-linux is flaky: nobody lets it be",),
        ),
    ],
)
def test_gates_that_were_not_simply_passed_are_named(
    runs: list[EvidenceRun], sentences: tuple[str, ...]
) -> None:
    bundle = bundle_of({}, *runs, git_tree=HERE)
    assert rests_on(bundle, [LET_BE], None) == sentences


def test_a_waived_item_is_named_with_who_and_until_when() -> None:
    bundle = bundle_of({"README.md": ""})
    (sentence,) = rests_on(bundle, (), assessed(OPEN, bundle))
    assert sentence.startswith(
        "The item S1.1 is waived: by Ada until 2026-12-31: no water yet; it is UNMET: there is no tea"
    )


def test_an_item_that_needs_its_waiver_no_more_is_not() -> None:
    bundle = bundle_of({"tea": "hot"})
    assert rests_on(bundle, (), assessed(OPEN, bundle)) == ()
