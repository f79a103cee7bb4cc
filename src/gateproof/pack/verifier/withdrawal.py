"""A withdrawal beside the ZIP: the seller's own signed word that the release is not to be used any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateproof.evidence import envelope, sshsig
from gateproof.evidence.keys import PublicKey, from_blob
from gateproof.evidence.signers import AllowedSigner
from gateproof.evidence.withdrawals import Withdrawal, read_withdrawal
from gateproof.findings import Notes
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.delivery import WITHDRAWAL, Delivery, small
from gateproof.pack.verifier.inside import Inside


def check_withdrawal(
    delivery: Delivery, inside: Inside, signers: Sequence[AllowedSigner] | None, notes: Notes
) -> None:
    """A finding for a withdrawal: that there is one, or that there is something which only looks like one.

    The key that sealed the pack may withdraw it at any time, also after its span: saying no needs no trust. Any
    key that the buyer's signers file has for packs may too, because the first one may be lost.
    """
    path = delivery.part(WITHDRAWAL)
    if path is None:
        return
    try:
        withdrawal = _signed(small(path), [inside.key, *_keys(signers or ())])
    except ValueError as error:
        notes.take(Code.WITHDRAWAL_FORM.at(path.name, f"{error}."))
        return
    if withdrawal.zip_sha256 != inside.sha256:
        notes.take(Code.WITHDRAWAL_FORM.at(path.name, "It is about another ZIP."))
        return
    said = f"On {withdrawal.withdrawn_at:%Y-%m-%d}, {withdrawal.tag}: {withdrawal.why}"
    notes.take(Code.WITHDRAWN.at(path.name, said))


def _signed(raw: bytes, keys: Sequence[PublicKey]) -> Withdrawal:
    lines = envelope.read_lines(raw)
    if len(lines) != 1:
        raise ValueError("it holds more than one envelope")
    if not any(lines[0].verifies(key) for key in keys):
        raise ValueError("no key that is known here signed it")
    return read_withdrawal(lines[0].payload)


def _keys(signers: Sequence[AllowedSigner]) -> Iterator[PublicKey]:
    for signer in signers:
        if signer.is_for(sshsig.FOR_PACKS):
            try:
                yield from_blob(signer.blob)
            except ValueError:
                continue  # A kind of key with which gateproof never signs.
