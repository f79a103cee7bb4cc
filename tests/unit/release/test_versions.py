"""Which version comes next, and every question that gets a no."""

from __future__ import annotations

import pytest

from gateproof.errors import GateproofError, RefusedError, UnknownError, UsageError
from gateproof.model import Milestone
from gateproof.release.versions import Asked, Tags, next_version, tag_of

M2 = Milestone(name="m2", version="0.2.0", tag="v0.2-m2-ops", items=("S1",))
M3 = Milestone(name="m3", version="0.3.0", tag="v0.3-m3-revenue", items=("S2",))
M4 = Milestone(name="m4", version="1.0.0", tag="v1.0-m4-buyer", items=("S3",))
PLANNED = (M2, M3, M4)
NONE = Tags(names=frozenset())
LOST = Tags(names=frozenset(), unknown="This clone is shallow.")


def tagged(*milestones: Milestone) -> Tags:
    return Tags(names=frozenset(one.tag for one in milestones))


@pytest.mark.parametrize(
    ("current", "asked", "tags", "version", "tag"),
    [
        ("0.1.0", Asked(milestone="m2"), NONE, "0.2.0", M2.tag),
        ("0.2.0", Asked(milestone="m3"), tagged(M2), "0.3.0", M3.tag),
        ("0.3.0", Asked(milestone=M4.tag), tagged(M2, M3), "1.0.0", M4.tag),
        ("1.0.0", Asked(patch=True), tagged(*PLANNED), "1.0.1", "v1.0.1"),
        ("1.0.1", Asked(patch=True), tagged(*PLANNED), "1.0.2", "v1.0.2"),
        ("0.2.0", Asked(patch=True), tagged(M2), "0.2.1", "v0.2.1"),
        ("1.0.0", Asked(version="1.1"), LOST, "1.1", "v1.1"),
        ("0.1.0", Asked(version="0.1.5"), LOST, "0.1.5", "v0.1.5"),
    ],
)
def test_what_comes_next(current: str, asked: Asked, tags: Tags, version: str, tag: str) -> None:
    planned = next_version(current, asked, PLANNED, tags)

    assert (planned.version, planned.tag) == (version, tag)


@pytest.mark.parametrize(
    ("current", "asked", "tags", "error", "why"),
    [
        ("0.1.0", Asked(), NONE, UsageError, "one of --milestone"),
        ("0.1.0", Asked(patch=True, version="0.2"), NONE, UsageError, "one of --milestone"),
        ("0.1.0", Asked(milestone="m9"), NONE, UsageError, "no milestone m9; it has m2, m3, m4"),
        ("0.1.0", Asked(version="soon"), NONE, UsageError, "'soon', is not a version"),
        ("today", Asked(patch=True), NONE, UsageError, "The current version, 'today'"),
        ("0.1.0", Asked(milestone="m3"), NONE, RefusedError, "m2 comes before m3"),
        ("0.2.0", Asked(milestone="m4"), tagged(M2), RefusedError, "m3 comes before m4"),
        ("0.2.0", Asked(milestone="m2"), tagged(M2), RefusedError, "m2 is released"),
        ("0.2.0", Asked(milestone="m2"), NONE, RefusedError, "prepared already"),
        ("0.4.0", Asked(milestone="m3"), tagged(M2), RefusedError, "not greater than 0.4.0"),
        (
            "0.1.0",
            Asked(milestone="m2"),
            LOST,
            UnknownError,
            "which milestone is open. This clone is shallow",
        ),
        ("0.2.0", Asked(patch=True), LOST, UnknownError, "whether the milestone m2 is released"),
        ("0.2.0", Asked(patch=True), NONE, RefusedError, "nothing to patch"),
        ("1.0.0rc1", Asked(patch=True), NONE, UsageError, "no plain version"),
        ("0.1.0", Asked(version="0.1.0"), NONE, RefusedError, "not greater"),
        ("0.1.0", Asked(version="0.1"), NONE, RefusedError, "not greater"),
        ("0.1.0", Asked(version="0.0.9"), NONE, RefusedError, "not greater"),
        ("0.1.0", Asked(version="0.2"), NONE, RefusedError, "use --milestone m2"),
        ("0.1.0", Asked(version="0.2.1"), NONE, RefusedError, "pass over the milestone m2"),
    ],
)
def test_what_is_refused(
    current: str, asked: Asked, tags: Tags, error: type[GateproofError], why: str
) -> None:
    with pytest.raises(error, match=why):
        next_version(current, asked, PLANNED, tags)


def test_a_milestone_without_a_version_cannot_be_prepared() -> None:
    with pytest.raises(UsageError, match="has no version and no tag"):
        next_version("0.1.0", Asked(milestone="m2"), [Milestone(name="m2", items=("S1",))], NONE)


@pytest.mark.parametrize("asked", [Asked(milestone="m2"), Asked(version="0.5"), Asked(patch=True)])
def test_a_milestone_whose_version_is_none_is_a_mistake(asked: Asked) -> None:
    with pytest.raises(UsageError, match="The version of the milestone m2, 'second'"):
        next_version("0.1.0", asked, [Milestone(name="m2", version="second", tag="v2", items=("S1",))], NONE)


def test_a_release_without_a_milestone_is_tagged_by_its_version() -> None:
    assert tag_of("0.2.0", PLANNED) == M2.tag
    assert tag_of("0.2.1", PLANNED) == "v0.2.1"
