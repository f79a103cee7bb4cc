"""Licence texts are packed, and what is no such file, or too large, is refused."""

from __future__ import annotations

import gzip

import pytest

from gateproof.judge import licencetexts
from gateproof.judge.licencetexts import pack, unpack

TEXTS = {"a" * 64: "Be kind.\nAlways.", "b" * 64: ""}
REFUSED = "it is cut short, goes on behind its end, or is too large"


def test_what_is_packed_is_unpacked() -> None:
    assert unpack(pack(TEXTS)) == TEXTS


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (pack(TEXTS)[:-4], REFUSED),
        (pack(TEXTS) + b"more", REFUSED),
        (b"text", "it cannot be unpacked: Error -3 while decompressing data: incorrect header check"),
        (gzip.compress(b"[]"), "it holds no texts: AttributeError"),
        (gzip.compress(b'{"a": 1}'), "it holds no texts: TypeError"),
    ],
)
def test_what_is_none_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=r"^it ") as error:
        unpack(raw)

    assert str(error.value) == said


def test_what_unpacks_to_more_than_is_allowed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licencetexts, "MOST", 99)
    with pytest.raises(ValueError, match="too large"):
        unpack(pack({"a": "x" * 1000}))
