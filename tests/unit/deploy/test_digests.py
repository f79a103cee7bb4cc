"""Two databases are compared by what is in them; each difference is seen, and two empty ones prove nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateproof.deploy.digests import Contents, equal_contents, keeps_rows, kept_contents
from gateproof.model import Outcome
from gateproof.record.readers import decide
from unit.deploy.test_readings import ended

PASSED, FAILED, VACUOUS, ERRORED = Outcome.PASSED, Outcome.FAILED, Outcome.VACUOUS, Outcome.ERRORED


def told(orders: tuple[int, str] = (3, "aa"), *, last: int = 3, more: str = "") -> str:
    table = {"table": "public.orders", "rows": orders[0], "sha256": orders[1]}
    return f"{json.dumps(table)}\n{json.dumps({'sequence': 'public.orders_id', 'last': last})}\n{more}"


OTHER = json.dumps({"table": "public.notes", "rows": 0, "sha256": "e3"}) + "\n"
BEFORE = Contents(tables={"public.orders": (3, "aa")}, sequences={"public.orders_id": 3})
EMPTY = Contents(tables={"public.orders": (0, "e3")}, sequences={"public.orders_id": 3})


@pytest.mark.parametrize(
    ("said", "like", "outcome"),
    [
        (told(), BEFORE, PASSED),
        (told((3, "ab")), BEFORE, FAILED),
        (told((2, "aa")), BEFORE, FAILED),
        (told(last=1), BEFORE, FAILED),
        (told(more=OTHER), BEFORE, FAILED),
        ("", BEFORE, FAILED),
        (told((0, "e3")), EMPTY, VACUOUS),
        (told(), Contents(), FAILED),
        ("public.orders|3\n", BEFORE, ERRORED),
    ],
    ids=[
        "equal",
        "a value",
        "a row",
        "a sequence",
        "a table more",
        "no table",
        "both empty",
        "nothing before",
        "no JSON",
    ],
)
def test_a_restored_database(tmp_path: Path, said: str, like: Contents, outcome: Outcome) -> None:
    assert decide(equal_contents(like), ended(tmp_path, said)).outcome is outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [(told((4, "ff"), more=OTHER), PASSED), (told((2, "aa")), FAILED), (OTHER, FAILED)],
    ids=["more rows, more tables", "a row lost", "a table lost"],
)
def test_an_upgraded_database(tmp_path: Path, said: str, outcome: Outcome) -> None:
    assert decide(keeps_rows(BEFORE), ended(tmp_path, said)).outcome is outcome


def test_what_is_read_first_is_kept(tmp_path: Path) -> None:
    keep = Contents()

    assert decide(kept_contents(keep), ended(tmp_path, told())).outcome is PASSED
    assert keep == BEFORE
    assert decide(kept_contents(keep), ended(tmp_path, told((0, "e3")))).outcome is VACUOUS
    assert decide(kept_contents(keep), ended(tmp_path, told(), code=3)).outcome is ERRORED
