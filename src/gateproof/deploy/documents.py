"""The proof of the documents: their commands are run as they stand, from the release ZIP in an empty folder."""

from __future__ import annotations

import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

from gateproof.config import Settings
from gateproof.deploy.containers import BUILT, image_removed, traces
from gateproof.deploy.database import variables_of
from gateproof.deploy.django import Project, free_port
from gateproof.deploy.engine import Engine, running_engine
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.postgres import embedded_postgres
from gateproof.deploy.readings import as_written, listed, none_left
from gateproof.deploy.steps import Proof, Prover, StepCommand, Tell
from gateproof.deploy.stopping import stoppable, undisturbed
from gateproof.errors import NotHereError
from gateproof.record.readers import Reader, exit_code
from gateproof.release.archive import archive

BACKUP, DRILL, DEPLOYMENT = "documented-backup", "documented-drill", "documented-commands"
SCRIPT = Path(__file__).parent / "scripts" / "as_written.py"


def prove_documents(root: Path, settings: Settings, *, tell: Tell = print) -> Proof:
    """Run docs/backup_restore.md on an embedded server, and docs/deployment.md in containers; each is a record.

    The drill of docs/backup_restore.md is run on servers of its own.
    What is not on this machine is SKIPPED, and says what to install.
    Raises UnknownError when something cannot be made, KeyboardInterrupt when stopped; all is taken down then.
    """
    environment = environment_of(root, settings.deploy.lock)
    prover = Prover(root, settings, lock=environment.lock, tell=tell)
    with stoppable(), tempfile.TemporaryDirectory(prefix="gp-") as held:
        scratch = Path(held)
        home = scratch / "home"
        home.mkdir()
        archive(root, "HEAD", scratch / settings.archive.name)
        try:
            with embedded_postgres() as server:
                variables = {
                    **variables_of(server, environment),
                    "RESTORED_URL": server.url_of("restored"),
                    "HOME": str(home),
                }
                project = Project(root, settings.deploy, environment, variables)
                prover.step(
                    BACKUP,
                    [
                        _unpack(scratch, settings, "one"),
                        *project.migrate(),
                        project.seed(),
                        _walk(
                            scratch / "one",
                            "docs/backup_restore.md",
                            ("Backup", "Restore"),
                            variables,
                        ),
                    ],
                )
            # It starts servers of its own, from a folder that nothing has run in.
            drill = _walk(
                scratch / "drill", "docs/backup_restore.md", ("Drill",), _drilling(home, environment)
            )
            prover.step(DRILL, [_unpack(scratch, settings, "drill"), drill])
        except NotHereError as error:
            prover.skip(BACKUP, str(error))
        try:
            with running_engine() as engine:
                _in_containers(prover, engine, scratch, settings)
        except NotHereError as error:
            prover.skip(DEPLOYMENT, str(error))
    return prover.proof


def _drilling(home: Path, environment: Environment) -> dict[str, str]:
    """The store's Python is the only one that the drill finds; what was downloaded before is not fetched again."""
    return {"HOME": str(home), "PATH": environment.path, "PIP_CACHE_DIR": str(user_cache_path("pip"))}


def _in_containers(prover: Prover, engine: Engine, scratch: Path, settings: Settings) -> None:
    project = f"gp{secrets.token_hex(4)}"
    env = engine.environment | {
        "HOME": str(scratch / "home"),
        # Another project than one that may be running here, on another port.
        "COMPOSE_PROJECT_NAME": project,
        "STORE_PORT": str(free_port()),
        "STORE_IMAGE": f"{BUILT}:{project}",
        "STORE_HOST": "shop.example",
        "STRIPE_SECRET_KEY": f"sk_live_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
    }

    def lists(reads: Reader) -> list[StepCommand]:
        return [
            StepCommand(
                argv=("docker", *words, "--quiet", "--filter", which),
                program=engine.docker,
                env=env,
                reads=reads,
            )
            for words, which in traces(project, env["STORE_IMAGE"])
        ]

    walk = _walk(scratch / "two", "docs/deployment.md", ("Commands", "Zero to live"), env)
    with image_removed(engine, env["STORE_IMAGE"]):
        try:
            # The last part of the document leaves a store that serves.
            prover.step(DEPLOYMENT, [_unpack(scratch, settings, "two"), walk, *lists(listed(at_least=1))])
        finally:
            with undisturbed():
                words = ("compose", "--project-name", project, "down", "--volumes", "--remove-orphans")
                engine.quietly(*words, "--timeout", "2", env=env, cwd=scratch / "home")
    prover.step("documented-gone", lists(none_left()))


def _unpack(scratch: Path, settings: Settings, folder: str) -> StepCommand:
    words = ("python", "-m", "zipfile", "-e", str(scratch / settings.archive.name), str(scratch / folder))
    return StepCommand(argv=words, program=sys.executable, reads=exit_code())


def _walk(folder: Path, document: str, sections: tuple[str, ...], env: Mapping[str, str]) -> StepCommand:
    return StepCommand(
        argv=("python", str(SCRIPT), document, *sections),
        program=sys.executable,
        cwd=folder,
        env=env,
        reads=as_written(*sections),
    )
