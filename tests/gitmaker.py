"""Small git repositories with fixed people and dates: the same files give the same commit everywhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

FIXED = {
    "GIT_AUTHOR_NAME": "Alice",
    "GIT_AUTHOR_EMAIL": "alice@example.com",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "Alice",
    "GIT_COMMITTER_EMAIL": "alice@example.com",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}

SUBMODULE = 0o160000

File = bytes | tuple[int, bytes]
"""Contents, or mode and contents; for a submodule the contents are the id of its commit."""


def run_git(folder: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """What git says; fails when git does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=kept | FIXED | dict(env or {}),
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def repository(folder: Path, files: Mapping[str | bytes, File], *, object_format: str = "sha1") -> Path:
    """A repository with one commit on main that holds `files`, and a clean work tree but for odd names.

    Built without a work tree, so that names are possible which the machine at hand could not write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run_git(folder, "init", "-q", "-b", "main", "--template=", f"--object-format={object_format}")
    commit(folder, files)
    return folder


def commit(folder: Path, files: Mapping[str | bytes, File]) -> str:
    """Another commit on main, with `files` and nothing else in it; its full id."""
    out = [
        b"commit refs/heads/main\n",
        b"committer Alice <alice@example.com> 1700000000 +0000\n",
        b"data 7\nA shop\n\n",
    ]
    if run_git(folder, "for-each-ref", "refs/heads/main"):
        out.append(b"from refs/heads/main^0\n")
    out.append(b"deleteall\n")
    for name, file in files.items():
        mode, data = file if isinstance(file, tuple) else (0o100644, file)
        if mode == SUBMODULE:
            out.append(b"M 160000 %s %s\n" % (data, _quoted(name)))
        else:
            out.append(b"M %o inline %s\ndata %d\n%s\n" % (mode, _quoted(name), len(data), data))
    run_git(folder, "fast-import", "--quiet", "--force", stdin=b"".join(out))
    return run_git(folder, "rev-parse", "main").decode().strip()


def _quoted(name: str | bytes) -> bytes:
    raw = name.encode() if isinstance(name, str) else name
    return b'"' + b"".join(b"\\%03o" % byte for byte in raw) + b'"'
