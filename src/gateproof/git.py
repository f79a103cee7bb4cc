"""The only module that talks to git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from gateproof.errors import UnknownError

CLEAN_SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    "TZ": "UTC",
}


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without any `GIT_*` of its own, and with no system or personal settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | CLEAN_SETTINGS | dict(extra or {})


def git(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: bytes | None = None) -> bytes:
    """Run git in `cwd` and return its standard output.

    Raises UnknownError when git is missing or says no; its own words are in the message.
    Judge git by its exit code: it prints "Good signature" for an unknown signer too, with exit 1.
    """
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd,
            env=clean_environment() if env is None else dict(env),
            input=b"" if stdin is None else stdin,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        if not cwd.is_dir():
            raise UnknownError(f"{cwd} is not a folder, so git cannot be asked about it.") from None
        raise UnknownError("git was not found; install git 2.34 or newer and try again.") from None
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}"
        raise UnknownError(f"git {arguments[0] if arguments else ''} could not answer in {cwd}: {words}")
    return done.stdout
