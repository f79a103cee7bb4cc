"""The record of licences: written the same for the same content, and refused where it was touched."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from gateproof.errors import UnknownError
from gateproof.judge import licencetexts
from gateproof.release.supply.collecting import plain
from gateproof.release.supply.licences import Licences, digest_of, licensed, read, write, write_texts
from gateproof.release.supply.spdx import Declared

TEXT = "MIT License\n\nPermission is hereby granted …"


def record() -> Licences:
    shop, texts = licensed("shop", "1.0", Declared(expression="MIT"), [("LICENSE", TEXT)])
    cart, more = licensed("cart", "2", Declared(licence="Freeware"), [("COPYING", TEXT), ("NOTICE", "Ours.")])
    return Licences(packages=(shop, cart), texts=texts | more)


def test_what_is_written_is_read_back_the_same() -> None:
    text, texts = write(record()), write_texts(record())
    again = read(text, texts, "licences.json")

    assert (write(again), write_texts(again)) == (text, texts)
    assert [(one.name, one.licence) for one in again.packages] == [("cart", ""), ("shop", "MIT")]
    assert again.texts_of(again.packages[0]) == (TEXT, "Ours.")
    assert len(again.texts) == 2


def test_a_text_that_nobody_carries_is_left_out() -> None:
    whole = record()

    left = Licences(packages=whole.packages[:1], texts=whole.texts)

    assert digest_of("Ours.") not in write(left)
    assert list(licencetexts.unpack(write_texts(left))) == [digest_of(TEXT)]


def broken(**changes: Any) -> str:
    return json.dumps(json.loads(write(record())) | changes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a record"),
        ("[]", "not a record"),
        ("{}", "not a record"),
        (broken(packages=[{"name": "shop"}]), "not a record"),
        (broken(packages=json.loads(write(record()))["packages"] * 2), "a package twice"),
    ],
)
def test_a_record_that_was_touched_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnknownError, match=why):
        read(text, write_texts(record()), "licences.json")


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (None, "a text that is not there"),
        (licencetexts.pack({}), "a text that is not there"),
        (
            licencetexts.pack({digest_of(TEXT): "Do what you like", digest_of("Ours."): "Ours."}),
            "was changed",
        ),
        (b"", "cut short"),
        (b"texts", "cannot be unpacked"),
        (write_texts(record())[:-9], "cut short"),
        (write_texts(record()) + b"more", "goes on behind its end"),
        (zlib.compress(b"{}", wbits=31), "a text that is not there"),
        (zlib.compress(b"[]", wbits=31), "holds no texts"),
        (zlib.compress(b'{"a": [1]}', wbits=31), "holds no texts"),
        (zlib.compress(b"[" * 9999, wbits=31), "not a record"),
    ],
)
def test_texts_that_were_touched_are_refused(packed: bytes | None, why: str) -> None:
    with pytest.raises(UnknownError, match=why):
        read(write(record()), packed, "licences.json")


def test_texts_that_unpack_to_very_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licencetexts, "MOST", 100)
    with pytest.raises(UnknownError, match="too large"):
        read(write(record()), licencetexts.pack({digest_of(TEXT): TEXT * 99}), "licences.json")


def test_a_text_is_recorded_so_that_every_reader_sees_it_alike() -> None:
    assert plain(b"\xef\xbb\xbf\r\nA\tB \r\n\x0cC\xe2\x80\xae\xc2\xa0D\x1b[1m\n\n") == "A       B\n C D[1m"
    assert plain("© Café".encode("latin-1")) == "© Café"
