"""The proof that the release ZIP becomes a working store in containers, from a volume that was empty.

A project of its own, with a new name; nothing of another project, and no engine, is touched.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import gateproof
from gateproof.config import Settings
from gateproof.deploy.django import HEALTH, free_port, made_up, several
from gateproof.deploy.engine import Engine, running_engine
from gateproof.deploy.readings import (
    TABLES,
    all_applied,
    answered,
    counted_tables,
    healthy,
    inspected_layers,
    listed,
    migrated,
    none_left,
    seeded,
)
from gateproof.deploy.standins import PREFIX, is_there
from gateproof.deploy.steps import Proof, Prover, StepCommand, Tell
from gateproof.deploy.stopping import stoppable, undisturbed
from gateproof.errors import NotHereError, UnknownError
from gateproof.pack.inspect.inspection import inspect_zip
from gateproof.record.readers import (
    Reader,
    django_check_deploy,
    django_migrations,
    django_tests,
    exit_code,
    run_checks,
)
from gateproof.release.archive import archive
from gateproof.release.clean import refuse, rule_set

FIRST = "docker-image"
COMPOSE_FILE = "docker-compose.prod.yml"
SERVICES = ("beat", "db", "redis", "web", "worker")
BUILT = "gateproof-proof/store"
"""The name of the images that proofs build; each has a tag of its own, and is gone afterwards."""
KINDS = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
"""What a project may leave in an engine, by the words that list it."""


def prove_containers(root: Path, settings: Settings, *, tell: Tell = print) -> Proof:
    """Image, empty volume, migrations, demo data, gates inside, healthy web, worker and beat, torn down.

    Each is a record of its own. Where no engine answers the first step is SKIPPED, and says what to install.
    Raises RefusedError when the ZIP is not clean, UnknownError when the engine fails, KeyboardInterrupt when
    stopped; what was started is gone in each case.
    """
    prover = Prover(root, settings, tell=tell)
    try:
        with stoppable(), running_engine() as engine, tempfile.TemporaryDirectory(prefix="gp-") as scratch:
            for kind, image in engine.images.items():
                if image.startswith(PREFIX):
                    tell(
                        f"         {kind}: {image} is a stand-in, because the official image could not be had"
                    )
            _Chain(root, settings, engine, Path(scratch), prover).run()
    except NotHereError as error:
        prover.skip(FIRST, str(error))
    return prover.proof


def traces(project: str, image: str) -> list[tuple[tuple[str, str], str]]:
    """What a proof may leave in an engine: the words that list it, and the filter that finds only its own."""
    label = f"label=com.docker.compose.project={project}"
    return [*((words, label) for words in KINDS), (("image", "ls"), f"reference={image}")]


def masked(text: str, secrets_of_the_run: Mapping[str, str]) -> str:
    """What a service said, without the secrets that were made up for the run, and without NUL."""
    for name, secret in secrets_of_the_run.items():
        text = text.replace(secret, f"[redacted:{name}]")
    return text.replace("\0", "")


@contextlib.contextmanager
def image_removed(engine: Engine, image: str) -> Iterator[None]:
    """Take an image that is built in the block away again, however the block ends.

    The layers that it was built from stay in the engine's cache, so that the next build is quick.
    Raises UnknownError when it cannot be removed.
    """
    try:
        yield
    finally:
        with undisturbed():
            if is_there(image, engine.docker, engine.environment):
                engine.quietly("image", "rm", "--no-prune", image)


class _Chain:
    """One run of the whole chain."""

    def __init__(self, root: Path, settings: Settings, engine: Engine, scratch: Path, prover: Prover) -> None:
        self._root, self._settings, self._engine, self._prover = root, settings, engine, prover
        self._zip = scratch / settings.archive.name
        self._folder = scratch / "delivered"
        self._saved = scratch / "image.tar"
        self._project = f"gp{secrets.token_hex(4)}"
        self._built = f"{BUILT}:{self._project}"
        self._live = made_up(settings.deploy)
        passwords = {name: secrets.token_hex(16) for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD")}
        self._secrets = passwords | {
            name: value for name, value in self._live.items() if "KEY" in name or "SECRET" in name
        }
        self._env = engine.environment | {
            **self._live,
            **self._secrets,
            # Staging follows production's rules, and may be filled with demo data.
            "STORE_SETTINGS": "purelaka.settings.staging",
            "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
            "STORE_IMAGE": self._built,
            "STORE_PORT": str(free_port()),
        }

    def run(self) -> None:
        archived = archive(
            self._root, "HEAD", self._zip, inspect=lambda path: inspect_zip(path, rule_set(self._settings))
        )
        refuse(archived.findings, "The ZIP that the image is built from")
        with image_removed(self._engine, self._built):
            if not self._prover.step(FIRST, self._image()):
                return
            self._steps()
        self._prover.step("fresh-database", [self._whole(), *self._lists(none_left())])

    def _steps(self) -> None:
        step, inside = self._prover.step, self._inside
        with self._torn_down():
            volume = self._docker(
                "volume",
                "inspect",
                "--format",
                "{{.Name}} made {{.CreatedAt}}",
                f"{self._project}_database",
                reads=listed(at_least=1),
            )
            step("empty-volume", [self._up("db", "redis"), volume, self._tables(none=True)])
            models = ("makemigrations", "--check", "--dry-run")
            step(
                "docker-migrations",
                [
                    self._run("migrate", "--no-color", reads=migrated()),
                    # They become healthy meanwhile; whether they did is the last step's question.
                    self._up("web", "worker", "beat", wait=False),
                    inside("showmigrations", "--plan", "--no-color", reads=all_applied()),
                    inside(*models, reads=django_migrations(apps=self._apps())),
                    self._tables(none=False),
                ],
            )
            step("docker-seed", [inside("seed_demo", reads=seeded())])
            step("docker-gates", self._gates())
            up = [
                self._up("web", "worker", "beat"),
                self._states(),
                self._questions(),
                *self._lists(listed(at_least=1)),
            ]
            step("docker-web", up, leaves=self._keep_logs)

    def _image(self) -> Iterator[StepCommand]:
        context = str(self._folder)
        yield StepCommand(
            argv=("python", "-m", "zipfile", "-e", str(self._zip), context),
            reads=exit_code(),
            program=sys.executable,
        )
        base = self._engine.images["python"]
        yield self._docker(
            "build",
            "--force-rm",
            "--build-arg",
            f"BASE_IMAGE={base}",
            "--tag",
            self._built,
            context,
            reads=exit_code(),
        )
        yield self._docker(
            "image",
            "inspect",
            "--format",
            "{{.Id}} {{.RepoTags}}",
            self._built,
            *self._engine.images.values(),
            reads=listed(at_least=4),
        )
        yield self._docker("save", "--output", str(self._saved), self._built, reads=exit_code())
        env = {
            "PYTHONPATH": str(Path(gateproof.__file__).parents[1]),
            "LOOK_FOR": " ".join(self._secrets.values()),
        }
        words = ("python", "-m", "gateproof.deploy.layers", str(self._saved), self._base_layers())
        yield StepCommand(argv=words, reads=inspected_layers(), env=env, program=sys.executable)

    def _base_layers(self) -> str:
        words = [self._engine.docker, "image", "inspect", "--format", "{{json .RootFS.Layers}}"]
        told = subprocess.run(
            [*words, self._engine.images["python"]], env=self._env, capture_output=True, check=False
        )
        if told.returncode:
            raise UnknownError(f"The engine does not tell the layers of {self._engine.images['python']}.")
        return ",".join(json.loads(told.stdout))

    def _apps(self) -> tuple[str, ...]:
        return tuple(
            sorted(
                path.parent.name for path in (self._folder / self._settings.deploy.project).glob("*/apps.py")
            )
        )

    def _gates(self) -> list[StepCommand]:
        deploy = self._settings.deploy
        live = {name: self._live[name] for name in ("STRIPE_SECRET_KEY",) if name in self._live}
        options = [word for name in live for word in ("--env", name)]
        check = ("check", "--deploy", "--fail-level", "WARNING")
        reads = django_check_deploy(settings=deploy.production_settings)
        return [
            self._tests(),
            self._inside("run_checks", "--fail-on-issues", reads=run_checks()),
            self._run(*check, reads=reads, settings=deploy.production_settings, options=options, env=live),
        ]

    def _tests(self) -> StepCommand:
        """All tests, in the container that serves; where the queue is they are not told, as workers wait at it."""
        words, variables = several(self._settings.deploy.test_processes)
        told = {"DJANGO_SETTINGS_MODULE": "purelaka.settings.dev", "CELERY_BROKER_URL": "", **variables}
        return self._inside("test", *words, reads=django_tests(), told=told)

    def _up(self, *services: str, wait: bool = True) -> StepCommand:
        waiting = ("--wait",) if wait else ()
        return self._compose("up", "--detach", *waiting, "--no-build", *services, reads=exit_code())

    def _tables(self, *, none: bool) -> StepCommand:
        words = ("psql", "-X", "-A", "-t", "-U", "store", "-d", "store", "-c", TABLES)
        return self._compose("exec", "-T", "db", *words, reads=counted_tables(none=none))

    def _states(self) -> StepCommand:
        return self._compose("ps", "--format", "json", reads=healthy(*SERVICES))

    def _questions(self) -> StepCommand:
        return self._compose("exec", "-T", "web", "python", "probe.py", *HEALTH, reads=answered(*HEALTH))

    def _lists(self, reads: Reader) -> list[StepCommand]:
        return [
            self._docker(*words, "--quiet", "--filter", which, reads=reads)
            for words, which in traces(self._project, self._built)
        ]

    def _whole(self) -> StepCommand:
        """What the whole chain came to, once everything is down: the engine answers, and knows no such project."""
        return self._docker(
            "info", "--format", "{{.ServerVersion}} on {{.OperatingSystem}}", reads=listed(at_least=1)
        )

    def _inside(self, *words: str, reads: Reader, told: Mapping[str, str] | None = None) -> StepCommand:
        """A command in the container that serves, with these variables besides its own. They can be read by all."""
        chosen = [word for name, value in (told or {}).items() for word in ("--env", f"{name}={value}")]
        return self._compose("exec", "-T", *chosen, "web", "python", "manage.py", *words, reads=reads)

    def _run(
        self,
        *words: str,
        reads: Reader,
        settings: str = "",
        options: tuple[str, ...] | list[str] = (),
        env: dict[str, str] | None = None,
    ) -> StepCommand:
        chosen = ("--env", f"DJANGO_SETTINGS_MODULE={settings}") if settings else ()
        command = ("run", "--rm", "-T", "--no-deps", *chosen, *options, "web", "python", "manage.py", *words)
        return self._compose(*command, reads=reads, env=env)

    def _compose(self, *words: str, reads: Reader, env: dict[str, str] | None = None) -> StepCommand:
        file = str(self._folder / COMPOSE_FILE)
        options = ("--progress", "quiet", "--project-name", self._project, "--file", file)
        return self._docker("compose", *options, *words, reads=reads, env=env)

    def _docker(self, *words: str, reads: Reader, env: dict[str, str] | None = None) -> StepCommand:
        return StepCommand(
            argv=("docker", *words), reads=reads, program=self._engine.docker, env=self._env | (env or {})
        )

    def _keep_logs(self, files: Path) -> None:
        files.mkdir(exist_ok=True)
        for service in SERVICES:
            command = self._compose("logs", "--no-color", "--no-log-prefix", service, reads=exit_code())
            told = subprocess.run(
                [self._engine.docker, *command.argv[1:]], env=self._env, capture_output=True, check=False
            )
            text = masked((told.stdout + told.stderr).decode("utf-8", "replace"), self._secrets)
            (files / f"{service}.log").write_text(text, encoding="utf-8", newline="\n")

    @contextlib.contextmanager
    def _torn_down(self) -> Iterator[None]:
        """Take the project down, its volumes included, however the block ends. No other project is touched."""
        try:
            yield
        finally:
            with undisturbed():
                words = ("down", "--volumes", "--remove-orphans", "--timeout", "2")
                command = self._compose(*words, reads=exit_code())
                self._engine.quietly(*command.argv[1:], env=self._env)
