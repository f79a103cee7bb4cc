"""From the release ZIP to healthy containers: the whole chain, and the documents' commands as they stand."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.engine import some_engine
from gateproof.config import load_settings
from gateproof.deploy.containers import prove_containers
from gateproof.deploy.documents import prove_documents
from gateproof.deploy.steps import Proof
from gateproof.model import Outcome
from gateproof.record.ledger import records

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This repository, on a machine with an engine."""
    folder = tmp_path_factory.mktemp("clone") / "source"
    subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(folder)], check=True)
    with some_engine() as address, pytest.MonkeyPatch.context() as patched:
        if address:
            patched.setenv("DOCKER_HOST", address)
        yield folder


def outcomes(proof: Proof) -> dict[str, Outcome]:
    return {name: reading.outcome for name, reading in proof.steps}


def left(address_of: str) -> str:
    """What a proof's projects have left in the engine."""
    words = ["docker", *address_of.split(), "--quiet", "--filter", "name=gp"]
    return subprocess.run(words, capture_output=True, check=True, encoding="utf-8").stdout


def test_the_zip_becomes_healthy_containers_from_an_empty_volume(clone: Path) -> None:
    proof = prove_containers(clone, load_settings(clone), tell=lambda line: None)

    names = ("docker-image", "empty-volume", "docker-migrations", "docker-seed", "docker-gates", "docker-web")
    assert outcomes(proof) == dict.fromkeys((*names, "fresh-database"), Outcome.PASSED), proof.steps
    assert [left(kind) for kind in ("ps --all", "volume ls", "network ls")] == ["", "", ""]
    (web,) = (record for record in records(clone) if record.attempt.gate == "docker-web")
    logs = sorted(path.name for path in (web.folder / "files").iterdir())
    assert logs == ["beat.log", "db.log", "redis.log", "web.log", "worker.log"]


def test_the_documents_commands_run_as_they_stand(clone: Path) -> None:
    proof = prove_documents(clone, load_settings(clone), tell=lambda line: None)

    names = ("documented-backup", "documented-commands", "documented-gone")
    assert outcomes(proof) == dict.fromkeys(names, Outcome.PASSED), proof.steps
