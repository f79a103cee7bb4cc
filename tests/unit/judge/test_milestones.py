"""Milestones name the items that each tag needs, and stop a release while one is open."""

from __future__ import annotations

import pytest

from bundles import NOON, bundle_of
from gateproof.errors import RefusedError, UsageError
from gateproof.judge.assess import Assessment, assess
from gateproof.judge.checklist import parse
from gateproof.judge.milestones import open_items, read_milestones, refuse_open, restricted
from gateproof.judge.proofs import CHECKS
from gateproof.model import Milestone

TEXT = """## S1
- [ ] one `file: LICENSE`
- [ ] two `file: NOTICE`
  - [ ] below `file: LICENSE`
- [ ] tag `tag: v1`
- [ ] waived `file: X` `waived: 2026-12-31 by Ada: soon`
## S2
- [ ] other `file: X`
"""


def assessment() -> Assessment:
    return assess(parse(TEXT.encode(), "list.md", CHECKS), bundle_of({"LICENSE": "x"}), now=NOON)


def milestone(*items: str) -> Milestone:
    return Milestone(name="v1", items=items)


@pytest.mark.parametrize(
    ("items", "still_open"),
    [
        (("S1.1",), []),
        (("S1.2",), ["S1.2"]),
        (("S1",), ["S1.2"]),
        (("S1.2.1",), []),
        (("S1.3", "S1.4"), []),
        (("S1", "S2"), ["S1.2", "S2.1"]),
    ],
)
def test_what_keeps_a_milestone_open(items: tuple[str, ...], still_open: list[str]) -> None:
    assert [one.item.id for one in open_items(assessment(), milestone(*items))] == still_open


def test_a_release_of_an_open_milestone_stops_and_shows_the_items() -> None:
    with pytest.raises(RefusedError) as error:
        refuse_open(assessment(), milestone("S1", "S2"))

    assert "The milestone v1 is open: 2 of its items are not Done" in str(error.value)
    assert "S1.2  UNMET: there is no NOTICE" in str(error.value)


def test_a_milestone_that_is_not_open_stops_nothing() -> None:
    refuse_open(assessment(), milestone("S1.1"))


def test_an_item_that_there_is_none_of_is_a_mistake() -> None:
    with pytest.raises(UsageError, match=r"needs S9, which list.md has not"):
        open_items(assessment(), milestone("S1", "S9"))


def test_a_milestone_that_needs_nothing_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="names no item"):
        open_items(assessment(), milestone())


def test_an_assessment_can_be_asked_for_one_milestone_alone() -> None:
    assert [one.item.id for one in restricted(assessment(), milestone("S2")).items] == ["S2.1"]


def test_milestones_are_read_from_the_settings() -> None:
    (one,) = read_milestones([{"name": "v1", "items": ["S0"]}], "pyproject.toml")

    assert one == Milestone(name="v1", items=("S0",))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([{"items": ["S0"]}], "milestone 1 has no name"),
        ([{"name": "v1", "items": [1]}], "the items of the milestone v1 must be ids"),
        ([{"name": "v1", "items": ["S0"]}, {"name": "v1", "items": ["S0"]}], "v1 is there twice"),
        ("v1", "milestone 1 has no name"),
    ],
)
def test_a_mistake_in_the_settings_is_named(table: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_milestones(table, "pyproject.toml")


def test_a_milestone_has_its_version_and_its_tag() -> None:
    told = [{"name": "m1", "version": "0.1.0", "tag": "v0.1", "items": ["S0", "S1.2"]}, {"name": "m2"}]

    assert read_milestones(told, "x") == (
        Milestone(name="m1", version="0.1.0", tag="v0.1", items=("S0", "S1.2")),
        Milestone(name="m2", version="", tag="", items=()),
    )


def test_every_mistake_is_named_at_once() -> None:
    told = [
        {"name": " "},
        7,
        {"name": "m1", "items": "S0"},
        {"name": "m2", "items": [1]},
        {"name": "m3"},
        {"name": "m3"},
    ]

    with pytest.raises(UsageError) as error:
        read_milestones(told, "pyproject.toml")

    assert str(error.value) == (
        "pyproject.toml: milestone 1 has no name; milestone 2 has no name; "
        'the items of the milestone m1 must be ids, such as ["S0", "S1.5"]; '
        'the items of the milestone m2 must be ids, such as ["S0", "S1.5"]; the milestone m3 is there twice.'
    )
    with pytest.raises(UsageError, match=r"x: milestone 1 has no name\."):
        read_milestones("m1", "x")
