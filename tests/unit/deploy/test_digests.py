"""Two databases are compared by what is in them; each difference is seen, and two empty ones prove nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateproof.deploy.digests import Contents, copied, equal_contents, keeps_contents, kept_contents
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


def after(*, rows: int = 3, lost: int = 0, changed: int = 0, more: str = "") -> str:
    table = {"table": "orders", "rows": rows, "lost": lost}
    return f"{json.dumps(table)}\n{json.dumps({'column': 'orders.status', 'changed': changed})}\n{more}"


@pytest.mark.parametrize(
    ("said", "code", "outcome"),
    [
        (after(), 0, PASSED),
        (after(lost=1), 0, FAILED),
        (after(changed=1), 0, FAILED),
        (after(rows=2), 0, ERRORED),
        (after(more='{"table": "notes", "rows": 0, "lost": 0}\n'), 0, ERRORED),
        ('{"table": "orders", "rows": 3, "lost": 0}\n', 0, ERRORED),
        ('{"column": "orders.status", "changed": 0}\n', 0, ERRORED),
        (after(), 3, ERRORED),
        (after(more="ERROR: no such table\n"), 0, ERRORED),
        ("", 0, ERRORED),
    ],
    ids=[
        "the same",
        "a row lost",
        "a value changed",
        "less was copied",
        "more was copied",
        "no column compared",
        "a table not compared",
        "psql broke off",
        "no JSON",
        "nothing",
    ],
)
def test_an_upgraded_database(tmp_path: Path, said: str, code: int, outcome: Outcome) -> None:
    assert decide(keeps_contents(BEFORE), ended(tmp_path, said, code=code)).outcome is outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [(("orders.status",), PASSED), (("orders",), PASSED), (("orders.total",), FAILED), (("order",), FAILED)],
)
def test_what_a_migration_is_meant_to_change_is_named(
    tmp_path: Path, changes: tuple[str, ...], outcome: Outcome
) -> None:
    reading = decide(keeps_contents(BEFORE, changes=changes), ended(tmp_path, after(changed=2)))

    assert reading.outcome is outcome
    assert "orders" in reading.reason


def test_an_upgrade_of_nothing_proves_nothing(tmp_path: Path) -> None:
    assert decide(keeps_contents(EMPTY), ended(tmp_path, after(rows=0))).outcome is VACUOUS


@pytest.mark.parametrize(
    ("said", "code", "outcome"),
    [
        ('{"copied": 1}\n', 0, PASSED),
        ('{"copied": 2}\n', 0, FAILED),
        ('{"copied": 0}\n', 0, FAILED),
        ('{"copied": 1}\n', 3, ERRORED),
        ("", 0, ERRORED),
    ],
)
def test_every_table_is_copied_aside(tmp_path: Path, said: str, code: int, outcome: Outcome) -> None:
    assert decide(copied(BEFORE), ended(tmp_path, said, code=code)).outcome is outcome


def test_what_is_read_first_is_kept(tmp_path: Path) -> None:
    keep = Contents()

    assert decide(kept_contents(keep), ended(tmp_path, told())).outcome is PASSED
    assert keep == BEFORE
    assert decide(kept_contents(keep), ended(tmp_path, told((0, "e3")))).outcome is VACUOUS
    assert decide(kept_contents(keep), ended(tmp_path, told(), code=3)).outcome is ERRORED
