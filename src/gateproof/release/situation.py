"""What a release finds before it: the repository, its tags here and at the remotes, the version, the changelog."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import UnknownError
from gateproof.findings import printable
from gateproof.git import git, hidden_changes
from gateproof.release.bumping import current_version
from gateproof.release.changelog import CHANGELOG
from gateproof.release.repository import State, observe
from gateproof.release.tags import is_shallow, remote_tags
from gateproof.release.versions import tag_of


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownTag:
    """A tag of this clone."""

    name: str
    id: str
    """Of what the ref points at: the tag object, or the commit of a lightweight tag."""
    commit: str
    is_annotated: bool
    is_below: bool
    """Whether what it marks is the commit that is checked out, lies below it, or only adds evidence to such a one."""
    parents: tuple[str, ...]
    """Of the commit that it marks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Everything that decides whether, and as what, the commit that is checked out can be released."""

    repository: State
    branch: str
    """Empty where HEAD is detached."""
    differing: tuple[str, ...]
    """What keeps the checkout from being exactly its commit."""
    version: str
    changelog: str
    """Its text; empty where there is none."""
    is_shallow: bool
    tags: Mapping[str, KnownTag]
    """The tags of the milestones and of this version, as far as this clone has them."""
    remotes: Mapping[str, Mapping[str, str] | None]
    """By remote: the ids of its tags, or None where it did not answer."""
    free: int
    """Bytes free where the least are: in the scratch folder, or beside the repository."""
    size: int
    """Bytes of the source."""

    @property
    def commit(self) -> str:
        return self.repository.commit


def observe_release(root: Path, settings: Settings) -> Situation:
    """Look at the repository at `root`; nothing is written.

    Raises UnknownError where git cannot tell, UsageError for a project without a version.
    """
    before = observe(root)
    version = current_version(root)
    wanted = {tag_of(version, settings.milestones), *(one.tag for one in settings.milestones if one.tag)}
    changelog = root / CHANGELOG
    return Situation(
        repository=before,
        branch=_branch(root),
        differing=tuple(map(printable, _differing(root, before))),
        version=version,
        changelog=changelog.read_text(encoding="utf-8", errors="replace") if changelog.is_file() else "",
        is_shallow=is_shallow(root),
        tags={tag.name: tag for tag in _tags(root, wanted, before.commit)},
        remotes=remote_tags(root),
        free=min(shutil.disk_usage(folder).free for folder in (root, tempfile.gettempdir())),
        size=_size(root, before.commit),
    )


def _branch(root: Path) -> str:
    told = os.fsdecode(git("rev-parse", "--symbolic-full-name", "HEAD", cwd=root)).strip()
    return told.removeprefix("refs/heads/") if told.startswith("refs/heads/") else ""


def _differing(root: Path, before: State) -> Iterator[str]:
    yield from (os.fsdecode(line[3:]) for line in before.work_tree.split(b"\0") if line)
    yield from (f"{os.fsdecode(path)} ({flag})" for path, flag in hidden_changes(root))


def _tags(root: Path, wanted: Collection[str], head: str) -> Iterator[KnownTag]:
    shape = "--format=%(objectname) %(objecttype) %(*objectname) %(refname)"
    for line in git("for-each-ref", shape, "refs/tags", cwd=root).decode("utf-8", "replace").splitlines():
        id_, kind, peeled, ref = line.split(" ", 3)
        name = ref.removeprefix("refs/tags/")
        if name not in wanted:
            continue
        commit = peeled or id_
        try:
            parents = git("rev-parse", f"{commit}^@", cwd=root).decode().split()
            above = git("rev-list", "--max-count=2", commit, f"^{head}", "--", cwd=root).split()
        except UnknownError:
            raise UnknownError(
                f"The tag {name} marks no commit that is here; run `git fetch --tags`."
            ) from None
        yield KnownTag(
            name=name,
            id=id_,
            commit=commit,
            is_annotated=kind == "tag",
            is_below=len(above) <= 1,
            parents=tuple(parents),
        )


def _size(root: Path, commit: str) -> int:
    listed = git("ls-tree", "-r", "-l", "-z", "--full-tree", commit, cwd=root).split(b"\0")
    sizes = (line.split(b"\t")[0].split()[-1] for line in listed if line)
    return sum(int(size) for size in sizes if size.isdigit())
