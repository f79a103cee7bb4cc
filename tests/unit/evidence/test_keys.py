"""Keys as values: known names, and encodings that are read in one form only."""

from __future__ import annotations

import base64
import hashlib
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.keys import (
    ECDSA,
    ED25519,
    exact_base64,
    from_blob,
    public_key,
    read_string,
    signer_of,
    string,
)
from packs import make_signer

SIGNERS = {kind: make_signer(kind) for kind in ("ecdsa", "ed25519")}
# The same point in another form.
COMPRESSED = load_der_public_key(SIGNERS["ecdsa"].public.der).public_bytes(
    Encoding.X962, PublicFormat.CompressedPoint
)
KINDS = pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)


@KINDS
def test_a_key_signs_and_another_does_not(signer: object) -> None:
    assert isinstance(signer, type(SIGNERS["ecdsa"]))
    stranger = make_signer("ecdsa" if signer.public.kind == ECDSA else "ed25519")
    assert signer.public.verifies(signer.sign(b"x"), b"x")
    assert not signer.public.verifies(signer.sign(b"x"), b"y")
    assert not stranger.public.verifies(signer.sign(b"x"), b"x")
    assert signer.public.verifies_ssh(signer.sign_ssh(b"x"), b"x")
    assert not signer.public.verifies_ssh(signer.sign_ssh(b"x"), b"y")
    assert not stranger.public.verifies_ssh(signer.sign_ssh(b"x"), b"x")


@KINDS
def test_a_key_is_read_back_from_its_blob(signer: object) -> None:
    assert isinstance(signer, type(SIGNERS["ecdsa"]))
    assert from_blob(signer.public.blob) == signer.public
    kind, encoded = signer.public.line.split(" ")
    assert (kind, base64.b64decode(encoded)) == (signer.public.kind, signer.public.blob)


@KINDS
def test_both_names_are_digests_of_the_key(signer: object) -> None:
    assert isinstance(signer, type(SIGNERS["ecdsa"]))

    def name(raw: bytes) -> str:
        return "SHA256:" + base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")

    assert signer.public.fingerprint == name(signer.public.blob)
    assert signer.public.keyid == name(signer.public.der)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\0\0",
        string(b"ssh-rsa") + string(b"x"),
        string(ED25519.encode()) + string(b"short"),
        string(ED25519.encode()),
        SIGNERS["ed25519"].public.blob + b"\0",
        SIGNERS["ecdsa"].public.blob[:-1] + bytes([SIGNERS["ecdsa"].public.blob[-1] ^ 1]),
        string(ECDSA.encode()) + string(b"nistp384") + string(b"\4" + bytes(64)),
        string(ECDSA.encode()) + string(b"nistp256") + string(COMPRESSED),
    ],
    ids=count(1),
)
def test_what_is_no_key_that_is_taken_is_refused(blob: bytes) -> None:
    with pytest.raises(ValueError):
        from_blob(blob)


def test_other_kinds_of_key_are_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(ValueError, match="kind"):
        public_key(other.public_key())
    with pytest.raises(ValueError, match="kind"):
        signer_of(other, is_identity=True)
    with pytest.raises(ValueError, match="kind"):
        signer_of(rsa.generate_private_key(65537, 2048), is_identity=True)


def _with_body(change: object) -> bytes:
    assert callable(change)
    kind, rest = read_string(SIGNERS["ecdsa"].sign_ssh(b"x"))
    return string(kind) + string(change(read_string(rest)[0]))


def _longer_first_integer(body: bytes) -> bytes:
    r, rest = read_string(body)
    return string(b"\0\0" + r) + rest


@pytest.mark.parametrize(
    "change",
    [
        lambda signature: b"",
        lambda signature: signature[:-1],
        lambda signature: signature + b"\0",
        lambda signature: signature.replace(b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp257"),
        lambda signature: _with_body(lambda body: body + b"\0"),
        lambda signature: _with_body(_longer_first_integer),
        lambda signature: _with_body(lambda body: b"\0\0"),
    ],
)
def test_a_signature_in_another_form_is_no_signature(change: object) -> None:
    assert callable(change)
    signer = SIGNERS["ecdsa"]
    assert not signer.public.verifies_ssh(change(signer.sign_ssh(b"x")), b"x")


def test_integers_with_and_without_their_top_bit_are_written_properly() -> None:
    signer = SIGNERS["ecdsa"]
    for number in range(64):
        message = bytes([number])
        assert signer.public.verifies_ssh(signer.sign_ssh(message), message)


@given(st.binary(max_size=50), st.binary(max_size=20))
def test_strings_are_read_back(value: bytes, rest: bytes) -> None:
    assert read_string(string(value) + rest) == (value, rest)


@given(st.binary(max_size=40))
def test_base64_is_read_in_one_form(value: bytes) -> None:
    text = base64.b64encode(value)
    assert exact_base64(text) == value
    assert exact_base64(text.decode()) == value
    with pytest.raises(ValueError):
        exact_base64(text + b"\n")


@pytest.mark.parametrize("text", ["AB==", "A", "A===", "AA", "é", "AAAA=", "AA AA"])
def test_other_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        exact_base64(text)
