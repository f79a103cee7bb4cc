"""What lies beside a ZIP, because a ZIP cannot say it of itself: its digest and its attestations."""

from __future__ import annotations

from collections.abc import Iterator

from gateproof.evidence import layout
from gateproof.evidence.statement import PROVENANCE, VERDICT, VERDICT_FIELD, Statement
from gateproof.evidence.subject import EVIDENCE
from gateproof.findings import Notes
from gateproof.pack.verifier.attestations import read_signed
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.delivery import ATTESTATIONS, CHECKSUM, TAG, Delivery, sha256_of, small
from gateproof.pack.verifier.inside import Inside
from gateproof.pack.verifier.result import Form


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
        there = {path.name for path in (delivery.zip, *delivery.beside)}
        for name in sorted({name for name, _ in vouched} - there - {layout.SIGNERS}):
            notes.take(Code.INCOMPLETE.at(name))
        for path in delivery.others():
            if not path.is_file() or (path.name, sha256_of(path)) not in vouched:
                notes.take(Code.UNEXPLAINED.at(path.name))
    for path in delivery.beside:
        if path not in delivery.others() and path.name.endswith("-delivery.zip"):
            yield f"{path.name} lies in the same folder and was not looked at; verify it by itself."


def _check_checksum(delivery: Delivery, inside: Inside, notes: Notes) -> None:
    path = delivery.part(CHECKSUM)
    if path is None:
        return
    try:
        # Compared as a whole: `sha256sum -c` must read it too, and no other byte has a place in it.
        if small(path) != f"{inside.sha256}  {delivery.zip.name}\n".encode():
            notes.take(Code.CHECKSUM.at(path.name))
    except ValueError as error:
        notes.take(Code.CHECKSUM.at(path.name, f"{error}."))


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
    vouched = {(item.name, sha256) for item in resources if (sha256 := item.has("sha256"))}
    # A copy of the sealed signers file, for convenience.
    return vouched | {(layout.SIGNERS, inside.sha256_of(layout.SIGNERS))}


def _agrees(statement: Statement, inside: Inside) -> bool:
    """Whether the verdict beside says what the sealed one says, and names it by its digest."""
    ours = statement.predicate.get(VERDICT_FIELD)
    inputs = statement.predicate.get("inputAttestations")
    named = {"uri": f"{EVIDENCE}/{layout.VERDICT}", "digest": {"sha256": inside.sha256_of(layout.VERDICT)}}
    said = (inside.verdict.is_rehearsal, "PASSED" if inside.verdict.is_pass else "FAILED")
    stranger = "PASSED" if inside.verdict.is_pass_for_strangers else "FAILED"
    return (
        isinstance(ours, dict)
        and (ours.get("rehearsal"), ours.get("result")) == said
        and statement.predicate.get("verificationResult") == stranger
        and inputs == [named]
    )
