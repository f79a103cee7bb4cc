"""What a release must leave as it was: the repository, observed before and after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateproof.errors import UnknownError
from gateproof.git import git, personal_environment
from gateproof.record.source import head_commit


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A repository at one moment."""

    commit: str
    """The full id of what is checked out."""
    refs: bytes
    """Every ref with what it points at, HEAD included."""
    work_tree: bytes
    """What `git status` says."""

    @property
    def uncommitted(self) -> int:
        """How many files differ from the commit."""
        return self.work_tree.count(b"\0")


def observe(root: Path) -> State:
    """Look at the repository at `root`.

    Raises UnknownError when there is no git, no repository or no commit.
    """
    env = personal_environment()
    commit = head_commit(root)
    refs = git("for-each-ref", cwd=root) + git("rev-parse", "--symbolic-full-name", "HEAD", cwd=root)
    status = git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", cwd=root, env=env)
    return State(commit=commit, refs=refs, work_tree=status)


def refuse_change(before: State, after: State) -> None:
    """Raises UnknownError when the repository is not as it was."""
    changed = [
        name
        for name, one, other in (
            ("the commit that is checked out", before.commit, after.commit),
            ("a branch or tag", before.refs, after.refs),
            ("the work tree", before.work_tree, after.work_tree),
        )
        if one != other
    ]
    if changed:
        raise UnknownError(
            f"While this ran, {' and '.join(changed)} changed; look at `git status` and run it again."
        )
