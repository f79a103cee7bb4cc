"""The buyer's question: may I rely on this delivery?

It needs the delivery and one public key. It asks no git and no network, executes nothing, reads in blocks,
and believes nothing that it can recompute. It shares no code with what wrote the delivery but the formats.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gateproof.evidence import layout, sshsig
from gateproof.evidence.attempts import Leg, waived
from gateproof.evidence.keys import PublicKey
from gateproof.evidence.signers import AllowedSigner
from gateproof.evidence.subject import EVIDENCE
from gateproof.findings import Notes, printable
from gateproof.pack.verifier import vouching
from gateproof.pack.verifier.attestations import (
    Record,
    SealedVerdict,
    compare_kept_files,
    compare_subjects,
    compare_verdict,
    read_record,
    read_signed,
    read_verdict,
)
from gateproof.pack.verifier.beside import check_parts
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.contents import Pack, compare_sums, read_files, read_seal, read_subject
from gateproof.pack.verifier.delivery import Delivery, opened, sha256_of
from gateproof.pack.verifier.inside import Inside
from gateproof.pack.verifier.pins import Audit, audits, check_pins
from gateproof.pack.verifier.result import Answer, Facts, Form, GateFact, Verification
from gateproof.pack.verifier.tags import check_earlier_tags, check_tag
from gateproof.pack.verifier.withdrawal import check_withdrawal
from gateproof.pack.zipreader import open_zip

__all__ = ["Answer", "Code", "Facts", "Form", "GateFact", "Verification", "verify"]

PATIENCE = timedelta(minutes=10)
"""How far two honest clocks may differ."""


def verify(
    path: Path, signers: Path | None, *, now: datetime, accept_rehearsal: bool = False
) -> Verification:
    """Verify the delivery at `path`: a ZIP, a folder, or the outer ZIP of a delivery.

    `signers` is the buyer's own `allowed_signers` file; without one the answer can be UNVOUCHED at best.
    A rehearsal is answered as a rehearsal, always; `accept_rehearsal` only lets it end in exit code 0.

    Raises UnknownError when something cannot be read, UsageError for an unusable signers file or a folder
    with several ZIPs, NothingRanError for a folder with none. Everything else that is wrong is a finding.
    """
    allowed = vouching.load_signers(signers) if signers else None
    notes = Notes()
    with opened(path, notes) as delivery:
        if delivery is None:
            facts, remarks = Facts(form=Form.OUTER, zip_name=path.name), ["Nothing inside was looked at."]
        else:
            facts, remarks = _Verifier(delivery, allowed, now, notes).run()
    if allowed is None:
        remarks.append(
            "No signers file was given, so no one vouches for the key: what was sealed is unchanged or not, "
            "but not who sealed it."
        )
    findings = notes.findings()
    return Verification(
        path=path,
        answer=_answer(bool(findings), facts, allowed),
        findings=findings,
        facts=facts,
        notes=tuple(remarks),
        accepts_rehearsal=accept_rehearsal,
    )


def _answer(has_findings: bool, facts: Facts, allowed: tuple[AllowedSigner, ...] | None) -> Answer:
    if has_findings:
        return Answer.REFUSED
    if facts.is_rehearsal:
        return Answer.REHEARSAL
    return Answer.UNVOUCHED if allowed is None else Answer.VERIFIED


class _Verifier:
    """One delivery being verified: facts and remarks gather here, findings in `notes`."""

    def __init__(
        self, delivery: Delivery, allowed: tuple[AllowedSigner, ...] | None, now: datetime, notes: Notes
    ) -> None:
        self._delivery = delivery
        self._allowed = allowed
        self._now = now
        self._notes = notes
        self._facts = Facts(form=delivery.form, zip_name=delivery.zip.name)
        self._remarks: list[str] = []
        self._audits: list[Audit] = []

    def run(self) -> tuple[Facts, list[str]]:
        """Look at everything that can be looked at."""
        with open_zip(self._delivery.zip) as opened_zip:
            comment = opened_zip.comment.decode("ascii", "backslashreplace")
            self._know(zip_sha256=sha256_of(self._delivery.zip), commit_comment=comment or None)
            for finding in opened_zip.findings:
                self._notes.take(finding)
            if opened_zip.findings:
                # Two programs may see two different contents in it; nothing said about one would hold.
                self._remarks.append("The ZIP is not sound, so nothing inside it was looked at.")
            else:
                self._look_inside(Pack.of(opened_zip, self._notes), comment)
        return self._facts, self._remarks

    def _look_inside(self, pack: Pack, comment: str) -> None:
        for name in layout.REQUIRED:
            if f"{EVIDENCE}/{name}" not in pack.entries and name not in (layout.SUMS, layout.SUMS_SIGNATURE):
                self._notes.take(Code.NOT_SEALED.at(f"{EVIDENCE}/{name}"))
        files = read_files(pack)
        evidence = sum(file.path.startswith(f"{EVIDENCE}/") for file in files)
        subject = read_subject(pack, files)
        sums, key = read_seal(pack)
        self._know(files=len(files), evidence_files=evidence, subject=subject)
        if sums is not None:
            compare_sums(pack, files, sums)
        if key is None:
            self._remarks.append("There is no key to check the statements with, so they were not looked at.")
            return
        self._know(fingerprint=key.fingerprint, keyid=key.keyid, signatures=1)
        verdict = self._verdict(pack, key)
        records = self._records(pack, key)
        compare_kept_files(records, files, self._notes)
        check_pins(pack, files, self._audits)
        check_earlier_tags(pack, self._allowed, self._notes)
        if subject:
            compare_subjects(subject, verdict, records, self._notes)
        if verdict is None:
            return
        self._know_gates(compare_verdict(verdict, records, files, self._notes))
        self._vouch(pack, key, verdict)
        if subject:
            sha256 = self._facts.zip_sha256 or ""
            self._look_beside(
                Inside(sha256=sha256, comment=comment, files=files, subject=subject, key=key, verdict=verdict)
            )

    def _verdict(self, pack: Pack, key: PublicKey) -> SealedVerdict | None:
        path = f"{EVIDENCE}/{layout.VERDICT}"
        raw = pack.read(layout.VERDICT) if path in pack.entries else None
        signed = read_signed(raw, path, key, self._notes) if raw is not None else None
        verdict = read_verdict(signed, path, self._notes) if signed else None
        if signed and verdict:
            self._know(
                product=printable(verdict.product),
                version=printable(verdict.version),
                sealed_at=verdict.sealed_at,
                is_rehearsal=verdict.is_rehearsal,
                signatures=self._facts.signatures + len(signed.statements),
            )
            if verdict.key != key.fingerprint:
                self._notes.take(Code.VERDICT_CONTRADICTS.at(path, "It names another key."))
            if verdict.sealed_at > self._now + PATIENCE:
                self._notes.take(Code.FUTURE.at(path, f"It says {verdict.sealed_at:%Y-%m-%d %H:%M} UTC."))
        return verdict

    def _records(self, pack: Pack, key: PublicKey) -> tuple[Record, ...]:
        records = []
        for inside in sorted(pack.evidence()):
            if layout.kind_of(inside) is not layout.Kind.STATEMENTS or (raw := pack.read(inside)) is None:
                continue
            signed = read_signed(raw, f"{EVIDENCE}/{inside}", key, self._notes)
            if signed:
                records.append(read_record(signed, inside, self._notes))
                self._audits.extend(audits(signed.statements))
        statements = sum(record.statements for record in records)
        self._know(
            records=len(records), statements=statements, signatures=self._facts.signatures + statements
        )
        return tuple(records)

    def _vouch(self, pack: Pack, key: PublicKey, verdict: SealedVerdict) -> None:
        own = pack.read(layout.SIGNERS) if f"{EVIDENCE}/{layout.SIGNERS}" in pack.entries else None
        vouching.compare_own_signers(own, key, at=verdict.sealed_at, notes=self._notes)
        if self._allowed is not None:
            principals = vouching.ask_signers(
                self._allowed, key, namespace=sshsig.FOR_PACKS, at=verdict.sealed_at, notes=self._notes
            )
            self._know(principals=principals)

    def _look_beside(self, inside: Inside) -> None:
        self._remarks.extend(check_parts(self._delivery, inside, self._notes))
        check_withdrawal(self._delivery, inside, self._allowed, self._notes)
        self._know(tag=check_tag(self._delivery, inside, self._allowed, self._notes))

    def _know_gates(self, legs: tuple[Leg, ...]) -> None:
        self._remarks.extend(waived(legs))
        self._know(
            gates=tuple(
                GateFact(
                    gate=leg.gate,
                    leg=leg.leg,
                    state=str(leg.state),
                    looked_at=leg.deciding.looked_at,
                    unit=printable(leg.deciding.unit),
                    attempts=len(leg.attempts),
                    is_flaky=leg.is_flaky,
                )
                for leg in legs
            )
        )

    def _know(self, **facts: object) -> None:
        self._facts = replace(self._facts, **facts)  # type: ignore[arg-type]
