"""What lies beside a ZIP, because a ZIP cannot say it of itself: its digest, its attestations, its tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateproof.evidence import layout, sshsig
from gateproof.evidence.gitobjects import Commit, Tag, read_commit, read_objects, read_tag, trailers
from gateproof.evidence.keys import PublicKey
from gateproof.evidence.signers import AllowedSigner
from gateproof.evidence.statement import PROVENANCE, VERDICT, VERDICT_FIELD, Statement
from gateproof.evidence.subject import EVIDENCE, SourceFile, git_tree
from gateproof.findings import Notes
from gateproof.model import Subject
from gateproof.pack.verifier import vouching
from gateproof.pack.verifier.attestations import SealedVerdict, read_signed
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.delivery import ATTESTATIONS, CHECKSUM, TAG, Delivery, sha256_of, small
from gateproof.pack.verifier.result import Form


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """What the ZIP itself turned out to be: the measure for everything beside it."""

    sha256: str
    comment: str
    files: tuple[SourceFile, ...]
    subject: Subject
    key: PublicKey
    verdict: SealedVerdict

    @property
    def verdict_sha256(self) -> str:
        """Of the sealed verdict's file."""
        path = f"{EVIDENCE}/{layout.VERDICT}"
        return next((file.sha256 for file in self.files if file.path == path), "")


def check_parts(delivery: Delivery, inside: Inside, notes: Notes) -> Iterator[str]:
    """Check digest and attestations beside the ZIP; yields a sentence for each part that is not there.

    The parts are due in a folder or an outer ZIP; for a ZIP alone their absence is only said.
    """
    for ending, what in ((CHECKSUM, "its checksum"), (ATTESTATIONS, "its attestations"), (TAG, "its tag")):
        if delivery.part(ending) is None and not (ending == TAG and inside.verdict.is_rehearsal):
            if delivery.form is Form.ZIP:
                yield f"{delivery.zip.name}{ending} is not beside the ZIP, so {what} was not looked at."
            else:
                notes.take(Code.INCOMPLETE.at(f"{delivery.zip.name}{ending}"))
    _check_checksum(delivery, inside, notes)
    vouched = _check_attestations(delivery, inside, notes)
    if delivery.form is not Form.ZIP:
        for path in delivery.others():
            if not path.is_file() or (path.name, sha256_of(path)) not in vouched:
                notes.take(Code.UNEXPLAINED.at(path.name))
    for path in delivery.beside:
        if path not in delivery.others() and path.name.endswith("-delivery.zip"):
            yield f"{path.name} lies in the same folder and was not looked at; verify it by itself."


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
    if tag.trailers() != trailers(inside.subject, inside.verdict_sha256):
        notes.take(Code.TAG_MESSAGE.at(path.name))
    if not tag.is_signed() or tag.signature.key != inside.key:
        notes.take(Code.TAG_SIGNATURE.at(path.name))
    elif signers is not None:
        vouching.ask_signers(
            signers, tag.signature.key, namespace=sshsig.FOR_GIT, at=tag.tagged_at, notes=notes
        )
    return tag.name


def _objects(raw: bytes) -> tuple[Tag, Commit, str]:
    objects = read_objects(raw)
    if [item.kind for item in objects] != ["tag", "commit"]:
        raise ValueError("it does not hold exactly one tag and its commit")
    return read_tag(objects[0]), read_commit(objects[1]), objects[1].id


def _whole_tree(inside: Inside) -> str:
    """The tree of the release commit: everything in the ZIP, `evidence/` included."""
    return git_tree((file.path, file.mode, file.sha1) for file in inside.files)


def _check_checksum(delivery: Delivery, inside: Inside, notes: Notes) -> None:
    path = delivery.part(CHECKSUM)
    # Compared as a whole: `sha256sum -c` must read it too, and no other byte has a place in it.
    if path and path.read_bytes()[:4096] != f"{inside.sha256}  {delivery.zip.name}\n".encode():
        notes.take(Code.CHECKSUM.at(path.name))


def _check_attestations(delivery: Delivery, inside: Inside, notes: Notes) -> set[tuple[str, str]]:
    """Check provenance and verdict beside the ZIP; the (name, SHA-256) of every file that they vouch for."""
    path = delivery.part(ATTESTATIONS)
    if path is None:
        return set()
    try:
        signed = read_signed(small(path), path.name, inside.key, notes)
    except ValueError as error:
        notes.take(Code.BESIDE_FORM.at(path.name, f"{error}."))
        return set()
    if signed is None:
        return set()
    kinds = sorted(statement.predicate_type for statement in signed.statements)
    if kinds != sorted((PROVENANCE, VERDICT)):
        notes.take(Code.BESIDE_FORM.at(path.name, "It is not one provenance and one verdict."))
        return set()
    for statement in signed.statements:
        digests = {resource.has("sha256") for resource in statement.subject}
        if inside.sha256 not in digests or statement.sources() != (inside.subject,):
            notes.take(Code.BESIDE_SUBJECT.at(path.name, f"It is {statement.predicate_type}."))
        if statement.predicate_type == VERDICT and not _agrees(statement, inside):
            notes.take(Code.BESIDE_CONTRADICTS.at(path.name))
    resources = [resource for statement in signed.statements for resource in statement.subject]
    return {(item.name, sha256) for item in resources if (sha256 := item.has("sha256"))}


def _agrees(statement: Statement, inside: Inside) -> bool:
    """Whether the verdict beside says what the sealed one says, and names it by its digest."""
    ours = statement.predicate.get(VERDICT_FIELD)
    inputs = statement.predicate.get("inputAttestations")
    named = {"uri": f"{EVIDENCE}/{layout.VERDICT}", "digest": {"sha256": inside.verdict_sha256}}
    said = (inside.verdict.is_rehearsal, "PASSED" if inside.verdict.is_pass else "FAILED")
    stranger = "PASSED" if inside.verdict.is_pass_for_strangers else "FAILED"
    return (
        isinstance(ours, dict)
        and (ours.get("rehearsal"), ours.get("result")) == said
        and statement.predicate.get("verificationResult") == stranger
        and inputs == [named]
    )
