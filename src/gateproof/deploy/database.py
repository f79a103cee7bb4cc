"""The proof that an empty PostgreSQL becomes a working store, on a server embedded for it."""

from __future__ import annotations

from pathlib import Path

from gateproof.config import Settings
from gateproof.deploy.django import Project
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.postgres import Server, embedded_postgres
from gateproof.deploy.readings import TABLES, counted_tables, gone
from gateproof.deploy.scripts import left
from gateproof.deploy.steps import Proof, Prover, StepCommand, Tell
from gateproof.errors import NotHereError

FIRST = "database-empty"


def prove_database(root: Path, settings: Settings, *, tell: Tell = print) -> Proof:
    """Empty, migrated, seeded, tested, served, gone: each its own record, on an embedded PostgreSQL.

    Where no server can be run the first step is SKIPPED, and says what to install.
    Raises UnknownError when the project's environment cannot be made, KeyboardInterrupt when stopped;
    the server is gone in each case.
    """
    environment = environment_of(root, settings.deploy.lock)
    prover = Prover(root, settings, lock=environment.lock, tell=tell)
    try:
        with embedded_postgres() as server:
            project = Project(root, settings.deploy, environment, variables_of(server, environment))
            prover.step(FIRST, [count_tables(server, none=True)])
            prover.step("database-migrated", [*project.migrate(), count_tables(server, none=False)])
            prover.step("database-models", [project.models()])
            prover.step("seed", [project.seed()])
            prover.step("database-gates", project.gates())
            prover.step("database-web", [project.web()], leaves=lambda files: keep_log(server, files))
    except NotHereError as error:
        prover.skip(FIRST, str(error))
        return prover.proof
    words = ("python", left.__file__, f"folder:{server.folder}", f"process:{server.pid}")
    prover.step("database-gone", [StepCommand(argv=words, program=str(environment.python), reads=gone())])
    return prover.proof


def variables_of(server: Server, environment: Environment) -> dict[str, str]:
    """What leads a project, and PostgreSQL's own programs, to this server."""
    path = server.path(environment.python.parent)
    return {"DATABASE_URL": server.url, "PATH": path, **server.environment}


def count_tables(server: Server, *, none: bool) -> StepCommand:
    """Count what the database holds."""
    words = ("psql", "-X", "-A", "-t", "-c", TABLES)
    return StepCommand(
        argv=words, program=server.program("psql"), reads=counted_tables(none=none), env=server.environment
    )


def keep_log(server: Server, files: Path) -> None:
    """Keep what the server itself said."""
    files.mkdir(exist_ok=True)
    text = (server.folder / "log").read_text(encoding="utf-8", errors="replace")
    (files / "postgres.log").write_text(text, encoding="utf-8", newline="\n")
