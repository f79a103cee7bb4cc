"""SSH signatures over files, as `ssh-keygen -Y sign` makes them and `ssh-keygen -Y verify` reads them.

Follows OpenSSH's PROTOCOL.sshsig, version 1, with SHA-512 over the message.
A signature is read only in the exact form in which OpenSSH writes it, so no byte of it can change unseen.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from gateproof.evidence.keys import PublicKey, Signer, exact_base64, from_blob, read_string, string

FOR_PACKS = "gateproof"
"""The namespace in which SHA256SUMS is signed."""
FOR_GIT = "git"
"""The namespace that git gives to tags and commits."""

BEGIN = b"-----BEGIN SSH SIGNATURE-----"
END = b"-----END SSH SIGNATURE-----"
MAX = 8192
"""Bytes of an armored signature: more than any key's takes."""
_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_HASH = b"sha512"
_WIDTH = 70


@dataclass(frozen=True, kw_only=True, slots=True)
class SshSignature:
    """A signature that was read; nothing about it is verified yet."""

    key: PublicKey
    namespace: str
    signature: bytes

    def verifies(self, message: Iterable[bytes], *, namespace: str) -> bool:
        """Whether its own key made it over `message` in `namespace`; who holds it is another question."""
        if self.namespace != namespace:
            return False
        return self.key.verifies_ssh(self.signature, _signed(message, namespace))


def sign(message: Iterable[bytes], signer: Signer, *, namespace: str) -> bytes:
    """An armored signature over the blocks of `message`."""
    blob = b"".join(
        (
            _MAGIC,
            _VERSION,
            string(signer.public.blob),
            string(namespace.encode("ascii")),
            string(b""),
            string(_HASH),
            string(signer.sign_ssh(_signed(message, namespace))),
        )
    )
    return _armor(blob)


def read(armored: bytes) -> SshSignature:
    """Read an armored signature. Raises ValueError, with a sentence, for anything but OpenSSH's own form."""
    lines = armored.split(b"\n")
    if len(armored) > MAX or lines[0] != BEGIN or lines[-2:] != [END, b""]:
        raise ValueError("it is not an armored SSH signature")
    blob = exact_base64(b"".join(lines[1:-2]))
    if _armor(blob) != armored:
        raise ValueError("its lines are not broken as OpenSSH breaks them")
    if not blob.startswith(_MAGIC + _VERSION):
        raise ValueError("it is not an SSH signature of version 1")
    key, rest = read_string(blob[len(_MAGIC + _VERSION) :])
    namespace, rest = read_string(rest)
    reserved, rest = read_string(rest)
    algorithm, rest = read_string(rest)
    signature, rest = read_string(rest)
    if algorithm != _HASH:
        raise ValueError("its hash is not SHA-512")
    if reserved or rest:
        raise ValueError("it holds more than a signature")
    return SshSignature(
        key=from_blob(key), namespace=namespace.decode("ascii", "backslashreplace"), signature=signature
    )


def _signed(message: Iterable[bytes], namespace: str) -> bytes:
    digest = hashlib.sha512()
    for block in message:
        digest.update(block)
    fields = (namespace.encode("ascii"), b"", _HASH, digest.digest())
    return _MAGIC + b"".join(string(field) for field in fields)


def _armor(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]
    return b"\n".join((BEGIN, *lines, END, b""))
