"""The only module that talks to git."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

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


def git(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: bytes | None = None
) -> bytes:
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
    except (FileNotFoundError, NotADirectoryError):
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
        entries.append(
            TreeEntry(path=path.decode("utf-8", "surrogateescape"), mode=int(mode, 8), blob=blob.decode())
        )
    return tuple(entries)


def blobs(
    root: Path, ids: Sequence[str], env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """Each blob of `ids` with its size and its content in blocks; take each content before the next."""
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
        with child, cast("IO[bytes]", child.stdout) as stream:
            for blob in ids:
                header = stream.readline().split()
                if len(header) != 3 or header[1] != b"blob":
                    raise UnknownError(
                        f"git has no blob {blob} in {root}; fetch what is missing or run `git fsck`."
                    )
                yield blob, int(header[2]), _blocks(stream, int(header[2]))
                stream.read(1)


def _blocks(stream: IO[bytes], left: int) -> Iterator[bytes]:
    while left:
        block = stream.read(min(left, 1 << 20))
        if not block:
            raise UnknownError("git stopped in the middle of a file; run `git fsck`.")
        left -= len(block)
        yield block


# What the archive and its inspection ask.

EXACT_ATTRIBUTES = "* -text !eol -ident !filter !working-tree-encoding -export-subst -export-ignore\n"
"""Undoes every attribute by which `git archive` would ship anything but the committed bytes.

Not `-diff`: it flips the text bit that git writes for every entry.
"""


def top_of(repository: Path) -> Path:
    """The top folder of the work tree that `repository` lies in, or the git folder of a bare one."""
    question = "--absolute-git-dir" if is_bare(repository) else "--show-toplevel"
    return Path(os.fsdecode(git("rev-parse", question, cwd=repository).removesuffix(b"\n")))


def is_bare(repository: Path) -> bool:
    """Whether there is no work tree."""
    return git("rev-parse", "--is-bare-repository", cwd=repository).strip() == b"true"


def full_commit_id(repository: Path, commit: str) -> str:
    """The full id of `commit`. Raises UnknownError when there is no such commit."""
    try:
        told = git("rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}", cwd=repository)
    except UnknownError as error:
        if "Needed a single revision" in str(error):
            raise UnknownError(f"There is no commit {commit} in {repository}.") from None
        raise
    return told.decode("ascii").strip()


def path_in_git_folder(repository: Path, name: str) -> Path:
    """Where git keeps `name`, such as info/attributes; right in linked work trees too."""
    told = git("rev-parse", "--git-path", name, cwd=repository)
    return repository / os.fsdecode(told.removesuffix(b"\n"))


@contextmanager
def lent_objects(repository: Path, *, attributes: str = "") -> Iterator[Path]:
    """A temporary bare repository that has `repository`'s objects and nothing else of it.

    No configuration, no replace refs, no grafts, no `.git/info/attributes` but `attributes`.
    """
    objects = path_in_git_folder(repository, "objects").resolve()
    is_sha256 = git("rev-parse", "--show-object-format", cwd=repository).strip() == b"sha256"
    texts = {
        "HEAD": "ref: refs/heads/none\n",
        "config": _LENT_SHA256 if is_sha256 else _LENT_SHA1,
        "refs/.keep": "",
        "objects/info/alternates": f"{_quoted(objects.as_posix())}\n",
        "info/attributes": attributes,
    }
    with ExitStack() as stack:
        try:
            lent = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateproof-")))
            for path, text in texts.items():
                (lent / path).parent.mkdir(parents=True, exist_ok=True)
                (lent / path).write_bytes(os.fsencode(text))
        except OSError as error:
            raise UnknownError(f"A temporary folder could not be made: {error.strerror}.") from error
        yield lent


_LENT_SHA1 = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_LENT_SHA256 = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n"


def _quoted(path: str) -> str:
    """The C-like quoting that git reads in its alternates file, for paths with newlines and such."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def write_archive(lent: Path, commit: str, target: Path) -> None:
    """Let git write the ZIP of `commit` over `target`. Raises UnknownError with git's words when it cannot.

    `lent` comes from `lent_objects` with EXACT_ATTRIBUTES, `commit` is a full id: a tree's time would be now.
    The format is spelled out, as git takes `x.ZIP` and `x.zip.part` for a TAR.
    """
    settings = ("-c", "core.autocrlf=false", "-c", f"core.attributesFile={os.devnull}")
    argv = ["git", "--git-dir=.", *settings, "archive", "--format=zip", "-6", commit]
    with target.open("wb") as file:
        done = subprocess.run(
            argv,
            cwd=lent,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}"
        raise UnknownError(f"git archive could not pack {commit}: {words}")


def changed_paths(root: Path, one: str, other: str) -> tuple[str, ...]:
    """Paths in which two trees differ. Raises UnknownError when a tree is not in this repository."""
    raw = git("diff-tree", "-r", "-z", "--name-only", "--no-renames", one, other, cwd=root)
    return tuple(name.decode("utf-8", "surrogateescape") for name in raw.split(b"\0") if name)


def attributes_of(
    lent: Path, commit: str, names: Sequence[str], paths: Iterable[bytes]
) -> Iterator[tuple[bytes, str, str]]:
    """(path, attribute, value) for what the committed .gitattributes give to `paths`, but the unspecified.

    A folder's path ends with a slash. Values are git's: set, unset, or the text after the equals sign.
    """
    # check-attr --source is newer than Debian's git, so the commit goes through an index of its own.
    git("--git-dir=.", "read-tree", commit, cwd=lent)
    stdin = b"".join(path + b"\0" for path in paths)
    told = git("--git-dir=.", "check-attr", "--cached", "-z", "--stdin", *names, cwd=lent, stdin=stdin)
    fields = told.split(b"\0")[:-1]
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
        if value != b"unspecified":
            yield path, name.decode("ascii"), value.decode("utf-8", "replace")


def replaced_objects(repository: Path) -> tuple[str, ...]:
    """The ids of objects for which `git replace` shows something else."""
    told = git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/replace/", cwd=repository)
    return tuple(told.decode("ascii").split())


def hidden_changes(repository: Path) -> Iterator[tuple[bytes, str]]:
    """(path, flag) for files whose changes git was told not to see: assume-unchanged, skip-worktree."""
    for record in git("-c", "core.fsmonitor=false", "ls-files", "-v", "-z", cwd=repository).split(b"\0")[:-1]:
        tag, path = record[:1], record[2:]
        if tag.islower():
            yield path, "assume-unchanged"
        if tag.upper() == b"S":
            yield path, "skip-worktree"
