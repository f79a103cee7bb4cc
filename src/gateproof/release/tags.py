"""Which tags exist: what this clone has, and whether that can be all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from gateproof.errors import UnknownError
from gateproof.git import git, personal_environment
from gateproof.release.versions import Tags


def observe_tags(root: Path, wanted: Collection[str]) -> Tags:
    """The tags of the clone at `root`, and why some of `wanted` may be missing from it.

    Every remote is asked for `wanted`: a clone that lacks tags looks like one in which nothing was released yet.
    Raises UnknownError when git cannot answer about the clone itself.
    """
    told = git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags", cwd=root)
    names = frozenset(told.decode("utf-8", "replace").split())
    reasons = [*_shallow(root), *_lacking(root, names, wanted)] if wanted else []
    return Tags(names=names, unknown=" ".join(reasons))


def _shallow(root: Path) -> Iterator[str]:
    if git("rev-parse", "--is-shallow-repository", cwd=root).strip() == b"true":
        yield "This clone is shallow, so tags may be missing; run `git fetch --unshallow --tags`."


def _lacking(root: Path, names: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    for remote in git("remote", cwd=root).decode("utf-8", "replace").split():
        try:
            listed = git("ls-remote", "--tags", "--refs", remote, cwd=root, env=personal_environment())
        except UnknownError as error:
            yield f"The remote {remote} could not be asked for its tags ({error}); connect to it, or remove it."
            continue
        there = {line.partition("refs/tags/")[2] for line in listed.decode("utf-8", "replace").splitlines()}
        if lacking := sorted((there & set(wanted)) - set(names)):
            yield (
                f"The remote {remote} has the tag {', '.join(lacking)}, which this clone lacks; "
                f"run `git fetch --tags {remote}`."
            )
