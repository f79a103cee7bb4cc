"""Steps of a proof in the ledger: of their own kind, one after the other, until one says no."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from functional.project import Project, checks
from gateproof.config import Settings, load_settings
from gateproof.deploy import containers, documents, restore, screens
from gateproof.deploy import database as proofs
from gateproof.deploy.engine import Engine
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.steps import Proof, Prover, StepCommand
from gateproof.deploy.upgrade import NONE_RELEASED, prove_upgrades, released
from gateproof.errors import NO, NOTHING_RAN, NotHereError, RefusedError, UsageError
from gateproof.model import Milestone, Outcome
from gateproof.record.ledger import deployments
from gateproof.record.readers import exit_code, run_checks

GOOD = StepCommand(argv=("python", "good.py", "--fail-on-issues"), reads=run_checks())
BAD = StepCommand(argv=("python", "bad.py", "--fail-on-issues"), reads=run_checks())
# Notes what it would build from, and does not build it.
DOCKER = """
import pathlib, sys
if sys.argv[1] == "build":
    context = pathlib.Path(sys.argv[-1])
    files = sorted(path.relative_to(context).as_posix() for path in context.rglob("*") if path.is_file())
    pathlib.Path("{seen}").write_text("\\n".join(files), encoding="utf-8")
sys.exit(1)
"""
SUPPORT = StepCommand(argv=("python", "-c", "pass"), reads=exit_code())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.make(tmp_path / "shop", files={"bad.py": checks(issues=1)})


def prover(project: Project) -> Prover:
    return Prover(project.root, load_settings(project.root), tell=lambda line: None)


def tree(project: Project) -> str:
    return project.records()[0].git_tree


def test_each_step_is_a_record_of_a_deployment(project: Project) -> None:
    proving = prover(project)

    assert proving.step("one", [SUPPORT, GOOD])
    assert proving.step("two", [GOOD])

    found = deployments(project.root, git_tree=tree(project))
    assert [(record.attempt.gate, record.kind, record.is_green) for record in found] == [
        ("one", "deploy", True),
        ("two", "deploy", True),
    ]
    assert proving.proof.exit_code == 0


def test_after_a_no_nothing_further_is_begun_or_claimed(project: Project) -> None:
    proving = prover(project)

    assert not proving.step("one", [BAD, GOOD])
    assert not proving.step("two", [GOOD])

    assert [record.attempt.gate for record in project.records()] == ["one"]
    assert proving.proof.exit_code == NO


@pytest.mark.parametrize("commands", [[], [SUPPORT]], ids=["nothing", "support only"])
def test_a_step_that_proves_nothing_is_not_green(project: Project, commands: list[StepCommand]) -> None:
    proving = prover(project)

    assert not proving.step("one", commands)
    assert proving.proof.outcome is Outcome.VACUOUS


def test_a_proof_without_a_step_is_no_proof() -> None:
    assert Proof(steps=()).exit_code == NOTHING_RAN


def test_what_a_step_leaves_lies_in_its_record(project: Project) -> None:
    def leave(files: Path) -> None:
        files.mkdir()
        (files / "server.log").write_text("up\n", encoding="utf-8")

    prover(project).step("one", [BAD], leaves=leave)

    assert (project.records()[0].folder / "files" / "server.log").read_text(encoding="utf-8") == "up\n"


def test_a_proof_beside_files_that_the_commit_has_not_is_not_taken_along(project: Project) -> None:
    project.write("notes.txt", "mine\n")
    prover(project).step("one", [GOOD])

    assert deployments(project.root, git_tree=tree(project)) == ()


def no_server() -> None:
    raise NotHereError("There is no PostgreSQL server on this machine: install one.")


def made(root: Path, lock: str) -> Environment:
    return Environment(python=Path("python"), lock="0" * 64)


@pytest.mark.parametrize(
    ("module", "prove", "gate"),
    [
        (proofs, proofs.prove_database, "database-empty"),
        (restore, restore.prove_restore, "backup"),
    ],
)
def test_where_there_is_no_server_the_proof_is_skipped_and_red(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    prove: Callable[..., Proof],
    gate: str,
) -> None:
    monkeypatch.setattr(module, "embedded_postgres", no_server)
    monkeypatch.setattr(module, "environment_of", made)

    proof = prove(project.root, Settings(product="shop"), tell=lambda line: None)

    assert proof.exit_code == NOTHING_RAN
    attempt = project.records()[0].attempt
    assert (attempt.outcome, attempt.gate) == (Outcome.SKIPPED, gate)
    assert "install one" in attempt.reason


def test_where_there_is_neither_server_nor_engine_the_documents_are_skipped_and_red(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "embedded_postgres", no_server)
    monkeypatch.setattr(documents, "environment_of", made)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project.root}/no-engine")

    proof = documents.prove_documents(project.root, Settings(product="shop"), tell=lambda line: None)

    assert proof.exit_code == NOTHING_RAN
    told = {record.attempt.gate: record.attempt for record in project.records()}
    assert {name: attempt.outcome for name, attempt in told.items()} == dict.fromkeys(
        ("documented-backup", "documented-commands"), Outcome.SKIPPED
    )
    assert "install one" in told["documented-backup"].reason
    assert re.search("install Docker|start Docker", told["documented-commands"].reason)


@pytest.mark.skipif(os.name == "nt", reason="Windows runs no script by its first line")
def test_an_image_is_built_from_what_is_committed_and_from_nothing_else(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker, seen = tmp_path / "docker", tmp_path / "seen"
    docker.write_text(f"#!{sys.executable}\n{DOCKER.format(seen=str(seen))}", encoding="utf-8")
    docker.chmod(0o755)

    @contextlib.contextmanager
    def engine() -> Iterator[Engine]:
        yield Engine(docker=str(docker), environment={}, images={"python": "python:3"})

    monkeypatch.setattr(containers, "running_engine", engine)
    project.write("notes.txt", "mine\n")

    proof = containers.prove_containers(project.root, Settings(product="shop"), tell=lambda line: None)

    assert proof.outcome is Outcome.FAILED
    committed = project.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
    assert seen.read_text(encoding="utf-8").splitlines() == sorted(committed)


def test_what_the_services_said_is_kept_without_the_runs_secrets() -> None:
    key = "k3y" + "-0123"  # Put together here, so that this file holds nothing that looks like one.
    said = f"connecting with {key} to\0 db, {key} again"

    assert containers.masked(said, {"REDIS_PASSWORD": key}) == (
        "connecting with [redacted:REDIS_PASSWORD] to db, [redacted:REDIS_PASSWORD] again"
    )


def test_an_image_is_never_built_from_a_zip_that_must_not_be_handed_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def engine() -> Iterator[Engine]:
        yield Engine(docker="no-docker-is-run", environment={}, images={})

    monkeypatch.setattr(containers, "running_engine", engine)
    project.write(".env", "SHOP=1\n")
    project.git("add", "--force", ".env")
    project.commit("A file that must not be handed over")

    with pytest.raises(RefusedError, match=r"\.env"):
        containers.prove_containers(project.root, Settings(product="shop"), tell=lambda line: None)

    assert project.records() == ()


def test_a_lock_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="deploy"):
        environment_of(tmp_path, "store")


def test_where_no_engine_answers_the_containers_are_skipped_and_red(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project.root}/no-engine")

    proof = containers.prove_containers(project.root, Settings(product="shop"), tell=lambda line: None)

    assert proof.exit_code == NOTHING_RAN
    attempt = project.records()[0].attempt
    assert (attempt.outcome, attempt.gate) == (Outcome.SKIPPED, "docker-image")
    assert "install Docker" in attempt.reason or "start Docker" in attempt.reason


def test_where_there_is_no_browser_the_screens_are_skipped_and_red(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(screens, "find_browser", lambda: None)

    proof = screens.prove_screens(project.root, Settings(product="shop"), tell=lambda line: None)

    assert proof.exit_code == NOTHING_RAN
    assert "apt-get install chromium" in project.records()[0].attempt.reason


def test_an_upgrade_is_proven_from_released_milestones_only(project: Project) -> None:
    milestones = tuple(Milestone(name=tag, version="1", tag=tag) for tag in ("v1-made-up", "v2-planned"))
    project.git("tag", "v1-made-up")
    project.git("tag", "other")

    assert released(project.root, Settings(product="shop", milestones=milestones)) == ("v1-made-up",)
    assert released(project.root, Settings(product="shop")) == ()


def test_without_a_released_milestone_that_is_told_and_nothing_is_claimed(project: Project) -> None:
    planned = Milestone(name="m2", version="2", tag="v2-planned")
    settings = Settings(product="shop", milestones=(planned,))
    environment, proving = Environment(python=Path("python"), lock="0" * 64), prover(project)
    told: list[str] = []

    prove_upgrades(project.root, settings, environment, proving, tell=told.append)

    assert told == [NONE_RELEASED]
    assert project.records() == ()
    assert proving.proof.exit_code == NOTHING_RAN
