"""Envelopes: signed over the exact payload, and read in one form only."""

from __future__ import annotations

import base64
import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.envelope import MAX_LINE, PAYLOAD_TYPE, Envelope, pae, read, read_lines, seal
from gateproof.evidence.statement import encode
from packs import make_signer

SIGNER, STRANGER = make_signer(), make_signer("ed25519")


def test_the_encoding_is_the_one_of_the_dsse_specification() -> None:
    # From the protocol's own test vectors.
    assert pae(b"hello world", "http://example.com/HelloWorld") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.binary(max_size=200))
def test_what_is_sealed_is_read_back_the_same(payload: bytes) -> None:
    item = seal(payload, SIGNER)
    assert read(item.encode()) == item
    assert item.payload == payload
    assert item.verifies(SIGNER.public)
    assert not item.verifies(STRANGER.public)


@given(st.binary(max_size=80), st.text(max_size=20), st.binary(max_size=80))
def test_any_envelope_is_read_back_the_same(payload: bytes, keyid: str, signature: bytes) -> None:
    item = Envelope(payload=payload, keyid=keyid or "x", signature=signature)
    try:
        assert read(item.encode()) == item
    except UnicodeEncodeError:
        return


@pytest.mark.parametrize("signer", [SIGNER, STRANGER])
def test_a_changed_payload_is_not_signed(signer: Any) -> None:
    item = seal(b'{"result":"FAILED"}', signer)
    changed = Envelope(payload=b'{"result":"PASSED"}', keyid=item.keyid, signature=item.signature)
    assert not changed.verifies(signer.public)


def test_the_keyid_is_over_the_der_form_of_the_key() -> None:
    assert seal(b"", SIGNER).keyid == SIGNER.public.keyid
    assert SIGNER.public.keyid != SIGNER.public.fingerprint


def parts(**changes: Any) -> bytes:
    whole = json.loads(seal(b"{}", SIGNER).encode())
    whole.update(changes)
    return encode(whole)


GOOD = json.loads(seal(b"{}", SIGNER).encode())
SIGNATURE = GOOD["signatures"][0]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "JSON"),
        (b"[]", "not a JSON object"),
        (parts(payloadType="text/plain"), "payload is not"),
        (parts(payload=1), "base64"),
        (parts(payload="é"), "base64"),
        (parts(payload="e30"), "base64"),
        (parts(payload="e31="), "one proper form"),
        (parts(signatures=[]), "exactly one signature"),
        (parts(signatures=[SIGNATURE, SIGNATURE]), "exactly one signature"),
        (parts(signatures=["x"]), "exactly one signature"),
        (parts(signatures={}), "exactly one signature"),
        (parts(signatures=[{"sig": SIGNATURE["sig"]}]), "no keyid"),
        (parts(signatures=[{"sig": SIGNATURE["sig"], "keyid": ""}]), "no keyid"),
        (parts(signatures=[{"keyid": "x"}]), "base64"),
        (parts(more=1), "one form"),
        (json.dumps(GOOD).encode(), "one form"),
        (seal(b"{}", SIGNER).encode() + b" ", "one form"),
        (b'{"payload":"' + b"A" * MAX_LINE + b'"}', "more than"),
    ],
    ids=count(1),
)
def test_any_other_form_is_refused(line: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(line)


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with pytest.raises(ValueError):
        read_lines(raw)


def test_a_file_holds_one_envelope_a_line() -> None:
    items = tuple(seal(payload, SIGNER) for payload in (b"1", b"2"))
    assert read_lines(b"".join(item.encode() + b"\n" for item in items)) == items


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no envelope"),
        (b"\n", "line 1"),
        (seal(b"1", SIGNER).encode(), "no end"),
        (seal(b"1", SIGNER).encode() + b"\n\n", "line 2"),
        (seal(b"1", SIGNER).encode() + b"\r\n", "line 1"),
    ],
    ids=count(1),
)
def test_a_file_with_anything_else_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_lines(raw)


def test_the_payload_type_is_in_totos() -> None:
    assert GOOD["payloadType"] == PAYLOAD_TYPE == "application/vnd.in-toto+json"
    assert base64.b64decode(GOOD["payload"]) == b"{}"
