"""Which advisories are about a version: OSV's own semantics, with versions as PEP 440 has them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from gateproof.release.supply.osv import Advisories, advisories_of, moment
from supply import advisory

OPEN = [{"introduced": "0"}]
MENDED = [{"introduced": "0"}, {"fixed": "2.0"}]
TWICE = [{"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.3"}]
LAST = [{"introduced": "1.0"}, {"last_affected": "1.5"}]


def known(*listed: dict[str, Any]) -> Advisories:
    return advisories_of(listed, name="all.zip", digest="0" * 64)


def is_about(one: dict[str, Any], version: str, name: str = "shop-kit") -> bool:
    return bool(known(one, advisory("other")).about(name, version))


@pytest.mark.parametrize(
    ("events", "affected", "free"),
    [
        (OPEN, ["0.dev0", "0", "1", "99!1"], []),
        (MENDED, ["0.1", "1.9", "2.0rc1", "2.0.dev1"], ["2.0", "2", "2.0.post1", "2.0+local", "3"]),
        (TWICE, ["1.0", "1.4.9", "2.0", "2.2"], ["0.9", "1.5", "1.9", "2.3", "1.0rc1"]),
        (list(reversed(TWICE)), ["1.0", "1.4.9", "2.0", "2.2"], ["0.9", "1.5", "1.9", "2.3"]),
        (LAST, ["1.0", "1.5", "1.5.0"], ["0.9", "1.5.1", "1.5.post1", "2"]),
        ([{"introduced": "1.5"}, {"last_affected": "1.5"}], ["1.5"], ["1.4", "1.5.1"]),
        ([{"introduced": "0"}, {"limit": "3"}], ["1", "2.9"], ["3", "4"]),
        ([{"introduced": "1.0"}, {"fixed": "1.0"}], ["1.0", "1.1"], ["0.9"]),
        ([{"introduced": "a legacy version"}], ["1", "2"], []),
        ([{"introduced": "0"}, {"never heard of": "1"}], ["1"], []),
        ([], [], ["1"]),
    ],
)
def test_events_are_evaluated(events: list[dict[str, str]], affected: list[str], free: list[str]) -> None:
    one = advisory(events=events)

    assert [version for version in affected if not is_about(one, version)] == []
    assert [version for version in free if is_about(one, version)] == []


def test_versions_are_compared_as_versions() -> None:
    one = advisory(versions=["4.2", "1.0-rc.1", "2.0.0", "made up"])

    assert all(is_about(one, version) for version in ("4.2", "4.2.0", "1.0rc1", "2", "v2.0"))
    assert not any(is_about(one, version) for version in ("4.2.1", "1.0", "2.0.1"))


def test_a_version_that_is_listed_is_affected_whatever_the_ranges_say() -> None:
    one = advisory(versions=["5.0"], events=MENDED)

    assert is_about(one, "5.0")
    assert is_about(one, "1.0")
    assert not is_about(one, "5.1")


@pytest.mark.parametrize("name", ["shop-kit", "Shop_Kit", "shop.kit", "SHOP--KIT"])
def test_names_are_normalised_on_both_sides(name: str) -> None:
    assert is_about(advisory(name, events=OPEN), "1.0")
    assert is_about(advisory(events=OPEN), "1.0", name=name)
    assert not is_about(advisory("shop-kit-2", events=OPEN), "1.0", name=name)


def test_what_was_withdrawn_does_not_count_and_is_counted() -> None:
    gone = advisory(events=OPEN, withdrawn="2026-01-01T00:00:00Z")
    listed = known(gone, advisory("other"))

    assert listed.about("shop-kit", "1.0") == ()
    assert (listed.count, listed.withdrawn) == (1, 1)


def test_an_advisory_that_names_no_version_is_about_all_of_them() -> None:
    assert is_about(advisory(), "1.0")
    assert is_about(advisory(events=[{"introduced": "1f3a"}], kind="GIT"), "1.0")


def test_a_range_of_commits_says_nothing_of_a_version_that_is_not_listed() -> None:
    assert not is_about(advisory(versions=["1.0"], events=[{"introduced": "0"}], kind="GIT"), "2.0")


def test_another_ecosystem_is_not_ours() -> None:
    one = advisory(events=OPEN)
    one["affected"][0]["package"]["ecosystem"] = "npm"

    assert not is_about(one, "1.0")


def test_a_version_that_nobody_can_order_is_not_answered() -> None:
    with pytest.raises(ValueError, match="no version"):
        known(advisory()).about("shop-kit", "2004d-old")


@pytest.mark.parametrize(
    "listed",
    [[], [advisory(withdrawn="2026-01-01T00:00:00Z")], [{"id": "x"}], [{**advisory(), "modified": "soon"}]],
    ids=["none", "only withdrawn", "no field", "no time"],
)
def test_a_dump_that_says_nothing_is_refused(listed: list[dict[str, Any]]) -> None:
    with pytest.raises((ValueError, KeyError)):
        known(*listed)


def test_the_newest_change_dates_the_dump() -> None:
    old = advisory(called="PYSEC-0", modified="1-01-01T00:00:00Z")
    new = advisory(modified="2024-10-10T17:22:00.587279123Z")

    assert known(new, old).updated == moment("2024-10-10T17:22:00.587279Z")


PARTS = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
VERSIONS = st.builds(
    lambda base, tail: base + tail, PARTS, st.sampled_from(["", "rc1", ".dev1", ".post1", "a2"])
)


@given(st.lists(VERSIONS, min_size=2, max_size=6, unique_by=Version), VERSIONS)
def test_ranges_are_intervals(bounds: list[str], version: str) -> None:
    ordered = sorted(bounds, key=Version)
    pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
    events = [event for start, end in pairs for event in ({"introduced": start}, {"fixed": end})]
    starts = {start: Version("0.dev0" if start == "0" else start) for start, _ in pairs}
    expected = any(starts[start] <= Version(version) < Version(end) for start, end in pairs)

    assert is_about(advisory(events=events), version) is expected
