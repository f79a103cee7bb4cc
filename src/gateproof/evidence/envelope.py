"""Envelopes: DSSE v1, the signed wrapper around the exact bytes of a statement.

The signature is over the pre-authentication encoding (PAE) of the payload's type and bytes.
What was signed is kept and never serialised again.
The wrapper itself is read only in the one form in which it is written, so that nothing can hide in its
margins.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from gateproof.evidence.keys import PublicKey, Signer, exact_base64
from gateproof.evidence.statement import MAX_SIZE, decode, encode

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_LINE = MAX_SIZE * 4 // 3 + 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """A payload with one signature. That it could be read says nothing of who signed it."""

    payload: bytes
    keyid: str
    signature: bytes

    def encode(self) -> bytes:
        """One line of JSON without its line end."""
        return encode(
            {
                "payload": base64.b64encode(self.payload).decode("ascii"),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [
                    {"keyid": self.keyid, "sig": base64.b64encode(self.signature).decode("ascii")}
                ],
            }
        )

    def verifies(self, key: PublicKey) -> bool:
        """Whether `key` signed exactly this payload. The `keyid` is a hint and plays no part."""
        return key.verifies(self.signature, pae(self.payload))


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """DSSE's pre-authentication encoding: what is really signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, signer: Signer) -> Envelope:
    """Sign a payload. Always with a keyid: securesystemslib cannot read an envelope without one."""
    return Envelope(payload=payload, keyid=signer.public.keyid, signature=signer.sign(pae(payload)))


def read(line: bytes) -> Envelope:
    """Read one envelope strictly.

    Raises ValueError, with a sentence, for any form but the one that `encode` writes.
    """
    value = decode(line, limit=MAX_LINE)
    if value.get("payloadType") != PAYLOAD_TYPE:
        raise ValueError(f"its payload is not {PAYLOAD_TYPE}")
    signatures = value.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise ValueError("it does not have exactly one signature")
    keyid = signatures[0].get("keyid")
    if not isinstance(keyid, str) or not keyid:
        raise ValueError("its signature has no keyid")
    envelope = Envelope(
        payload=_bytes(value.get("payload")), keyid=keyid, signature=_bytes(signatures[0].get("sig"))
    )
    if envelope.encode() != line:
        raise ValueError("it is not written in the one form that gateproof writes")
    return envelope


def read_lines(raw: bytes) -> tuple[Envelope, ...]:
    """The envelopes of a `.intoto.jsonl` file, one a line.

    Raises ValueError, naming the line; also for a file without any.
    """
    lines = raw.split(b"\n")
    if lines.pop() != b"" or not lines:
        raise ValueError("it holds no envelope, or its last line has no end")
    envelopes = []
    for number, line in enumerate(lines, 1):
        try:
            envelopes.append(read(line))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    return tuple(envelopes)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or not value.isascii():
        raise ValueError("its payload or signature is not base64")
    return exact_base64(value)
