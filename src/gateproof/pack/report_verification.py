"""A verification in words: plain lines for a person, a mapping for a program."""

from __future__ import annotations

from collections.abc import Iterator

from gateproof import findings
from gateproof.evidence.statement import utc_text
from gateproof.findings import printable
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.result import Answer, Verification

REMEDIES = {code.code: code.remedy for code in (*findings.Code, *Code)}
SENTENCES = {
    Answer.VERIFIED: "Verified: a whole release, sealed by a key that your signers file vouches for.",
    Answer.REFUSED: "Refused: do not rely on this delivery.",
    Answer.REHEARSAL: "This is a rehearsal, not a release. It is whole, and must not be taken for more.",
    Answer.UNVOUCHED: "Whole, but no one vouches for the key, so it is not known who made it.",
}


def lines(verification: Verification) -> Iterator[str]:
    """The report for a person, a line each, safe to print on any terminal."""
    facts = verification.facts
    yield f"{verification.answer}  {printable(facts.zip_name)}"
    yield SENTENCES[verification.answer]
    for finding in verification.findings:
        yield ""
        yield f"{finding.code} {finding.path}".rstrip()
        yield f"  {finding.sentence}"
        yield f"  {REMEDIES[finding.code]}"
    yield ""
    yield from (f"{name}: {value}" for name, value in _facts(verification) if value)
    for gate in facts.gates:
        flaky = f", {gate.attempts} attempts that disagree" if gate.is_flaky else ""
        yield f"gate {gate.gate} on {gate.leg}: {gate.state}, {gate.looked_at:,} {gate.unit}{flaky}"
    for note in verification.notes:
        yield f"note: {printable(note)}"


def as_mapping(verification: Verification) -> dict[str, object]:
    """The same for a program; only values that JSON has."""
    facts = verification.facts
    return {
        "answer": str(verification.answer),
        "sentence": SENTENCES[verification.answer],
        "exitCode": verification.exit_code,
        "path": verification.path.as_posix(),
        "findings": [
            {"code": f.code, "path": f.path, "sentence": f.sentence, "remedy": REMEDIES[f.code]}
            for f in verification.findings
        ],
        "notes": list(verification.notes),
        "form": str(facts.form),
        "zip": {"name": facts.zip_name, "sha256": facts.zip_sha256, "comment": facts.commit_comment},
        "subject": {"gitTree": facts.subject.git_tree, "dirHash": facts.subject.dir_hash}
        if facts.subject
        else None,
        "product": facts.product,
        "version": facts.version,
        "tag": facts.tag,
        "sealedAt": utc_text(facts.sealed_at) if facts.sealed_at else None,
        "rehearsal": facts.is_rehearsal,
        "key": {"fingerprint": facts.fingerprint, "keyid": facts.keyid, "principals": list(facts.principals)},
        "gates": [
            {
                "gate": gate.gate,
                "leg": gate.leg,
                "state": gate.state,
                "lookedAt": gate.looked_at,
                "unit": gate.unit,
                "attempts": gate.attempts,
                "flaky": gate.is_flaky,
            }
            for gate in facts.gates
        ],
        "checked": {
            "files": facts.files,
            "evidenceFiles": facts.evidence_files,
            "records": facts.records,
            "statements": facts.statements,
            "signatures": facts.signatures,
        },
    }


def _facts(verification: Verification) -> Iterator[tuple[str, str]]:
    facts = verification.facts
    yield "product", f"{facts.product} {facts.version}".strip()
    yield "tag", printable(facts.tag or "")
    yield "zip sha256", facts.zip_sha256 or ""
    yield "source gitTree", facts.subject.git_tree if facts.subject else ""
    yield "source dirHash", facts.subject.dir_hash if facts.subject else ""
    yield "key", facts.fingerprint or ""
    yield "vouched for by", ", ".join(facts.principals)
    yield "sealed at", f"{utc_text(facts.sealed_at)} (the signer's own clock)" if facts.sealed_at else ""
    seen = f"{facts.files:,} files, {facts.evidence_files:,} of them evidence; {facts.records:,} records"
    yield "checked", f"{seen}, {facts.statements:,} statements, {facts.signatures:,} signatures"
