"""From the release ZIP to healthy containers: the whole chain, the documents' commands as they stand, and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.engine import some_engine
from gateproof.config import load_settings
from gateproof.deploy.containers import BUILT, prove_containers
from gateproof.deploy.documents import prove_documents
from gateproof.deploy.engine import running_engine
from gateproof.deploy.steps import Proof
from gateproof.errors import INTERRUPTED
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


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, check=True, encoding="utf-8")
    return done.stdout.strip()


def everything() -> dict[str, set[str]]:
    """All that the engine holds, whoever it belongs to: but the layers that it keeps for the next build."""
    lists = {
        "containers": ("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.State}}"),
        "volumes": ("volume", "ls", "--format", "{{.Name}}"),
        "networks": ("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"),
        "images": ("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "dangling=false"),
    }
    return {name: set(docker(*words).splitlines()) for name, words in lists.items()}


def test_the_zip_becomes_healthy_containers_from_an_empty_volume(clone: Path) -> None:
    with running_engine():
        before = everything()

    proof = prove_containers(clone, load_settings(clone), tell=lambda line: None)

    names = ("docker-image", "empty-volume", "docker-migrations", "docker-seed", "docker-gates", "docker-web")
    assert outcomes(proof) == dict.fromkeys((*names, "fresh-database"), Outcome.PASSED), proof.steps
    assert everything() == before
    (web,) = (record for record in records(clone) if record.attempt.gate == "docker-web")
    (tested,) = (run for run in records(clone) if run.attempt.gate == "docker-gates")
    said = (tested.folder / "output.log").read_text(encoding="utf-8")
    # Workers wait at the queue by then. Whoever tests is not told where it is.
    assert "--env CELERY_BROKER_URL= " in said
    assert "redis://" not in said
    logs = sorted(path.name for path in (web.folder / "files").iterdir())
    assert logs == ["beat.log", "db.log", "redis.log", "web.log", "worker.log"]


def test_the_documents_commands_run_as_they_stand(clone: Path) -> None:
    with running_engine():
        before = everything()

    proof = prove_documents(clone, load_settings(clone), tell=lambda line: None)

    names = ("documented-backup", "documented-drill", "documented-commands", "documented-gone")
    assert outcomes(proof) == dict.fromkeys(names, Outcome.PASSED), proof.steps
    assert everything() == before


@pytest.fixture
def bystander(clone: Path) -> Iterator[str]:
    """A container of somebody else, with data of its own, which runs all the while."""
    with running_engine() as engine:
        image = engine.images["python"]
    name = "somebody-elses"
    words = ("--volume", f"{name}:/data", image, "sleep", "600")
    docker("run", "--detach", "--init", "--name", name, *words)
    try:
        yield name
    finally:
        docker("rm", "--force", "--volumes", name)
        docker("volume", "rm", name)


def is_built() -> bool:
    return bool(docker("image", "ls", "--quiet", "--filter", f"reference={BUILT}:gp*"))


def is_running_a_command() -> bool:
    return "-web-run-" in docker("ps", "--format", "{{.Names}}")


def is_database_up() -> bool:
    return "-db-" in docker("ps", "--format", "{{.Names}}")


@pytest.mark.usefixtures("bystander")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to hear")
@pytest.mark.parametrize(
    ("words", "step", "is_under_way", "stop"),
    [
        (("prove.database", "--docker"), "docker-image", is_built, signal.SIGTERM),
        (("prove.database", "--docker"), "docker-migrations", is_running_a_command, signal.SIGINT),
        (("prove.documents",), "documented-commands", is_database_up, signal.SIGTERM),
    ],
    ids=[
        "SIGTERM when the image is just built",
        "Ctrl-C while a command runs inside",
        "SIGTERM while the documents' database is up",
    ],
)
def test_a_stop_leaves_nothing_and_touches_nothing_of_others(
    clone: Path,
    words: tuple[str, ...],
    step: str,
    is_under_way: Callable[[], bool],
    stop: signal.Signals,
) -> None:
    # Open to the account of a database server, for the documents are proved on one too.
    own = Path(tempfile.mkdtemp(prefix="gpt-"))
    own.chmod(0o755)
    known = {record.folder for record in records(clone)}
    before = everything()
    child = subprocess.Popen(
        [sys.executable, "-m", "invoke", *words],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone / "src"), "TMPDIR": str(own)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 240
    while not (began(clone, step, known) and is_under_way()):
        assert child.poll() is None, "it ended before it was stopped"
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.1)

    child.send_signal(stop)

    assert child.wait(timeout=90) == INTERRUPTED
    assert everything() == before
    assert list(own.iterdir()) == []
    own.rmdir()
    assert not any(began(clone, last, known) for last in ("fresh-database", "documented-gone"))


def began(clone: Path, step: str, known: set[Path]) -> bool:
    return any(one.attempt.gate == step and one.folder not in known for one in records(clone))
