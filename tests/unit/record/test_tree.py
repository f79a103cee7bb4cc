"""What would not go is said, and what has gone is no trouble."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from gateproof.record import tree as tree_module
from gateproof.record.child import start
from gateproof.record.tree import Tree, _described, _is_alive

BEGAN = time.time()
SLEEP = [sys.executable, "-c", "import time; time.sleep(100)"]


def sleeping(folder: Path) -> subprocess.Popen[bytes]:
    return start(SLEEP, folder, {})


def closed(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()


def test_what_the_system_will_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = sleeping(tmp_path)
    monkeypatch.setattr(tree_module, "LAST_WORD", 0.1)
    monkeypatch.setattr(psutil.Process, "terminate", lambda _: None)
    monkeypatch.setattr(psutil.Process, "kill", lambda _: None)
    (left,) = Tree(process, began=BEGAN).end(grace=0.1)
    assert left.endswith(f"({process.pid})")
    closed(process)


def test_a_hurry_cuts_the_grace_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = sleeping(tmp_path)
    monkeypatch.setattr(psutil.Process, "terminate", lambda _: None)
    begun = time.monotonic()
    assert Tree(process, began=BEGAN).end(grace=60, hurried=lambda: True) == ()
    assert time.monotonic() - begun < 30
    closed(process)


def test_what_has_gone_is_neither_alive_nor_a_member(tmp_path: Path) -> None:
    process = sleeping(tmp_path)
    gone = psutil.Process(process.pid)
    closed(process)
    assert not _is_alive(gone)
    assert _described(gone) == f"process {process.pid}"
    assert Tree(process, began=BEGAN).survivors() == ()
    assert Tree(process, began=BEGAN).end(grace=1) == ()


def test_a_process_that_is_older_than_the_child_is_no_member(tmp_path: Path) -> None:
    process = sleeping(tmp_path)
    tree = Tree(process, began=BEGAN)
    tree._began = time.time() + 60
    assert tree.survivors() == ()
    closed(process)
