"""Upgrades from two released milestones of an older schema; a row or a value that is lost on the way is a no."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gateproof.config import Settings, load_settings
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.steps import Proof, Prover
from gateproof.deploy.upgrade import prove_upgrades
from gateproof.model import Milestone, Outcome

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
FIRST, SECOND = "v0.1-made-up", "v0.2-made-up"
MODELS, MIGRATIONS = "purelaka/catalogue/models.py", "purelaka/catalogue/migrations"
FIELD = "    sku = models."
MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "{after}")]
    operations = [{operation}]
"""


def added(name: str) -> str:
    field = 'models.CharField(default="", max_length=20)'
    return f'migrations.AddField("product", "{name}", {field})'


def sql(words: str) -> str:
    return f'migrations.RunSQL("{words}")'


class Repository:
    """This store, with a schema that grows from one made-up milestone to the next."""

    def __init__(self, root: Path) -> None:
        self.root = root
        subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(root)], check=True)
        (*_, self._last) = sorted(path.stem for path in (root / MIGRATIONS).glob("0*.py"))
        self._number = int(self._last[:4])
        self.git("tag", FIRST)
        self.grow("colour")
        self.git("tag", SECOND)
        self.grow("origin")

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, check=True, capture_output=True, encoding="utf-8"
        )
        return done.stdout.strip()

    def grow(self, name: str) -> None:
        """A model has one field more, and a migration says so."""
        self.declare(name)
        self.migrate(added(name))

    def declare(self, name: str) -> None:
        path = self.root / MODELS
        models = path.read_text(encoding="utf-8")
        assert FIELD in models
        declared = f'    {name} = models.CharField(default="", max_length=20)\n{FIELD}'
        path.write_text(models.replace(FIELD, declared, 1), encoding="utf-8")
        self.git("commit", "--quiet", "--all", "--message", name)

    def migrate(self, operation: str) -> None:
        self._number += 1
        name = f"{self._number:04}_made_up"
        text = MIGRATION.format(after=self._last, operation=operation)
        (self.root / MIGRATIONS / f"{name}.py").write_text(text, encoding="utf-8")
        self._last = name
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", name)

    def settings(self, *tags: str) -> Settings:
        milestones = tuple(Milestone(name=tag, version="0.0.1", tag=tag, items=("S1",)) for tag in tags)
        return replace(load_settings(self.root), milestones=milestones)


@pytest.fixture(scope="module")
def environment() -> Environment:
    return environment_of(ROOT, "store")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "source")


def proof_of(repository: Repository, settings: Settings, environment: Environment) -> Proof:
    prover = Prover(repository.root, settings, tell=lambda line: None)
    prove_upgrades(repository.root, settings, environment, prover, tell=lambda line: None)
    return prover.proof


def test_each_released_milestone_comes_up_to_this_source(
    repository: Repository, environment: Environment
) -> None:
    proof = proof_of(repository, repository.settings(FIRST, SECOND, "v9-planned"), environment)

    names = [f"{step}-{tag}" for tag in (FIRST, SECOND) for step in ("unpack", "upgrade")]
    assert {name: reading.outcome for name, reading in proof.steps} == dict.fromkeys(names, Outcome.PASSED), (
        proof.steps
    )
    assert all(dict(reading.counts)["rows"] > 500 for name, reading in proof.steps if "upgrade" in name)


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (
            sql("DELETE FROM payments_stripeevent WHERE id = (SELECT min(id) FROM payments_stripeevent)"),
            "1 rows",
        ),
        (sql("UPDATE customers_customer SET name = 'Nobody'"), "customers_customer.name are not what"),
        (sql("SELECT no_such_function()"), "exit"),
        ("", "migrations are missing for catalogue"),
    ],
    ids=["a row is lost", "values are overwritten", "the migration fails", "a migration is missing"],
)
def test_an_upgrade_that_loses_something_is_a_no(
    repository: Repository, environment: Environment, operation: str, reason: str
) -> None:
    if operation:
        repository.migrate(operation)
    else:
        repository.declare("weight")

    (*_, (name, reading)) = proof_of(repository, repository.settings(SECOND), environment).steps

    assert (name, reading.outcome) == (f"upgrade-{SECOND}", Outcome.FAILED), reading
    assert reason in reading.reason
