"""The store's jobs on Redis, as in production: a worker and beat of their own, and a password."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateproof.deploy.django import several

pytestmark = pytest.mark.acceptance

STORE = Path(__file__).parents[2] / "purelaka"


@contextmanager
def running(*command: str, cwd: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends. What it says lies in the folder."""
    with (cwd / f"{Path(command[0]).name}.log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=cwd, env=env)
        try:
            yield child
        finally:
            child.terminate()
            child.wait(timeout=30)


def wait_for(ask: str, database: Path, expected: str, *, seconds: float = 60) -> None:
    """Ask the database until it answers as expected."""
    end = time.monotonic() + seconds
    while True:
        with sqlite3.connect(database, timeout=20) as connection:
            answer = connection.execute(ask).fetchone()
        connection.close()
        if answer and answer[0] == expected:
            return
        assert time.monotonic() < end, f"{ask} gives {answer}"
        time.sleep(0.2)


@contextmanager
def ears() -> Iterator[tuple[str, socket.socket]]:
    """Somebody who listens where a queue could be, and notes who comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield f"redis://:{secrets.token_hex(16)}@127.0.0.1:{listening.getsockname()[1]}/0", listening


def has_come(listening: socket.socket) -> bool:
    """Whether anybody asked for a connection."""
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def test_the_stores_tests_leave_a_queue_that_they_are_told_of_alone(tmp_path: Path) -> None:
    manage = (sys.executable, str(STORE / "manage.py"))
    handing_over = "from jobs.tasks import daily_snapshot; daily_snapshot.delay()"
    with ears() as (url, listening):
        env = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{(tmp_path / 'store.sqlite3').as_posix()}",
            "CELERY_BROKER_URL": url,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        words, processes = several(2)
        env |= processes
        tested = subprocess.run(
            [*manage, "test", *words], cwd=STORE, env=env, capture_output=True, check=False
        )

        assert tested.returncode == 0, tested.stderr
        assert not has_come(listening)

        # It would have been heard: a real job goes there, and nobody answers it.
        shell = (*manage, "shell", "--no-imports", "-c", handing_over)
        with running(*shell, cwd=tmp_path, env=env):
            end = time.monotonic() + 60
            while not has_come(listening):
                assert time.monotonic() < end, "nobody came"
                time.sleep(0.1)


def test_a_worker_takes_jobs_from_redis_and_keeps_them_through_its_death(tmp_path: Path) -> None:
    server = shutil.which("redis-server")
    assert server, "There is no redis-server here: install Debian's `redis-server`."
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    password, database = secrets.token_hex(16), tmp_path / "store.sqlite3"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "purelaka.settings.dev",
        "DATABASE_URL": f"sqlite:///{database.as_posix()}",
        "CELERY_BROKER_URL": f"redis://:{password}@127.0.0.1:{port}/0",
        "PYTHONPATH": str(STORE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    code = "import django; django.setup(); from jobs.tasks import {0}; {0}.delay()"
    worker = (sys.executable, "-m", "celery", "-A", "purelaka", "worker", "--pool", "solo")
    ask = "select status from jobs_jobrun where job = '{}'"
    subprocess.run([sys.executable, str(STORE / "manage.py"), "migrate", "-v", "0"], env=env, check=True)
    options = ("--port", port, "--requirepass", password, "--save", "", "--dir", str(tmp_path))

    with running(server, "--bind", "127.0.0.1", *options, cwd=tmp_path):
        with running(*worker, cwd=tmp_path, env=env):
            subprocess.run([sys.executable, "-c", code.format("daily_snapshot")], env=env, check=True)
            wait_for(ask.format("daily-snapshot"), database, "succeeded")
        # Handed over while nobody works: the next worker finds it.
        subprocess.run([sys.executable, "-c", code.format("retention")], env=env, check=True)
        with running(*worker, cwd=tmp_path, env=env):
            wait_for(ask.format("retention"), database, "succeeded")
