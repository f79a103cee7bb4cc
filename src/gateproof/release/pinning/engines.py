"""The resolvers that make a lock, and uv's dry run that shows where one installs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateproof.errors import UnknownError


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One lock to be made."""

    source: str
    """The `.in` file, by path with `/` from the folder that the engine runs in."""
    lock: str
    python: str
    """The lowest Python that it is for, as `3.11`."""
    upgrade: bool = False
    """Let everything move to newer versions."""
    packages: tuple[str, ...] = ()
    """Let just these move."""
    universal: bool = False
    """One lock with markers for every system; only uv can."""


def _pip_tools(order: Order) -> list[str]:
    plain = ("--no-config", "--no-header", "--strip-extras", "--no-emit-index-url", "--no-emit-find-links")
    return [
        *(sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes", "--allow-unsafe"),
        *(*plain, "--no-emit-trusted-host", "--no-emit-options"),
        *(("--upgrade",) if order.upgrade else ()),
        *(word for name in order.packages for word in ("--upgrade-package", name)),
        *("--output-file", order.lock, order.source),
    ]


def _uv(order: Order) -> list[str]:
    return [
        *(
            *uv(),
            "pip",
            "compile",
            "--quiet",
            "--no-config",
            "--generate-hashes",
            "--no-header",
            "--strip-extras",
        ),
        *("--no-emit-index-url", "--no-emit-find-links", "--python-version", order.python),
        *(("--universal",) if order.universal else ()),
        *(("--upgrade",) if order.upgrade else ()),
        *(word for name in order.packages for word in ("--upgrade-package", name)),
        *("--output-file", order.lock, order.source),
    ]


ENGINES: Mapping[str, Callable[[Order], list[str]]] = {"pip-tools": _pip_tools, "uv": _uv}


def uv() -> list[str]:
    """uv as a command. Raises UnknownError where it is not installed."""
    try:
        from uv import find_uv_bin

        return [str(find_uv_bin())]
    except (ImportError, FileNotFoundError) as error:
        raise UnknownError(
            "uv is not in this environment; install gateproof[suite], which brings it."
        ) from error


def compile_lock(engine: str, order: Order, folder: Path) -> None:
    """Have the engine write the lock. Raises UnknownError with its last words when it cannot."""
    _run(ENGINES[engine](order), folder, f"{order.source} could not be compiled by {engine}")


def refused_by(lock: Path, *, platform: str, python: str) -> str:
    """Why the lock does not install there, or nothing: uv resolves it by hash for that system, and installs nothing."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as nowhere:
        # Into a folder that is empty: what is installed already would count as there.
        command = [
            *(*uv(), "pip", "install", "--dry-run", "--no-config", "--require-hashes", "--target", nowhere),
            *("--python", sys.executable, "--python-platform", platform, "--python-version", python),
            *("--requirement", str(lock)),
        ]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    return "" if done.returncode == 0 else _last_words(done.stderr)


def unpack(lock: Path, into: Path, *, platform: str, python: str) -> str:
    """Put the packages of a lock, by its hashes and without what they need, into a folder; or say why not."""
    command = [
        *(*uv(), "pip", "install", "--no-config", "--require-hashes", "--no-deps", "--target", str(into)),
        *("--python", sys.executable, "--python-platform", platform, "--python-version", python),
        *("--requirement", str(lock)),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    return "" if done.returncode == 0 else _last_words(done.stderr)


def _run(command: Sequence[str], folder: Path, what: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise UnknownError(f"{what}: {_last_words(done.stderr)}; mend that and run `invoke pin` again.")


def _last_words(text: str) -> str:
    words = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    return " ".join(words[-4:])[-600:] or "it did not say why"
