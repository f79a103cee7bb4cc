"""Git's tag and commit objects as text, checked without git.

The form is what `git cat-file --batch` prints for a tag and its commit: for each object one line
`<id> <type> <size>`, its bytes, and a line end. It holds no NUL, and `git hash-object` makes the same ids.
So a stranger can follow tree → commit → tag → signature with nothing but SHA-1.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from gateproof.evidence import sshsig
from gateproof.evidence.keys import Signer
from gateproof.evidence.sshsig import SshSignature
from gateproof.model import Subject

_HEAD = re.compile(rb"([0-9a-f]{40}) (tag|commit) ([0-9]{1,7})\n")
_TAG = re.compile(
    rb"object (?P<object>[0-9a-f]{40})\ntype commit\ntag (?P<name>[^\n]+)\n"
    rb"tagger [^\n]*> (?P<time>[0-9]{1,11}) [+-][0-9]{4}\n\n"
)
_COMMIT = re.compile(
    rb"tree (?P<tree>[0-9a-f]{40})\n(?P<parents>(?:parent [0-9a-f]{40}\n)*)author [^\n]*\ncommitter "
)
_TRAILERS = ("Source-gitTree", "Source-dirHash", "Verdict-sha256")


@dataclass(frozen=True, kw_only=True, slots=True)
class GitObject:
    """One object whose id was recomputed from its bytes."""

    kind: str
    id: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """An annotated tag; nothing about its signature is verified yet."""

    name: str
    commit: str
    tagged_at: datetime
    """What the tagger's clock said."""
    message: str
    signed: bytes
    """The bytes that the signature is over."""
    signature: SshSignature

    def is_signed(self) -> bool:
        """Whether the signature's own key signed this tag, for git."""
        return self.signature.verifies([self.signed], namespace=sshsig.FOR_GIT)

    def version(self) -> str:
        """The version that the message names; empty where it names none, or several."""
        found = re.findall(r"^Version: (\S+)$", self.message, re.MULTILINE)
        return found[0] if len(found) == 1 else ""

    def trailers(self) -> dict[str, str]:
        """What the message says of the source and the verdict; one that is there twice counts as absent."""
        found = {}
        for name in _TRAILERS:
            values = re.findall(rf"^{name}: ([0-9a-f]+)$", self.message, re.MULTILINE)
            if len(values) == 1:
                found[name] = values[0]
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """What a commit says about where it stands."""

    tree: str
    parents: tuple[str, ...]


def trailers(subject: Subject, verdict_sha256: str) -> dict[str, str]:
    """What a release's tag says in its message, so that its signature covers source and verdict."""
    return dict(zip(_TRAILERS, (subject.git_tree, subject.dir_hash, verdict_sha256), strict=True))


def trailer_lines(subject: Subject, verdict_sha256: str) -> str:
    """The same as the last paragraph of the message."""
    return "".join(f"{name}: {value}\n" for name, value in trailers(subject, verdict_sha256).items())


def sign_tag(unsigned: bytes, signer: Signer) -> bytes:
    """A tag object's bytes with the signature that `git verify-tag` reads."""
    return unsigned + sshsig.sign([unsigned], signer, namespace=sshsig.FOR_GIT)


def object_id(kind: str, body: bytes) -> str:
    """The id that git gives to an object (SHA-1 over its type, size and bytes)."""
    head = f"{kind} {len(body)}\0".encode("ascii")
    return hashlib.sha1(head + body, usedforsecurity=False).hexdigest()


def write_objects(objects: tuple[GitObject, ...]) -> bytes:
    """As `git cat-file --batch` prints them."""
    return b"".join(
        f"{item.id} {item.kind} {len(item.body)}\n".encode("ascii") + item.body + b"\n" for item in objects
    )


def read_objects(raw: bytes) -> tuple[GitObject, ...]:
    """The objects of such a text, each id recomputed. Raises ValueError for anything else."""
    objects, place = [], 0
    while place < len(raw):
        head = _HEAD.match(raw, place)
        if head is None:
            raise ValueError("it is not what `git cat-file --batch` prints for a tag and a commit")
        claimed, kind = head[1].decode("ascii"), head[2].decode("ascii")
        end = head.end() + int(head[3])
        body = raw[head.end() : end]
        if raw[end : end + 1] != b"\n" or str(len(body)).encode("ascii") != head[3]:
            raise ValueError(f"the {kind} {claimed} is cut short")
        if object_id(kind, body) != claimed:
            raise ValueError(f"the {kind} {claimed} has other bytes than its id says")
        objects.append(GitObject(kind=kind, id=claimed, body=body))
        place = end + 1
    return tuple(objects)


def read_tag(item: GitObject) -> Tag:
    """Raises ValueError for what is not an annotated tag on a commit with an SSH signature."""
    place = item.body.rfind(b"\n" + sshsig.BEGIN + b"\n") + 1
    signed = item.body[:place]
    head = _TAG.match(signed)
    if item.kind != "tag" or head is None:
        raise ValueError("it is not an annotated, SSH-signed tag on a commit")
    return Tag(
        name=head["name"].decode("utf-8"),
        commit=head["object"].decode("ascii"),
        tagged_at=datetime.fromtimestamp(int(head["time"]), UTC),
        message=signed[head.end() :].decode("utf-8"),
        signed=signed,
        signature=sshsig.read(item.body[place:]),
    )


def read_commit(item: GitObject) -> Commit:
    """Raises ValueError for what is not a commit."""
    head = _COMMIT.match(item.body)
    if item.kind != "commit" or head is None:
        raise ValueError("it is not a commit")
    parents = tuple(line.split(b" ")[1].decode("ascii") for line in head["parents"].splitlines())
    return Commit(tree=head["tree"].decode("ascii"), parents=parents)
