"""SSH signatures: bound to message and namespace, and read in OpenSSH's own form only."""

from __future__ import annotations

import base64
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.keys import string
from gateproof.evidence.sshsig import BEGIN, END, read, sign
from packs import make_signer

SIGNER = make_signer()
GOOD = sign([b"hello"], SIGNER, namespace="gateproof")
BLOB = base64.b64decode(b"".join(GOOD.split(b"\n")[1:-2]))


def armor(blob: bytes, width: int = 70) -> bytes:
    text = base64.b64encode(blob)
    return b"\n".join((BEGIN, *(text[i : i + width] for i in range(0, len(text), width)), END, b""))


def blob(
    *, head: bytes = b"SSHSIG\0\0\0\1", reserved: bytes = b"", algorithm: bytes = b"sha512", rest: bytes = b""
) -> bytes:
    fields = (SIGNER.public.blob, b"gateproof", reserved, algorithm, SIGNER.sign_ssh(b"x"))
    return head + b"".join(map(string, fields)) + rest


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_a_signature_holds_for_its_message_and_its_namespace(kind: str) -> None:
    signature = read(sign([b"hel", b"lo"], make_signer(kind), namespace="gateproof"))
    assert signature.verifies([b"hello"], namespace="gateproof")
    assert not signature.verifies([b"hello!"], namespace="gateproof")
    assert not signature.verifies([b"hello"], namespace="git")
    relabelled = type(signature)(key=signature.key, namespace="git", signature=signature.signature)
    assert not relabelled.verifies([b"hello"], namespace="git")


def test_it_is_written_in_openssh_form() -> None:
    assert armor(BLOB) == GOOD
    assert read(GOOD).key == SIGNER.public


@pytest.mark.parametrize(
    ("armored", "why"),
    [
        (b"", "not an armored"),
        (GOOD + b"\n", "not an armored"),
        (b"\n" + GOOD, "not an armored"),
        (GOOD.rstrip(b"\n"), "not an armored"),
        (GOOD.replace(b"\n", b"\r\n"), "not an armored"),
        (BEGIN + b"\n" + b"A" * 9000 + b"\n" + END + b"\n", "not an armored"),
        (armor(BLOB, 64), "not broken as OpenSSH"),
        (armor(b""), "version 1"),
        (GOOD.replace(b"U1NI", b"!!!!"), "base64"),
        (armor(blob(head=b"SSHSIG\0\0\0\2")), "version 1"),
        (armor(blob(head=b"SSHSIX\0\0\0\1")), "version 1"),
        (armor(blob(algorithm=b"sha256")), "SHA-512"),
        (armor(blob(algorithm=b"md5")), "SHA-512"),
        (armor(blob(reserved=b"x")), "more than a signature"),
        (armor(blob(rest=b"x")), "more than a signature"),
        (armor(BLOB[:-1]), "cut short"),
        (armor(BLOB.replace(b"ecdsa", b"ecdsb", 1)), "not a kind"),
    ],
    ids=count(1),
)
def test_any_other_form_is_refused(armored: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(armored)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_byte_of_it_can_change_unseen(at: int, change: int) -> None:
    changed = GOOD[:at] + bytes([GOOD[at] ^ change]) + GOOD[at + 1 :]
    try:
        signature = read(changed)
    except ValueError:
        return
    assert not signature.verifies([b"hello"], namespace="gateproof")


@given(st.binary(max_size=100))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for armored in (raw, armor(raw), armor(b"SSHSIG\0\0\0\1" + raw)):
        with pytest.raises(ValueError):
            read(armored)
