"""The signed tag: made in the scratch clone, carried over, and created last, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.gitobjects import GitObject, read_objects, read_tag, sign_tag, trailer_lines
from gateproof.evidence.keys import PublicKey, Signer
from gateproof.git import clean_environment, git
from gateproof.model import Subject
from gateproof.release.planning import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseTag:
    """A tag object that lies in a repository, with or without a ref that names it."""

    name: str
    id: str
    commit: str


def make_tag(
    clone: Path,
    plan: Plan,
    commit: str,
    *,
    subject: Subject,
    verdict_sha256: str,
    signer: Signer,
    identity: tuple[str, str],
) -> ReleaseTag:
    """Write the tag object into `clone`, signed by gateproof's own code; no ref names it yet.

    The message names milestone, version, both digests of the source and the sealed verdict.
    Raises UnknownError when git does not take it.
    """
    name, email = identity
    env = clean_environment({"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email})
    who = git("var", "GIT_COMMITTER_IDENT", cwd=clone, env=env).decode("utf-8").strip()
    title = f"{plan.product} {plan.version}" + (
        f", milestone {plan.milestone.name}" if plan.milestone else ""
    )
    facts = f"Milestone: {plan.milestone.name}\n" if plan.milestone else ""
    facts += f"Version: {plan.version}\n{trailer_lines(subject, verdict_sha256)}"
    head = f"object {commit}\ntype commit\ntag {plan.tag}\ntagger {who}\n\n{title}\n\n{facts}"
    body = sign_tag(head.encode("utf-8"), signer)
    id_ = git("hash-object", "-t", "tag", "-w", "--stdin", cwd=clone, stdin=body).decode().strip()
    return ReleaseTag(name=plan.tag, id=id_, commit=commit)


def carry_over(clone: Path, root: Path, tag: ReleaseTag, parent: str) -> None:
    """Bring the tag and everything that its commit adds to `parent` into the repository, still without a ref.

    Raises UnknownError when the disk does not take it; objects that nothing names are harmless.
    """
    wanted = f"{tag.id}\n^{parent}\n".encode()
    packed = git("pack-objects", "--revs", "--stdout", "--quiet", cwd=clone, stdin=wanted)
    git("unpack-objects", "-q", cwd=root, stdin=packed)
    if not is_whole(root, tag.id, parent):
        raise UnknownError(
            f"The objects of {tag.name} did not arrive in {root}; run `git fsck` and try again."
        )


def is_whole(root: Path, tag: str, parent: str) -> bool:
    """Whether the repository has the tag and everything that its commit adds to `parent`."""
    try:
        git("rev-list", "--objects", "--quiet", tag, f"^{parent}", "--", cwd=root)
    except UnknownError:
        return False
    return True


def create_tag(root: Path, tag: ReleaseTag) -> None:
    """The one change to the repository: the ref appears, or it does not.

    Raises RefusedError when there is such a tag by now, UnknownError when git does not take it.
    """
    # `create` is a compare and swap with "it does not exist".
    lines = f"start\ncreate refs/tags/{tag.name} {tag.id}\nprepare\ncommit\n".encode()
    try:
        git("update-ref", "--stdin", cwd=root, stdin=lines)
    except UnknownError as error:
        if "already exists" in str(error):
            raise RefusedError(
                f"The tag {tag.name} was made by somebody else meanwhile; look at it."
            ) from None
        raise


def objects(root: Path, ids: Iterable[str]) -> bytes:
    """Objects in the form of a `.tag` file."""
    return git("cat-file", "--batch", cwd=root, stdin="".join(f"{id_}\n" for id_ in ids).encode())


def earlier_tags(root: Path, plan: Plan) -> dict[str, bytes]:
    """`tags/<name>` of each earlier milestone: its tag, its commit, and the commits from this one down to it.

    A tag that nobody signed proves nothing, and is left out.
    """
    found = {}
    for tag in plan.earlier:
        if not tag.is_annotated:
            continue
        goal = tag.parents[0] if tag.parents else tag.commit
        between = git("rev-list", "--ancestry-path", plan.commit, f"^{goal}", "--", cwd=root).decode().split()
        raw = objects(root, dict.fromkeys([tag.id, tag.commit, *between]))
        if _is_signed(raw):
            found[f"tags/{tag.name}"] = raw
    return found


def keys_of(tags: Mapping[str, bytes]) -> tuple[PublicKey, ...]:
    """Which keys signed these tags."""
    return tuple(read_tag(first(read_objects(raw))).signature.key for raw in tags.values())


def _is_signed(raw: bytes) -> bool:
    try:
        return read_tag(first(read_objects(raw))).is_signed()
    except ValueError:
        return False


def first(found: Sequence[GitObject]) -> GitObject:
    """The first object. Raises ValueError where there is none."""
    if not found:
        raise ValueError("it holds no object")
    return found[0]
