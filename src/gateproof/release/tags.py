"""Which tags exist: what this clone has, and whether that can be all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from gateproof.errors import UnknownError
from gateproof.git import git, personal_environment
from gateproof.model import Milestone
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


def is_shallow(root: Path) -> bool:
    """Whether history, and with it tags, may be missing from the clone."""
    return git("rev-parse", "--is-shallow-repository", cwd=root).strip() == b"true"


def remote_tags(root: Path) -> dict[str, dict[str, str] | None]:
    """By remote: the id of each of its tags, or None where it did not answer."""
    found: dict[str, dict[str, str] | None] = {}
    for remote in git("remote", cwd=root).decode("utf-8", "replace").split():
        try:
            listed = git("ls-remote", "--tags", "--refs", remote, cwd=root, env=personal_environment())
        except UnknownError:
            found[remote] = None
            continue
        lines = (line.split("\t", 1) for line in listed.decode("utf-8", "replace").splitlines())
        found[remote] = {ref.removeprefix("refs/tags/"): id_ for id_, ref in lines}
    return found


def _shallow(root: Path) -> Iterator[str]:
    if is_shallow(root):
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


def previous_tag(root: Path, commit: str, version: str, milestones: Sequence[Milestone]) -> str:
    """The tag of the release that came before `version` on the way to `commit`; empty where there is none.

    A release tag marks a commit that has only evidence more than the branch, so its parent is looked for.
    A rehearsal has no version: it comes after every release on the way.
    Raises UnknownError for a shallow clone: what came before is not in it.
    """
    for reason in _shallow(root):
        raise UnknownError(f"It cannot be told what was released before. {reason}")
    known = {one.tag: one.version for one in milestones if one.tag}
    until = _version(version)
    found: list[tuple[Version, str]] = []
    for tag in observe_tags(root, ()).names:
        of_tag = _version(known.get(tag, tag))
        if of_tag is None:
            continue  # A tag that marks no release.
        if (until is None or of_tag < until) and _is_on_the_way(root, tag, commit):
            found.append((of_tag, tag))
    return max(found)[1] if found else ""


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _is_on_the_way(root: Path, tag: str, commit: str) -> bool:
    try:
        told = git("rev-list", "--max-count=2", f"refs/tags/{tag}", f"^{commit}", "--", cwd=root)
    except UnknownError:
        return False  # It marks no commit.
    return len(told.split()) <= 1
