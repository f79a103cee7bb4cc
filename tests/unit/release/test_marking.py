"""The sealed checklist against the finished delivery: only what was left to the delivery may differ."""

from __future__ import annotations

import pytest

from bundles import NOON, bundle_of
from gateproof.errors import UnknownError
from gateproof.judge.assess import Assessment, assess
from gateproof.judge.bundle import DeliveryFacts
from gateproof.judge.checklist import parse
from gateproof.judge.proofs import CHECKS
from gateproof.release.marking import refuse_other_marks

ASKED = parse(b"- [ ] S1.1 Tea `file: tea`\n- [ ] S7.4 Its tag `tag: v1`\n", "c.md", CHECKS)


def assessed(*files: str, tag: str | None = None) -> Assessment:
    delivery = DeliveryFacts(is_whole=True, tag=tag) if tag else None
    return assess(ASKED, bundle_of(dict.fromkeys(files, "hot"), delivery=delivery), now=NOON)


def test_what_the_delivery_decides_may_become_done() -> None:
    refuse_other_marks(assessed("tea"), assessed("tea", tag="v1"))


@pytest.mark.parametrize(("before", "after"), [(["tea"], []), ([], ["tea"])])
def test_nothing_else_may_differ(before: list[str], after: list[str]) -> None:
    with pytest.raises(UnknownError, match=r"S1\.1 is .* in evidence/checklist\.md and"):
        refuse_other_marks(assessed(*before), assessed(*after, tag="v1"))


def test_without_a_checklist_nothing_was_marked() -> None:
    refuse_other_marks(None, None)
