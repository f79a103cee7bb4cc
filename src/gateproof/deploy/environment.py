"""The environment in which a proof runs the project's commands: made from its lock, every file checked by hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gateproof.errors import UnknownError, UsageError

STAMP = "complete"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """A Python with exactly what the lock pins."""

    python: Path
    lock: str
    """SHA-256 of the lock."""

    @property
    def path(self) -> str:
        """PATH with its programs first."""
        return os.pathsep.join((str(self.python.parent), os.environ.get("PATH", os.defpath)))


def environment_of(root: Path, lock: str) -> Environment:
    """Make the environment of `requirements/<lock>.txt` below `.gateproof/`, unless it is there from this very lock.

    Raises UsageError when there is no such lock, and UnknownError when it cannot be installed.
    """
    file = root / "requirements" / f"{lock}.txt"
    if not file.is_file():
        raise UsageError(f"{file} does not exist; name the project's lock in [tool.gateproof.deploy].")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = root / ".gateproof" / "environments" / f"{lock}-py{version}-{digest[:12]}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / STAMP).exists() or not python.exists():
        shutil.rmtree(folder, ignore_errors=True)
        # Bytecode belongs beside the packages: that is where the proofs look for it.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
        for command in _commands(folder, python, file):
            ended = subprocess.run(
                command, env=env, check=False, capture_output=True, encoding="utf-8", errors="replace"
            )
            if ended.returncode:
                said = " / ".join((ended.stderr.strip() or ended.stdout.strip()).splitlines()[-3:])
                raise UnknownError(f"The environment of {file.name} could not be installed: {said}")
        (folder / STAMP).write_text(f"{digest}\n", encoding="utf-8")
    return Environment(python=python, lock=digest)


def _commands(folder: Path, python: Path, file: Path) -> tuple[list[str], ...]:
    """With uv where it is installed, which takes a tenth of the time."""
    try:
        import uv
    except ModuleNotFoundError:
        pip = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(file)]
        return [sys.executable, "-m", "venv", str(folder)], pip
    program = uv.find_uv_bin()
    install = [program, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    return (
        [program, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [*install, "--require-hashes", "--requirement", str(file)],
    )
