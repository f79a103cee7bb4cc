"""The store on PostgreSQL: everything that its tests say, and what only happens at the same time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.postgres import running_postgres
from defects.come_back import copy_to

pytestmark = pytest.mark.acceptance

STORE = Path(__file__).parents[2] / "purelaka"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_postgres() as url:
        yield url


def manage(url: str, *arguments: str, store: Path = STORE) -> subprocess.CompletedProcess[str]:
    """Run one of the store's commands on that database."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=store,
        env={**os.environ, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )


def ran(ended: subprocess.CompletedProcess[str]) -> int:
    """How many tests ran, once all of them passed and none was skipped."""
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"^OK$", ended.stderr, re.MULTILINE), ended.stderr
    found = re.search(r"^Ran (\d+) tests? in", ended.stderr, re.MULTILINE)
    assert found, ended.stderr
    return int(found[1])


def test_deliveries_at_the_same_time_act_once(url: str) -> None:
    assert ran(manage(url, "test", "payments.tests.concurrency")) == 5


def test_without_the_claim_they_act_more_than_once(url: str, tmp_path: Path) -> None:
    """The test of the same time can say no: without the condition, each delivery finds the event unclaimed."""
    copy = copy_to(tmp_path)
    inbox = copy / "purelaka" / "payments" / "inbox.py"
    claim = ", status__in=OPEN).update("
    assert claim in inbox.read_text(encoding="utf-8")
    inbox.write_text(inbox.read_text(encoding="utf-8").replace(claim, ").update("), encoding="utf-8")
    label = "payments.tests.concurrency.AtTheSameTime.test_one_event_delivered_eight_times_at_once_acts_once"

    ended = manage(url, "test", label, store=copy / "purelaka")

    assert ended.returncode == 1
    assert "FAILED (failures=1)" in ended.stderr, ended.stderr


def test_the_stores_own_tests_pass(url: str) -> None:
    assert ran(manage(url, "test", "--parallel=2")) >= 250


def test_on_sqlite_the_test_of_the_same_time_fails_rather_than_skips(tmp_path: Path) -> None:
    ended = manage(f"sqlite:///{tmp_path}/store.sqlite3", "test", "payments.tests.concurrency")

    assert ended.returncode == 1
    assert "This needs PostgreSQL" in ended.stderr
