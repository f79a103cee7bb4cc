"""A count that fell by a fifth is told, one that fell by less is not."""

from __future__ import annotations

import pytest

from bundles import bundle_of, run
from gateproof.judge.changes import Change, compare
from gateproof.judge.changes_text import as_mapping, lines
from gateproof.judge.falls import fall


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("PASSED, 100 tests", "PASSED, 81 tests", ""),
        ("PASSED, 100 tests", "PASSED, 80 tests", "fell by 20 %"),
        ("PASSED, 5 tests", "PASSED, 4 tests", "fell by 20 %"),
        ("PASSED, 4 tests", "PASSED, 4 tests", ""),
        ("PASSED, 4 tests", "PASSED, 5 tests", ""),
        ("PASSED, 1,000 tests", "PASSED, 801 tests, flaky", ""),
        ("PASSED, 1,000 tests, flaky", "PASSED, 800 tests", "fell by 20 %"),
        ("PASSED, 1,000 files", "PASSED, 1 files", "fell by 99 %"),
        ("PASSED, 4 tests", "FAILED", "fell by 100 %"),
        ("PASSED, 4 tests", None, ""),
        (None, "PASSED, 4 tests", ""),
        ("FAILED", "PASSED, 4 tests", ""),
        ("PASSED, 100 files", "PASSED, 4 tests", ""),
    ],
)
def test_a_fall_of_a_fifth_is_one(before: str | None, after: str | None, said: str) -> None:
    assert fall(Change(name="unit", before=before, after=after)) == said


@pytest.mark.parametrize(("now", "is_told"), [(81, False), (80, True)])
def test_it_is_told_in_the_terminal_and_to_programs(now: int, is_told: bool) -> None:
    changes = compare(bundle_of({}, run(looked_at=100)), bundle_of({}, run(looked_at=now)))
    told = "\n".join(lines(changes))

    assert (
        "What the gate test looks at fell by 20 %: PASSED, 100 tests before, PASSED, 80 tests now." in told
    ) is is_told
    assert as_mapping(changes)["gates"][0]["fell"] == ("fell by 20 %" if is_told else "")
