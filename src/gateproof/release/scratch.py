"""A scratch clone: the place in which a release does everything, so that a person's repository is left alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gateproof.errors import UnknownError
from gateproof.evidence.subject import EVIDENCE
from gateproof.git import clean_environment, git

# Sealed files are stored byte for byte, whatever the project's attributes say about line ends and filters.
AS_THEY_ARE = "* -text !eol -ident !filter !working-tree-encoding\n"


@contextlib.contextmanager
def scratch_clone(root: Path, commit: str) -> Iterator[Path]:
    """A fresh checkout of exactly `commit`, without hooks, personal settings or remains; gone at the end.

    It borrows the objects of `root` and adds its own elsewhere.
    Raises UnknownError when it cannot be made.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="gateproof-", ignore_cleanup_errors=True) as folder:
            clone = Path(folder) / "source"
            git(
                "clone",
                "--quiet",
                "--shared",
                "--no-checkout",
                "--template=",
                str(root),
                str(clone),
                cwd=root,
            )
            git("checkout", "--quiet", "--detach", commit, cwd=clone)
            # Evidence of an earlier release is no part of the source, and no gate may see it.
            shutil.rmtree(clone / EVIDENCE, ignore_errors=True)
            yield clone.resolve()
    except OSError as error:
        raise UnknownError(
            f"A scratch clone could not be made: {error.strerror}; make room in TMPDIR."
        ) from error


def commit_evidence(clone: Path, parent: str, message: str, identity: tuple[str, str]) -> str:
    """The id of a commit whose parent is `parent` and whose only difference is the clone's `evidence/`."""
    attributes = clone / ".git" / "info" / "attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text(AS_THEY_ARE, encoding="utf-8", newline="\n")
    folder = EVIDENCE.rstrip("/")
    git("read-tree", parent, cwd=clone)
    git("rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", folder, cwd=clone)
    # Forced, because a project may well ignore *.log.
    git("add", "--force", "--", folder, cwd=clone)
    tree = git("write-tree", cwd=clone).decode().strip()
    name, email = identity
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", email))
    }
    env = clean_environment(who)
    return (
        git("commit-tree", tree, "-p", parent, "-F", "-", cwd=clone, env=env, stdin=message.encode())
        .decode()
        .strip()
    )


def identity_of(root: Path) -> tuple[str, str]:
    """Name and e-mail of the person who releases, from their git settings.

    Raises UnknownError when git knows no one.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        name, email = (
            git("config", "--get", f"user.{key}", cwd=root, env=kept).decode().strip()
            for key in ("name", "email")
        )
    except UnknownError:
        raise UnknownError(
            "git does not know who you are; run `git config user.name …` and `user.email …`."
        ) from None
    return name, email
