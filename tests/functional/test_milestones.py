"""The milestones of this repository: each a part of the next, the last one everything, and explained as they are."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from gateproof.config import load_settings
from gateproof.judge.milestones import needed
from gateproof.pack.assessing import load_checklist

ROOT = Path(__file__).parents[2]
MILESTONES = load_settings(ROOT).milestones
CHECKLIST = load_checklist(ROOT / load_settings(ROOT).checklist)
PAGE = (ROOT / "docs" / "release_process.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (m\d) \| `([\w.-]+)` \| (?:(m\d), and )?([\w., ]+?) \|", re.MULTILINE)


def test_they_are_three_and_in_order() -> None:
    assert [(one.name, one.version, one.tag) for one in MILESTONES] == [
        ("m2", "0.2.0", "v0.2-m2-ops-control"),
        ("m3", "0.3.0", "v0.3-m3-revenue-intel"),
        ("m4", "1.0.0", "v1.0-m4-buyer-ready"),
    ]


def test_each_needs_what_the_one_before_it_needed_and_more() -> None:
    wanted = [set(needed(one, CHECKLIST)) for one in MILESTONES]
    assert all(before < after for before, after in itertools.pairwise(wanted))


def test_the_last_one_needs_every_item() -> None:
    assert needed(MILESTONES[-1], CHECKLIST) == tuple(item.id for item in CHECKLIST.items)


@pytest.mark.parametrize("item", ["S0.1", "S0.2", "S0.5", "S1.6", "S5.2", "S7.3"])
def test_every_one_needs_what_makes_a_delivery_trustworthy(item: str) -> None:
    assert all(item in needed(one, CHECKLIST) for one in MILESTONES)


@pytest.mark.parametrize(("place", "own"), [(0, "S7.4.1"), (1, "S7.4.2"), (2, "S7.4.3")])
def test_each_needs_its_own_tag(place: int, own: str) -> None:
    assert own in needed(MILESTONES[place], CHECKLIST)
    assert f"tag: {MILESTONES[place].tag}" in {
        str(proof) for item in CHECKLIST.items if item.id == own for proof in item.proofs
    }


def test_the_page_says_what_each_needs() -> None:
    told: dict[str, tuple[str, set[str]]] = {}
    for name, tag, base, items in ROW.findall(PAGE):
        told[name] = tag, {*items.split(", "), *(told[base][1] if base else ())}
    assert told == {one.name: (one.tag, set(one.items)) for one in MILESTONES}
