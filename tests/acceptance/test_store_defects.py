"""The store's regression tests say no: with each defect put back, the tests that are named for it fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
DEFECTS = ROOT / "tests" / "defects"
ONCE = "payments.tests.test_an_event_acts_once.AnEventActsOnce"
SPELLING = "orders.tests.test_one_spelling_of_cancelled.OneSpellingOfCancelled"
# Each defect, as a patch, and the tests that must notice it.
NOTICED_BY = {
    "stripe-event-acts-twice": (f"{ONCE}.test_replay_changes_nothing",),
    "stripe-refund-counted-twice": (f"{ONCE}.test_out_of_order_delivery_changes_nothing_twice",),
    "canceled-is-not-cancelled": (f"{SPELLING}.test_both_spellings_become_one_at_the_edge",),
    "canceled-stays-in-the-database": (f"{SPELLING}.test_the_migration_brings_old_orders_along",),
}


def test_every_defect_is_in_the_table() -> None:
    assert {path.stem for path in DEFECTS.glob("*.patch")} == set(NOTICED_BY)


@pytest.mark.parametrize("defect", NOTICED_BY)
def test_a_defect_that_is_put_back_is_noticed(tmp_path: Path, defect: str) -> None:
    shutil.copytree(
        ROOT / "purelaka", tmp_path / "purelaka", ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3")
    )
    for test in NOTICED_BY[defect]:
        assert verdict(tmp_path, test) == "OK", "without the defect"

    # Where the temporary folder lies in a repository, git would leave out what lies outside of it.
    alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    subprocess.run(["git", "apply", str(DEFECTS / f"{defect}.patch")], cwd=tmp_path, env=alone, check=True)

    for test in NOTICED_BY[defect]:
        assert verdict(tmp_path, test).startswith("FAILED"), "with the defect"


def verdict(folder: Path, test: str) -> str:
    """What Django's runner says at the end of one test."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "test", test],
        cwd=folder / "purelaka",
        env={**os.environ, "DATABASE_URL": f"sqlite:///{(folder / 'store.sqlite3').as_posix()}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Found 1 test(s)." in ended.stdout, ended.stderr
    return next(line for line in reversed(ended.stderr.splitlines()) if line.startswith(("OK", "FAILED")))
