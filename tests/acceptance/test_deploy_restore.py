"""The restore drill on a fresh clone, with an upgrade from a made-up milestone; and a stop on the way."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.cloning import cloned
from gateproof.config import load_settings
from gateproof.deploy.restore import prove_restore
from gateproof.deploy.upgrade import released
from gateproof.errors import INTERRUPTED
from gateproof.model import Milestone, Outcome
from gateproof.record.ledger import records

pytestmark = pytest.mark.acceptance

TAG = "v0.0-made-up"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, with a tag that no release has made."""
    folder = cloned(tmp_path_factory.mktemp("clone") / "source", "store", "acceptance")
    subprocess.run(["git", "tag", TAG], cwd=folder, check=True)
    return folder


def test_it_is_restored_and_upgraded_and_each_refusal_is_seen(clone: Path) -> None:
    milestone = Milestone(name="m0", version="0.0.1", tag=TAG, items=("S1",))
    never = Milestone(name="m9", version="9.0.0", tag="v9.0-never", items=("S1",))
    settings = replace(load_settings(clone), milestones=(milestone, never))
    assert released(clone, settings) == (TAG,)

    proof = prove_restore(clone, settings, tell=lambda line: None)

    assert {name: reading.outcome for name, reading in proof.steps} == dict.fromkeys(
        ("backup", "restore-refused", "restore", f"unpack-{TAG}", f"upgrade-{TAG}"), Outcome.PASSED
    ), proof.steps
    restored = dict(proof.steps)["restore"]
    assert dict(restored.counts)["rows"] > 500
    assert all(record.attempt.is_clean and record.kind == "deploy" for record in records(clone))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere /proc does not tell who is left")
@pytest.mark.parametrize(
    ("task", "begun", "running", "last", "stop"),
    [
        ("prove.database", "database-empty", 3, "database-gone", signal.SIGTERM),
        ("prove.restore", "backup", 3, "restore", signal.SIGINT),
        ("prove.screens", "walkthrough", 8, "", signal.SIGTERM),
    ],
)
def test_a_stop_leaves_nothing_and_says_that_it_did_not_end(
    clone: Path, *, task: str, begun: str, running: int, last: str, stop: signal.Signals
) -> None:
    # A short path, open to the server's account, in which nobody else's servers are.
    own = Path(tempfile.mkdtemp(prefix="gpt-"))
    own.chmod(0o755)
    known = {record.folder for record in records(clone)}
    child = subprocess.Popen(
        [sys.executable, "-m", "invoke", task],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone / "src"), "TMPDIR": str(own)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 90
    while not (begins(clone, begun, known) and len(started_for(own)) >= running):
        assert child.poll() is None, "it ended before it was stopped"
        assert time.monotonic() < end, "it never began"
        time.sleep(0.1)

    child.send_signal(stop)

    assert child.wait(timeout=60) == INTERRUPTED
    assert list(own.iterdir()) == []
    assert started_for(own) == []
    own.rmdir()
    assert not begins(clone, last, known)


def begins(clone: Path, step: str, known: set[Path]) -> bool:
    return any(one.attempt.gate == step and one.folder not in known for one in records(clone))


def started_for(folder: Path) -> list[str]:
    """Every process that was told to keep its temporary files there, or runs from there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                continue
            told = process.joinpath("environ").read_bytes() + process.joinpath("cmdline").read_bytes()
            if os.fsencode(folder) in told:
                found.append(process.name)
    return found
