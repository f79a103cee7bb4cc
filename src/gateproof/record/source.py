"""What source lies in a checkout right now, and whether a run on it may count."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gateproof.errors import UnknownError
from gateproof.evidence.subject import EVIDENCE, SourceFile, digest, dir_hash, git_tree, is_source
from gateproof.git import (
    SUBMODULE,
    TreeEntry,
    blobs,
    git,
    hidden_changes,
    personal_environment,
    tree_entries,
)
from gateproof.model import Subject

OWN_FOLDERS = (".gateproof", ".nox", ".venv", ".venv.busy", "dist")
"""What the suite itself writes into a checkout; everything else that git does not track makes a run unclean."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The source of a checkout: what it is, and what lies beside it."""

    subject: Subject
    commit: str
    changed: tuple[str, ...]
    """Tracked files that differ from the commit, and untracked files that git would take."""
    strays: tuple[str, ...]
    """Ignored files and folders that are not the suite's own."""

    @property
    def beside(self) -> tuple[str, ...]:
        """Everything that is not exactly the commit."""
        return (*self.changed, *self.strays)

    @property
    def is_clean(self) -> bool:
        """True when a run on it may count: exactly the commit, and nothing beside it."""
        return not self.beside


def observe_source(root: Path) -> Source:
    """Look at the checkout at `root`, the top of a git work tree.

    Raises UnknownError when there is no git, no work tree, or no commit yet.
    """
    commit = head_commit(root)
    changed, strays = _status(root)
    subject = _subject_of_work_tree(root) if changed else _subject_of(root, tree_entries(root, commit), None)
    return Source(subject=subject, commit=commit, changed=changed, strays=strays)


def source_files(root: Path, commit: str) -> tuple[SourceFile, ...]:
    """Every file of `commit` without its `evidence/`, digested from git itself, whatever a checkout makes of it.

    Raises UnknownError for a submodule: its files are in another repository.
    """
    entries = [entry for entry in tree_entries(root, commit) if is_source(entry.path)]
    if submodules := [entry.path for entry in entries if entry.mode == SUBMODULE]:
        raise UnknownError(
            f"{submodules[0]} is a submodule, whose files this repository does not hold; vendor them."
        )
    contents = blobs(root, [entry.blob for entry in entries])
    return tuple(
        digest(entry.path, entry.mode, size, blocks)
        for entry, (_, size, blocks) in zip(entries, contents, strict=True)
    )


def head_commit(root: Path) -> str:
    """The full id of the commit that is checked out at `root`."""
    top = Path(os.fsdecode(git("rev-parse", "--show-toplevel", cwd=root).rstrip(b"\n")))
    if not top.samefile(root):
        raise UnknownError(f"{root} is a subfolder of the repository {top}; run this at the top.")
    try:
        return git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", cwd=root).decode().strip()
    except UnknownError:
        raise UnknownError(f"{root} has no commit yet; commit the source first.") from None


def _status(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    listing = git(
        *(
            "-c",
            "core.fsmonitor=false",
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignored=matching",
        ),
        cwd=root,
        env=personal_environment(),
    )
    changed: list[str] = []
    strays: list[str] = []
    for line in filter(None, listing.split(b"\0")):
        state, path = line[:2], os.fsdecode(line[3:])
        is_own = path.rstrip("/").split("/", 1)[0] in OWN_FOLDERS or _is_bytecode_of_ours(root, path)
        if is_own or not is_source(path):
            continue
        (strays if state == b"!!" else changed).append(path)
    if (root / EVIDENCE).exists():
        strays.append(
            EVIDENCE
        )  # It is no part of the source, so a gate must not find it: it could hold a conftest.py.
    # What git was told not to look at (assume-unchanged, skip-worktree): nobody knows its content.
    hidden = (os.fsdecode(path) for path, _ in hidden_changes(root))
    return (*changed, *hidden), tuple(strays)


def _is_bytecode_of_ours(root: Path, path: str) -> bool:
    """Python leaves the bytecode of noxfile.py and tasks.py beside them before these can say anything about it."""
    if path != "__pycache__/":
        return False
    return all(file.name.split(".")[0] in ("noxfile", "tasks") for file in (root / path).iterdir())


def _subject_of_work_tree(root: Path) -> Subject:
    """The subject that a commit of everything would have; the repository's index and objects stay as they are."""
    objects = Path(os.fsdecode(git("rev-parse", "--git-path", "objects", cwd=root).rstrip(b"\n")))
    index = Path(os.fsdecode(git("rev-parse", "--git-path", "index", cwd=root).rstrip(b"\n")))
    with tempfile.TemporaryDirectory(prefix="gateproof-") as folder:
        scratch = Path(folder)
        (scratch / "objects").mkdir()
        if (root / index).exists():
            # With its time: git reads a file again when it is as young as the index, and else trusts its size.
            shutil.copy2(root / index, scratch / "index")
        env = personal_environment() | {
            "GIT_INDEX_FILE": str(scratch / "index"),
            "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str((root / objects).resolve()),
        }
        git("add", "--all", cwd=root, env=env)
        git("rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", *OWN_FOLDERS, cwd=root, env=env)
        tree = git("write-tree", cwd=root, env=env).decode().strip()
        return _subject_of(root, tree_entries(root, tree, env), env)


def _subject_of(root: Path, entries: Iterable[TreeEntry], env: dict[str, str] | None) -> Subject:
    source = [entry for entry in entries if is_source(entry.path)]
    files = [entry for entry in source if entry.mode != SUBMODULE]
    digests = _digests(root, {entry.blob for entry in files}, env)
    try:
        return Subject(
            git_tree=git_tree((entry.path, entry.mode, entry.blob) for entry in source),
            dir_hash=dir_hash((entry.path, digests[entry.blob]) for entry in files),
        )
    except ValueError as error:
        raise UnknownError(f"The source has no digest: {error}; rename or remove that file.") from None


def _digests(root: Path, wanted: set[str], env: dict[str, str] | None) -> dict[str, str]:
    """SHA-256 of every wanted blob; remembered by blob id, because a blob never changes."""
    cache = root / ".gateproof" / "cache" / "blobs.json"
    known = _remembered(cache)
    missing = sorted(wanted - known.keys())
    if missing:
        known |= dict(_hashed(root, missing, env))
        _remember(cache, {blob: known[blob] for blob in sorted(wanted)})
    return known


def _hashed(root: Path, missing: list[str], env: dict[str, str] | None) -> Iterator[tuple[str, str]]:
    for blob, _, blocks in blobs(root, missing, env):
        content = sha256()
        for block in blocks:
            content.update(block)
        yield blob, content.hexdigest()


def _remembered(cache: Path) -> dict[str, str]:
    try:
        known = json.loads(cache.read_text(encoding="utf-8"))
        return {str(blob): str(digest) for blob, digest in known.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _remember(cache: Path, known: dict[str, str]) -> None:
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=cache.parent, delete=False, encoding="utf-8") as file:
            json.dump(known, file)
        Path(file.name).replace(cache)
    except OSError:
        return  # The cache saves time and nothing else.
