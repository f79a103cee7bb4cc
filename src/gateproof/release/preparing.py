"""Prepare a release: one ordinary commit with everything that follows from the version. Observe, plan, apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.subject import EVIDENCE
from gateproof.findings import printable
from gateproof.git import git, hidden_changes, path_in_git_folder
from gateproof.release.bumping import bump, current_version
from gateproof.release.changelog import CHANGELOG, parse
from gateproof.release.correcting import correct_claims
from gateproof.release.repository import State, observe
from gateproof.release.scratch import scratch_clone
from gateproof.release.tags import observe_tags
from gateproof.release.versions import Asked, Next, next_version


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The commit that would be made, and the repository that it is for."""

    root: Path
    before: State
    branch: str
    current: str
    following: Next
    patch: bytes
    """What `git apply` takes."""
    paths: tuple[str, ...]
    """The files that change."""
    tree: str
    """The id of the tree that the commit must have."""
    message: str
    notes: tuple[str, ...]
    """What a person should know of the claims."""

    def lines(self) -> list[str]:
        """The diff and what it is, for a person."""
        diff = self.patch.decode("utf-8", "replace").rstrip("\n").split("\n")
        return [
            *(printable(line.replace("\t", "    ")) for line in diff),
            "",
            f"{self.message.splitlines()[0]}: from {self.current}, on {self.branch}, {len(self.paths)} files.",
            *self.notes,
        ]


def plan_commit(
    root: Path, settings: Settings, asked: Asked, *, today: date, now: datetime, keep_claims: bool = False
) -> Plan:
    """Work out, in a scratch clone, the commit that prepares what is asked for. The repository stays as it is.

    Raises RefusedError for a tree that is not clean, a detached HEAD, a merge under way, a version that is not
    greater, a milestone out of its order, an empty changelog or claims without evidence; UsageError for a question
    or a configuration that makes no sense; UnknownError where git or the tags cannot tell.
    """
    before = observe(root)
    branch = _ready_branch(root, before)
    current = current_version(root)
    depends_on_tags = bool(asked.milestone or asked.patch)
    tags = observe_tags(root, [one.tag for one in settings.milestones if one.tag] if depends_on_tags else ())
    following = next_version(current, asked, settings.milestones, tags)
    milestone = f" (milestone {following.milestone.name})" if following.milestone else ""
    with scratch_clone(root, before.commit) as clone:
        bump(clone, following.version)
        _release_changelog(clone, following, today)
        notes: tuple[str, ...] = ("Claims were left as they are.",)
        if not keep_claims:
            notes = correct_claims(root, clone, settings, before.commit, edited=_edited(clone), now=now)
        patch, paths, tree = _change(clone)
    return Plan(
        root=root,
        before=before,
        branch=branch,
        current=current,
        following=following,
        patch=patch,
        paths=paths,
        tree=tree,
        message=f"Prepare {settings.product} {following.version}{milestone}\n\nThe tag is {following.tag}.\n",
        notes=notes,
    )


_UNDER_WAY = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert"}


def _ready_branch(root: Path, before: State) -> str:
    """The branch that is checked out, when the tree is exactly its commit."""
    try:
        branch = (
            git("symbolic-ref", "--quiet", "--short", "HEAD", cwd=root).decode("utf-8", "replace").strip()
        )
    except UnknownError:
        raise RefusedError(
            "HEAD is detached, so no branch would get the commit; check out a branch."
        ) from None
    if under_way := [word for name, word in _UNDER_WAY.items() if path_in_git_folder(root, name).exists()]:
        raise RefusedError(
            f"A {under_way[0]} is under way, which the commit would end; finish or abort it first."
        )
    changed = [line[3:] for line in before.work_tree.decode("utf-8", "replace").split("\0") if line]
    changed += [path.decode("utf-8", "replace") for path, _ in hidden_changes(root)]
    if changed:
        shown = ", ".join(map(printable, changed[:3])) + (
            f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        )
        raise RefusedError(
            f"The checkout differs from its commit: {shown}. Commit, ignore or remove that first."
        )
    return branch


def _release_changelog(clone: Path, following: Next, today: date) -> None:
    path = clone / CHANGELOG
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise RefusedError(
            f"There is no {CHANGELOG}; write one with a section [Unreleased] (keepachangelog.com), and commit it."
        ) from None
    except UnicodeDecodeError as error:
        raise RefusedError(f"{CHANGELOG} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    new = parse(text).released(following.version, today, tag=following.tag).render()
    path.write_bytes(new.encode("utf-8"))


def _edited(clone: Path) -> Mapping[str, bytes]:
    names = git("diff", "-z", "--name-only", "--diff-filter=AM", "HEAD", "--", ".", _NOT_EVIDENCE, cwd=clone)
    paths = [name for name in names.decode("utf-8", "surrogateescape").split("\0") if name]
    return {path: (clone / path).read_bytes() for path in paths}


# A scratch clone has none, which is no change that anybody asked for.
_NOT_EVIDENCE = f":(exclude){EVIDENCE}"


def _change(clone: Path) -> tuple[bytes, tuple[str, ...], str]:
    """What was done in the clone: as a patch, the files, and the id of the tree that it makes."""
    git("add", "--all", "--", ".", _NOT_EVIDENCE, cwd=clone)
    names = git("diff", "--cached", "-z", "--name-only", "--no-renames", "HEAD", cwd=clone)
    return (
        git("diff", "--cached", "--binary", "--full-index", "--no-renames", "HEAD", cwd=clone),
        tuple(name for name in names.decode("utf-8", "surrogateescape").split("\0") if name),
        git("write-tree", cwd=clone).decode().strip(),
    )
