"""The whole proof on an embedded server: each of its statements, and what it says of a store that is not whole."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.cloning import cloned
from gateproof.config import load_settings
from gateproof.deploy.database import prove_database
from gateproof.deploy.steps import Proof
from gateproof.model import Outcome
from gateproof.record.ledger import records

pytestmark = pytest.mark.acceptance

STEPS = (
    "database-empty",
    "database-migrated",
    "database-models",
    "seed",
    "database-gates",
    "database-web",
    "database-gone",
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This repository, with the environment of its store."""
    return cloned(tmp_path / "source", "store")


def outcomes(proof: Proof) -> list[tuple[str, Outcome]]:
    return [(name, reading.outcome) for name, reading in proof.steps]


def break_and_commit(clone: Path, name: str, change: Callable[[str], str]) -> None:
    path = clone / "purelaka" / name
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, "commit", "--quiet", "--all", "--message", "Broken"], cwd=clone, check=True)


def test_an_empty_server_becomes_a_working_store_and_is_gone(clone: Path) -> None:
    proof = prove_database(clone, load_settings(clone), tell=lambda line: None)

    assert outcomes(proof) == [(name, Outcome.PASSED) for name in STEPS], proof.steps
    assert dict(proof.steps)["database-gates"].looked_at >= 280
    known = {record.attempt.gate: record for record in records(clone)}
    assert all(known[name].attempt.is_clean and known[name].kind == "deploy" for name in STEPS)
    log = known["database-web"].folder / "files" / "postgres.log"
    assert "database system is ready" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change", "step", "outcome"),
    [
        (
            "orders/migrations/0003_cancelled_only.py",
            lambda text: text.replace(
                "operations = [", "operations = [migrations.RunSQL('SELECT no_such()'),", 1
            ),
            "database-migrated",
            Outcome.FAILED,
        ),
        (
            "catalogue/models.py",
            lambda text: text.replace("max_length=120", "max_length=121", 1),
            "database-models",
            Outcome.FAILED,
        ),
        (
            "core/management/commands/seed_demo.py",
            lambda text: f"{text}\nraise SystemExit(0)\n",
            "seed",
            Outcome.ERRORED,
        ),
    ],
    ids=["a migration fails", "a migration is missing", "the seed ends with 0 and does nothing"],
)
def test_what_is_not_whole_ends_the_proof_in_its_step_and_leaves_no_server(
    clone: Path, name: str, change: Callable[[str], str], step: str, outcome: Outcome
) -> None:
    break_and_commit(clone, name, change)

    proof = prove_database(clone, load_settings(clone), tell=lambda line: None)

    begun = STEPS[: STEPS.index(step)]
    assert outcomes(proof) == [*((one, Outcome.PASSED) for one in begun), (step, outcome)], proof.steps
    assert proof.exit_code != 0


def test_a_test_that_fails_in_another_process_is_named(clone: Path) -> None:
    pages, rooms = "test_every_page_has_its_people.py", "test_each_role_has_its_rooms.py"
    for path in (clone / "purelaka").glob("*/tests/test_*.py"):
        if path.name not in {pages, rooms}:
            path.unlink()
    break_and_commit(
        clone,
        f"core/tests/{pages}",
        lambda text: text.replace('"/healthz", (200', '"/healthz", (201', 1),
    )
    assert load_settings(clone).deploy.test_processes > 1

    proof = prove_database(clone, load_settings(clone), tell=lambda line: None)

    (name, reading) = proof.steps[-1]
    assert (name, reading.outcome) == ("database-gates", Outcome.FAILED)
    assert [one.rpartition(".")[2] for one in reading.failed] == ["test_each_person_gets_what_is_theirs"]
