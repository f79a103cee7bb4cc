"""The commands of a Django project that a deployment proof runs, and what each of them must show."""

from __future__ import annotations

import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateproof.config import Deploy
from gateproof.deploy.environment import Environment
from gateproof.deploy.readings import all_applied, answered, migrated, seeded
from gateproof.deploy.scripts import serve
from gateproof.deploy.steps import StepCommand
from gateproof.record.readers import (
    Reader,
    django_check_deploy,
    django_migrations,
    django_tests,
    exit_code,
    run_checks,
)

HEALTH = ("/healthz", "/readyz")


class Project:
    """A Django project with its environment and the variables that lead it to one database."""

    def __init__(
        self, root: Path, deploy: Deploy, environment: Environment, variables: Mapping[str, str]
    ) -> None:
        self._root = root
        self._deploy = deploy
        self._environment = environment
        self._variables = {"PATH": environment.path, **variables}

    @property
    def apps(self) -> tuple[str, ...]:
        """The labels of its own apps."""
        folder = self._root / self._deploy.project
        return tuple(sorted(path.parent.name for path in folder.glob("*/apps.py")))

    def manage(self, *words: str, reads: Reader, **variables: str) -> StepCommand:
        """`python manage.py …` in the project's folder."""
        return StepCommand(
            argv=("python", "manage.py", *words),
            reads=reads,
            program=str(self._environment.python),
            cwd=self._root / self._deploy.project,
            env={**self._variables, **variables},
        )

    def migrate(self) -> tuple[StepCommand, ...]:
        """All migrations, from nothing, and none left."""
        return (
            self.manage("migrate", "--no-color", reads=migrated()),
            self.manage("showmigrations", "--plan", "--no-color", reads=all_applied()),
        )

    def models(self) -> StepCommand:
        """The migrations say what the models say."""
        return self.manage("makemigrations", "--check", "--dry-run", reads=django_migrations(apps=self.apps))

    def seed(self) -> StepCommand:
        """The demo data."""
        return self.manage("seed_demo", reads=seeded())

    def gates(self) -> tuple[StepCommand, ...]:
        """Tests, business checks and deployment checks, on this database."""
        deploy_check = ("check", "--deploy", "--fail-level", "WARNING")
        settings = self._deploy.production_settings
        return (
            self.tests(),
            self.manage("run_checks", "--fail-on-issues", reads=run_checks()),
            self.manage(*deploy_check, reads=django_check_deploy(settings=settings), **made_up(self._deploy)),
        )

    def tests(self) -> StepCommand:
        """All of its own tests, on a database of their own; in several processes where the settings say so."""
        words, variables = several(self._deploy.test_processes)
        return self.manage("test", *words, reads=django_tests(), **variables)

    def web(self) -> StepCommand:
        """A server process of the project answers that it lives and that it is ready."""
        port = free_port()
        words = ("python", serve.__file__, f"http://127.0.0.1:{port}", ",".join(HEALTH), "--")
        server: Sequence[str] = (
            str(self._environment.python),
            *("manage.py", "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"),
        )
        return StepCommand(
            argv=(*words, *server),
            reads=answered(*HEALTH),
            program=str(self._environment.python),
            cwd=self._root / self._deploy.project,
            env={**self._variables, "DEBUG": "false", "LOG_LEVEL": "INFO"},
        )

    def only(self, *words: str) -> StepCommand:
        """A command that must exit with 0, and proves nothing by itself."""
        return self.manage(*words, reads=exit_code())


def several(processes: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """The option, and the variable, with which Django runs tests in so many processes.

    Django itself knows where that works, and runs one elsewhere; on Windows it does not.
    """
    if processes == 1 or sys.platform == "win32":
        return (), {}
    return ("--parallel=auto",), {"DJANGO_TEST_PROCESSES": str(processes)}


def made_up(deploy: Deploy) -> dict[str, str]:
    """Production's variables with values that nothing is protected by, new at each call."""
    pairs = (line.partition("=") for line in deploy.made_up)
    return {
        name: template.replace("{secret}", secrets.token_urlsafe(64)).replace("{hex}", secrets.token_hex(16))
        for name, _, template in pairs
    }


def free_port() -> int:
    """A loopback port that nobody listens at just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
