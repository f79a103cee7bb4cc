"""Keys as values: who signs, who is checked, and the names that a key goes by.

A key has two names in the world. OpenSSH prints a fingerprint over its own wire format (`ssh-keygen -l`);
a DSSE `keyid` here is the same form over the DER SubjectPublicKeyInfo, because that is what openssl,
cosign and securesystemslib hold. Both start with `SHA256:`; they never are equal.

Two kinds are taken: ECDSA over P-256 with SHA-256 (the default: cosign cannot use Ed25519) and Ed25519.
Only `cryptography` is used. PyPI's `sshsig` knows no ECDSA, takes any hash and ignores what follows a
signature;
securesystemslib would add a layer over the same `cryptography` for two lines of DSSE. Both serve as second
opinions in the tests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

ECDSA = "ecdsa-sha2-nistp256"
ED25519 = "ssh-ed25519"

Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicKey:
    """A key that signatures are checked with. Equal when the keys are equal."""

    kind: str
    """OpenSSH's name of its type."""
    blob: bytes
    """OpenSSH's wire format, as it stands in base64 in a `.pub` file."""
    der: bytes
    """DER SubjectPublicKeyInfo."""
    _key: Public = field(compare=False, repr=False)

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it; the name to publish."""
        return _name(self.blob)

    @property
    def keyid(self) -> str:
        """The name in a DSSE envelope: over the DER form."""
        return _name(self.der)

    @property
    def line(self) -> str:
        """Type and base64, as in a `.pub` or an `allowed_signers` file."""
        return f"{self.kind} {base64.b64encode(self.blob).decode('ascii')}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made `signature` (ECDSA in DER, or Ed25519's 64 bytes) over `message`."""
        try:
            if isinstance(self._key, ec.EllipticCurvePublicKey):
                self._key.verify(signature, message, ec.ECDSA(SHA256()))
            else:
                self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def verifies_ssh(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made `signature`, in SSH's wire format (RFC 5656, RFC 8709), over `message`."""
        try:
            kind, rest = read_string(signature)
            body, rest_of_all = read_string(rest)
            if kind != self.kind.encode("ascii") or rest_of_all:
                return False
            return self.verifies(body if self.kind == ED25519 else _der_of(body), message)
        except ValueError:
            return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """A private key that is ready to sign. It prints as its fingerprint and is never written anywhere."""

    public: PublicKey
    is_identity: bool
    """Whether a person chose this key; a key that gateproof made proves integrity, not identity."""
    remarks: tuple[str, ...] = ()
    """What could not be checked about its file, and why."""
    _key: Private = field(compare=False, repr=False)

    def sign(self, message: bytes) -> bytes:
        """ECDSA in DER, or Ed25519's 64 bytes."""
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(message, ec.ECDSA(SHA256()))
        return self._key.sign(message)

    def sign_ssh(self, message: bytes) -> bytes:
        """The same in SSH's wire format."""
        body = self.sign(message)
        if self.public.kind == ECDSA:
            r, s = decode_dss_signature(body)
            body = string(_mpint(r)) + string(_mpint(s))
        return string(self.public.kind.encode("ascii")) + string(body)


def public_key(key: object) -> PublicKey:
    """The value of a key that `cryptography` loaded. Raises ValueError for a kind that is not taken."""
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        kind = ECDSA
    elif isinstance(key, ed25519.Ed25519PublicKey):
        kind = ED25519
    else:
        raise ValueError(f"its kind is not taken; use {ECDSA} or {ED25519}")
    line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return PublicKey(
        kind=kind,
        blob=base64.b64decode(line.split(b" ")[1]),
        der=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        _key=key,
    )


def from_blob(blob: bytes) -> PublicKey:
    """The key in OpenSSH's wire format. Raises ValueError for no key, or a kind that is not taken."""
    kind, _ = read_string(blob)
    if kind not in (ECDSA.encode(), ED25519.encode()):
        raise ValueError(f"{kind[:40]!r} is not a kind that is taken; use {ECDSA} or {ED25519}")
    try:
        key = public_key(load_ssh_public_key(kind + b" " + base64.b64encode(blob)))
    except (ValueError, UnsupportedAlgorithm, NotImplementedError) as error:  # the last for compressed points
        raise ValueError(f"this is not an OpenSSH public key ({error})") from None
    if key.blob != blob:  # pragma: no cover - cryptography refuses these itself, for now
        raise ValueError("this key is not written in its one proper form")
    return key


def signer_of(key: object, *, is_identity: bool, remarks: tuple[str, ...] = ()) -> Signer:
    """A signer from a key that `cryptography` loaded. Raises ValueError for a kind that is not taken."""
    if not isinstance(key, Private):
        raise ValueError(f"its kind is not taken; use {ECDSA} or {ED25519}")
    return Signer(public=public_key(key.public_key()), is_identity=is_identity, remarks=remarks, _key=key)


def string(value: bytes) -> bytes:
    """SSH's `string` (RFC 4251): four bytes of length, then the bytes."""
    return len(value).to_bytes(4, "big") + value


def read_string(value: bytes) -> tuple[bytes, bytes]:
    """The first `string` and what follows it. Raises ValueError when it is cut short."""
    end = 4 + int.from_bytes(value[:4], "big")
    if len(value) < max(end, 4):
        raise ValueError("it is cut short")
    return value[4:end], value[end:]


def exact_base64(text: str | bytes) -> bytes:
    """Decode base64 that is written in its one proper form. Raises ValueError for any other."""
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("it is not base64") from None
    # Unused bits at the end decode to the same bytes: such a change must not go unseen.
    if base64.b64encode(value) != (text if isinstance(text, bytes) else text.encode("ascii")):
        raise ValueError("its base64 is not in the one proper form")
    return value


def _name(value: bytes) -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(value).digest()).decode("ascii").rstrip("=")


def _mpint(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _der_of(body: bytes) -> bytes:
    """DER from SSH's two integers. Raises ValueError unless they are written in their one proper form."""
    r, rest = read_string(body)
    s, rest = read_string(rest)
    numbers = int.from_bytes(r, "big"), int.from_bytes(s, "big")
    if rest or (_mpint(numbers[0]), _mpint(numbers[1])) != (r, s):
        raise ValueError("the signature's integers are not in their one proper form")
    return encode_dss_signature(*numbers)
