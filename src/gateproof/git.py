"""The only module that talks to git."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gateproof.errors import UnknownError

SUBMODULE = 0o160000
"""The mode of an entry that names another repository's commit."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeEntry:
    """One file of a git tree."""

    path: str
    """Bytes that are not UTF-8 stand in it as surrogates (PEP 383)."""
    mode: int
    blob: str
    """Hexadecimal object id; of a commit where `mode` is SUBMODULE."""


def personal_environment() -> dict[str, str]:
    """The caller's environment for questions about a work tree, whose line endings follow the person's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def tree_entries(root: Path, tree: str, env: Mapping[str, str] | None = None) -> tuple[TreeEntry, ...]:
    """Every file below `tree` (a tree or a commit), in git's order."""
    listing = git("ls-tree", "-r", "-z", "--full-tree", tree, cwd=root, env=env)
    entries = []
    for line in filter(None, listing.split(b"\0")):
        facts, path = line.split(b"\t", 1)
        mode, _, blob = facts.split(b" ")
        entries.append(TreeEntry(path=path.decode("utf-8", "surrogateescape"), mode=int(mode, 8), blob=blob.decode()))
    return tuple(entries)


def blobs(
    root: Path, ids: Sequence[str], env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """Each blob of `ids` with its size and its content in blocks of at most 1 MiB; take each content before the next."""
    with tempfile.TemporaryFile() as wanted:
        wanted.write("".join(f"{blob}\n" for blob in ids).encode())
        wanted.seek(0)
        child = subprocess.Popen(
            ["git", "cat-file", "--batch"],
            cwd=root,
            env=clean_environment() if env is None else dict(env),
            stdin=wanted,
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        with child, child.stdout as stream:
            for blob in ids:
                header = stream.readline().split()
                if len(header) != 3 or header[1] != b"blob":
                    raise UnknownError(f"git has no blob {blob} in {root}; fetch what is missing or run `git fsck`.")
                yield blob, int(header[2]), _blocks(stream, int(header[2]))
                stream.read(1)


def _blocks(stream: IO[bytes], left: int) -> Iterator[bytes]:
    while left:
        block = stream.read(min(left, 1 << 20))
        if not block:
            raise UnknownError("git stopped in the middle of a file; run `git fsck`.")
        left -= len(block)
        yield block
