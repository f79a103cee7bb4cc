"""The restore drill on a fresh clone, with an upgrade from a made-up milestone; and a stop on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gateproof.config import load_settings
from gateproof.deploy.restore import prove_restore
from gateproof.deploy.upgrade import released
from gateproof.model import Milestone, Outcome
from gateproof.record.ledger import records

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
TAG = "v0.0-made-up"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, with a tag that no release has made."""
    folder = tmp_path_factory.mktemp("clone") / "source"
    subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(folder)], check=True)
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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to hear")
def test_a_stop_leaves_no_server_and_says_that_it_did_not_end(clone: Path) -> None:
    # A short path, open to the server's account, in which nobody else's servers are.
    own = Path(tempfile.mkdtemp(prefix="gpt-"))
    own.chmod(0o755)
    child = subprocess.Popen(
        [sys.executable, "-m", "invoke", "prove.database"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone / "src"), "TMPDIR": str(own)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 90
    while not any(record.attempt.gate == "database-empty" for record in records(clone)):
        assert time.monotonic() < end, "it never began"
        time.sleep(0.1)

    child.send_signal(signal.SIGTERM)

    assert child.wait(timeout=60) != 0
    assert list(own.iterdir()) == []
    own.rmdir()
    names = [record.attempt.gate for record in records(clone)]
    assert "database-gone" not in names
