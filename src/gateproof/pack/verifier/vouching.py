"""Who vouches for the key that sealed a pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gateproof.errors import UnknownError, UsageError
from gateproof.evidence import layout, sshsig
from gateproof.evidence.keys import PublicKey
from gateproof.evidence.signers import AllowedSigner, Vouching, read_signers, vouch
from gateproof.evidence.subject import EVIDENCE
from gateproof.findings import Notes, printable
from gateproof.pack.verifier.codes import Code

_CODES = {
    Vouching.UNKNOWN_KEY: Code.UNKNOWN_KEY,
    Vouching.OTHER_NAMESPACE: Code.OTHER_NAMESPACE,
    Vouching.OTHER_TIME: Code.OTHER_TIME,
}


def load_signers(path: Path) -> tuple[AllowedSigner, ...]:
    """The buyer's own signers file. Raises UsageError for one that cannot be used, UnknownError for none."""
    try:
        return read_signers(path.read_bytes(), name=str(path))
    except OSError as error:
        raise UnknownError(f"The signers file {path} could not be read: {error.strerror}.") from None


def ask_signers(
    signers: Sequence[AllowedSigner], key: PublicKey, *, namespace: str, at: datetime, notes: Notes
) -> tuple[str, ...]:
    """The principals who vouch for `key`; none, with a finding, when no one does.

    `at` is the moment that the verdict or the tag states. A thief of a withdrawn key can state an earlier
    one: a validity span protects against honest mistakes, and against theft only together with a date from
    elsewhere.
    """
    answer, principals = vouch(signers, key, namespace=namespace, at=at)
    if answer is not Vouching.VOUCHED:
        notes.take(_CODES[answer].at("", f"Its fingerprint is {key.fingerprint}."))
    return tuple(printable(name) for name in principals)


def compare_own_signers(raw: bytes | None, key: PublicKey, *, at: datetime, notes: Notes) -> None:
    """Whether the pack's own `allowed_signers` names the key that sealed it, as the printed commands need."""
    path = f"{EVIDENCE}/{layout.SIGNERS}"
    if raw is None:
        return
    try:
        answer, _ = vouch(read_signers(raw, name=path), key, namespace=sshsig.FOR_PACKS, at=at)
    except UsageError as error:
        notes.take(Code.OWN_SIGNERS.at(path, str(error)))
        return
    if answer is not Vouching.VOUCHED:
        notes.take(Code.OWN_SIGNERS.at(path))
