"""Tags: tree → commit → tag → signature, followed without git."""

from __future__ import annotations

from collections.abc import Sequence

from gateproof.evidence import layout, sshsig
from gateproof.evidence.gitobjects import (
    Commit,
    GitObject,
    Tag,
    read_commit,
    read_objects,
    read_tag,
    trailers,
)
from gateproof.evidence.signers import AllowedSigner
from gateproof.evidence.subject import EVIDENCE, git_tree
from gateproof.findings import Notes
from gateproof.pack.verifier import vouching
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.contents import Pack
from gateproof.pack.verifier.delivery import TAG, Delivery, small
from gateproof.pack.verifier.inside import Inside


def check_tag(
    delivery: Delivery, inside: Inside, signers: Sequence[AllowedSigner] | None, notes: Notes
) -> str | None:
    """Follow tree → commit → tag → signature without git; the tag's name, if there is a tag."""
    path = delivery.part(TAG)
    if path is None:
        return None
    if inside.verdict.is_rehearsal:
        notes.take(Code.TAG_OF_REHEARSAL.at(path.name))
    try:
        tag, commit, commit_id = _objects(small(path))
    except (ValueError, OverflowError) as error:
        notes.take(Code.TAG_FORM.at(path.name, f"{error}."))
        return None
    if (
        tag.commit != commit_id
        or commit.parents != (inside.verdict.commit,)
        or commit.tree != _whole_tree(inside)
    ):
        notes.take(Code.TAG_CHAIN.at(path.name))
    if inside.comment and inside.comment != commit_id:
        notes.take(Code.COMMENT.at("", f"It is {inside.comment}, the tagged one {commit_id}."))
    if tag.trailers() != trailers(inside.subject, inside.sha256_of(layout.VERDICT)):
        notes.take(Code.TAG_MESSAGE.at(path.name))
    if (said := tag.version()) and said != inside.verdict.version:
        notes.take(Code.TAG_VERSION.at(path.name, f"It is {said}, the verdict's {inside.verdict.version}."))
    if not tag.is_signed() or tag.signature.key != inside.key:
        notes.take(Code.TAG_SIGNATURE.at(path.name))
    elif signers is not None:
        vouching.ask_signers(
            signers, tag.signature.key, namespace=sshsig.FOR_GIT, at=tag.tagged_at, notes=notes
        )
    return tag.name


def _objects(raw: bytes) -> tuple[Tag, Commit, str]:
    tag, commits = _tag_and_commits(raw)
    if len(commits) != 1:
        raise ValueError("it holds more than one tag and its commit")
    return tag, read_commit(commits[0]), commits[0].id


def _whole_tree(inside: Inside) -> str:
    """The tree of the release commit: everything in the ZIP, `evidence/` included."""
    return git_tree((file.path, file.mode, file.sha1) for file in inside.files)


def check_earlier_tags(pack: Pack, signers: Sequence[AllowedSigner] | None, notes: Notes) -> None:
    """Whether every earlier milestone in `evidence/tags/` is a signed tag on a commit that is there too.

    The key may be an older one than the pack's, so only the buyer's signers can say whose it is.
    """
    for inside in sorted(pack.evidence()):
        if layout.kind_of(inside) is not layout.Kind.TAG or (raw := pack.read(inside)) is None:
            continue
        path = f"{EVIDENCE}/{inside}"
        try:
            tag, commits = _tag_and_commits(raw)
        except (ValueError, OverflowError) as error:
            notes.take(Code.TAG_FORM.at(path, f"{error}."))
            continue
        if tag.commit != commits[0].id or tag.name != inside.removeprefix("tags/"):
            notes.take(Code.TAG_CHAIN.at(path))
        if not tag.is_signed():
            notes.take(Code.TAG_SIGNATURE.at(path))
        elif signers is not None:
            vouching.ask_signers(
                signers, tag.signature.key, namespace=sshsig.FOR_GIT, at=tag.tagged_at, notes=notes
            )


def _tag_and_commits(raw: bytes) -> tuple[Tag, tuple[GitObject, ...]]:
    tag, *commits = read_objects(raw) or (None,)
    if tag is None or not commits:
        raise ValueError("it does not hold a tag and its commit")
    for commit in commits:
        read_commit(commit)
    return read_tag(tag), tuple(commits)
