"""A large store: its export takes no more memory than that of 2,000 orders. 10,000 each time, 100,000 by hand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.acceptance

STORE = Path(__file__).parents[2] / "purelaka"
MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one command took: bytes of memory at most, and seconds."""

    memory: int
    seconds: float


def manage(database: Path, *arguments: str) -> Cost:
    """Run one of the store's commands, and watch its memory."""
    started = time.monotonic()
    child = psutil.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=STORE,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{database.as_posix()}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = 0
    while child.poll() is None:
        try:
            most = max(most, child.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    assert child.wait() == 0, arguments
    return Cost(memory=most, seconds=time.monotonic() - started)


def export(folder: Path, orders: int) -> tuple[Cost, int]:
    """Seed so many orders, export them, and count the orders in the file."""
    database, target = folder / f"{orders}.sqlite3", folder / f"{orders}.csv"
    manage(database, "migrate")
    manage(database, "seed_demo", "--orders", str(orders), "--customers", str(orders // 5))
    cost = manage(database, "export_csv", "orders", "--output", str(target))
    with target.open(encoding="utf-8") as lines:
        next(lines)
        return cost, len({line.split(",")[1] for line in lines})


# Measured: 10,000 orders take 1.5 MiB more than 2,000, and 8 where all rows are read at once.
@pytest.mark.parametrize(("orders", "more"), [(10_000, 4), pytest.param(100_000, 16, marks=pytest.mark.long)])
def test_the_export_of_many_orders_takes_flat_memory(tmp_path: Path, orders: int, more: int) -> None:
    small, few = export(tmp_path, 2_000)
    large, many = export(tmp_path, orders)

    print(f"2,000 orders: {small.memory / MIB:.0f} MiB in {small.seconds:.1f} s")
    print(f"{orders:,} orders: {large.memory / MIB:.0f} MiB in {large.seconds:.1f} s")
    assert (few, many) == (2_000, orders)
    assert large.memory - small.memory < more * MIB


@pytest.mark.long
def test_100000_orders_break_no_invariant_and_seeding_them_again_changes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "store.sqlite3"
    sizes = ("--orders", "100000", "--customers", "20000")
    manage(database, "migrate")
    manage(database, "seed_demo", *sizes)
    before = database.stat().st_size

    manage(database, "seed_demo", *sizes)

    assert abs(database.stat().st_size - before) < MIB
    manage(database, "run_checks", "--fail-on-issues")
