"""The record of licences: written the same for the same content, and refused where it was touched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateproof.errors import UnknownError
from gateproof.release.supply.collecting import plain
from gateproof.release.supply.licences import Licences, digest_of, licensed, read, write
from gateproof.release.supply.spdx import Declared

TEXT = "MIT License\n\nPermission is hereby granted …"


def record() -> Licences:
    shop, texts = licensed("shop", "1.0", Declared(expression="MIT"), [("LICENSE", TEXT)])
    cart, more = licensed("cart", "2", Declared(licence="Freeware"), [("COPYING", TEXT), ("NOTICE", "Ours.")])
    return Licences(packages=(shop, cart), texts=texts | more)


def test_what_is_written_is_read_back_the_same() -> None:
    text = write(record())
    again = read(text, "licences.json")

    assert write(again) == text
    assert [(one.name, one.licence) for one in again.packages] == [("cart", ""), ("shop", "MIT")]
    assert again.texts_of(again.packages[0]) == (TEXT, "Ours.")
    assert len(again.texts) == 2


def test_a_text_that_nobody_carries_is_left_out() -> None:
    whole = record()

    assert digest_of("Ours.") not in write(Licences(packages=whole.packages[:1], texts=whole.texts))


def broken(**changes: Any) -> str:
    return json.dumps(json.loads(write(record())) | changes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a record"),
        ("[]", "not a record"),
        ("{}", "not a record"),
        (broken(texts={}), "a text that is not there"),
        (broken(texts={digest_of(TEXT): ["Do what you like"], digest_of("Ours."): ["Ours."]}), "was changed"),
        (broken(packages=[{"name": "shop"}]), "not a record"),
        (broken(packages=json.loads(write(record()))["packages"] * 2), "a package twice"),
    ],
)
def test_a_record_that_was_touched_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnknownError, match=why):
        read(text, "licences.json")


def test_a_text_is_recorded_so_that_every_reader_sees_it_alike() -> None:
    assert plain(b"\xef\xbb\xbf\r\nA\tB \r\n\x0cC\xe2\x80\xae\xc2\xa0D\x1b[1m\n\n") == "A       B\n C D[1m"
    assert plain("© Café".encode("latin-1")) == "© Café"
