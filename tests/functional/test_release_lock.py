"""Two releases at once: the second is told who holds the lock, and a stale lock is recognised."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from functional.project import SRC, Project
from gateproof.errors import RefusedError, UnknownError
from gateproof.release.lock import OWNER, release_lock


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Project.make(tmp_path / "shop").root


def write_owner(root: Path, **changes: object) -> None:
    me = psutil.Process()
    told = {"pid": me.pid, "host": platform.node(), "since": "long ago", "born": me.create_time(), **changes}
    (root / ".git" / OWNER).write_text(json.dumps(told), encoding="utf-8")


def test_the_second_is_told_who_holds_the_lock(root: Path) -> None:
    words = rf"process {os.getpid()} on {platform.node()}, since .* UTC"
    with release_lock(root), pytest.raises(RefusedError, match=words), release_lock(root):
        pass


def test_another_process_is_told_too(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gateproof.release.lock import release_lock\n"
        "with release_lock(Path(sys.argv[1])): print('held')"
    )
    command = [sys.executable, "-c", program, str(root)]
    env = os.environ | {"PYTHONPATH": str(SRC)}
    with release_lock(root):
        done = subprocess.run(command, env=env, capture_output=True, check=False, encoding="utf-8")
    assert "held" not in done.stdout
    assert f"process {os.getpid()}" in done.stderr

    again = subprocess.run(command, env=env, capture_output=True, check=False, encoding="utf-8")
    assert again.stdout.strip() == "held"


def test_work_trees_of_one_repository_share_the_lock(root: Path, tmp_path: Path) -> None:
    Project(root=root).git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    with release_lock(root), pytest.raises(RefusedError), release_lock(tmp_path / "other"):
        pass


def test_the_lock_of_a_dead_process_is_stale_and_said_to_be(root: Path) -> None:
    write_owner(root, born=1.0)  # The id is used again, by a process that was born later.
    with release_lock(root) as remark:
        assert "its lock was stale" in remark
    with release_lock(root) as remark:
        assert remark == ""


def test_a_live_owner_without_a_lock_is_believed(root: Path) -> None:
    write_owner(root)  # A file system on which locks do not work.
    with pytest.raises(RefusedError, match="under way"), release_lock(root):
        pass


def test_an_owner_on_another_machine_cannot_be_asked(root: Path) -> None:
    write_owner(root, host="elsewhere.example")
    with pytest.raises(UnknownError, match=r"on another machine .*remove"), release_lock(root):
        pass


def test_nothing_is_left_in_the_work_tree(root: Path) -> None:
    with release_lock(root):
        assert Project(root=root).git("status", "--porcelain", "--ignored") == ""
