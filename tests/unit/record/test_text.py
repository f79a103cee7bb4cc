"""Whatever bytes a child writes, clean UTF-8 comes out, wherever the blocks were cut."""

from __future__ import annotations

import codecs
import itertools
import locale
from typing import AnyStr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.record.text import SNIFFED, Cleaner, Decoder, code_page


def decoded(*blocks: bytes, page: str | None = None) -> str:
    decoder = Decoder(page)
    return "".join(decoder.feed(block) for block in blocks) + decoder.feed(b"", final=True)


def cleaned(*blocks: str) -> str:
    cleaner = Cleaner()
    return "".join(cleaner.feed(block)[0] for block in blocks) + cleaner.feed("", final=True)[0]


def shown(*blocks: str) -> str:
    """What a terminal gets."""
    cleaner = Cleaner()
    return "".join(cleaner.feed(block)[1] for block in blocks) + cleaner.feed("", final=True)[1]


def bytewise(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


@pytest.mark.parametrize(
    ("written", "page", "read"),
    [
        (b"", None, ""),
        (b"a", None, "a"),
        (b"plain\r\n", None, "plain\r\n"),
        ("Grüße, 日本, 🚀\n".encode(), None, "Grüße, 日本, 🚀\n"),
        (codecs.BOM_UTF8 + b"{}", None, "{}"),
        (codecs.BOM_UTF8[:2], None, "\ufffd"),
        (codecs.BOM_UTF16_LE + "Grüße\r\n".encode("utf-16-le"), None, "Grüße\r\n"),
        (codecs.BOM_UTF16_BE + "日本\n".encode("utf-16-be"), None, "日本\n"),
        ("PS C:\\> Grüße, 日本\r\n".encode("utf-16-le"), None, "PS C:\\> Grüße, 日本\r\n"),
        ("PS C:\\> Grüße, 日本\r\n".encode("utf-16-be"), None, "PS C:\\> Grüße, 日本\r\n"),
        ("ok".encode("utf-16-le"), None, "ok"),
        ("\r\n".encode("utf-16-be"), None, "\r\n"),
        ("日本".encode("utf-16-le"), None, "�e,g"),  # nothing tells that this is UTF-16
        (codecs.BOM_UTF16_LE + "a🚀".encode("utf-16-le")[:-2], None, "a�"),
        (codecs.BOM_UTF16_LE + b"a\0b", None, "a�"),
        (codecs.BOM_UTF16_LE + "a\0b".encode("utf-16-le"), None, "ab"),
        (b"a\0b\0names\0of\0find -print0\0", None, "abnamesoffind -print0"),
        (b"\0\0\0\0", None, ""),
        (b"utf-8 first, then " + "wsl: error".encode("utf-16-le"), None, "utf-8 first, then wsl: error"),
        ("Grüße".encode("cp1252"), "cp1252", "Grüße"),
        ("Grüße".encode("cp437"), "cp437", "Grüße"),
        ("Grüße".encode("cp1252"), None, "Gr��e"),
        ("é ".encode() + "é".encode("cp1252") + " é".encode(), "cp1252", "é é é"),
        (b"undefined \x81", "cp1252", "undefined �"),
        (b"cut off \xe2\x82", None, "cut off �"),
        (b"overlong \xc0\xaf, surrogate \xed\xa0\x80", None, "overlong ��, surrogate ���"),
    ],
)
def test_bytes_become_text_without_nul(written: bytes, page: str | None, read: str) -> None:
    assert decoded(written, page=page) == read
    assert decoded(*bytewise(written), page=page) == read


def test_left_out_nuls_are_counted() -> None:
    decoder = Decoder()
    decoder.feed(b"one\0two\0")
    assert decoder.nuls == 2


def test_ordinary_text_is_not_held_back_for_a_mark_that_it_cannot_have() -> None:
    assert Decoder().feed(b"ok") == "ok"
    assert Decoder().feed("é".encode()) == "é"


@given(data=st.binary(max_size=3 * SNIFFED), cuts=st.sets(st.integers(0, 3 * SNIFFED)))
def test_decoding_does_not_depend_on_blocks(data: bytes, cuts: set[int]) -> None:
    assert decoded(*blocks_of(data, cuts), page="cp1252") == decoded(data, page="cp1252")
    assert "\0" not in decoded(data)


@given(
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    cuts=st.sets(st.integers(0, 400)),
)
def test_utf_8_is_left_as_it_is(text: str, cuts: set[int]) -> None:
    text = text.lstrip("\ufeff")
    assert decoded(*blocks_of(text.encode(), cuts)) == text


@pytest.mark.parametrize(
    ("encoding", "page"),
    [
        ("UTF-8", None),
        ("US-ASCII", None),
        ("cp1252", "cp1252"),
        ("cp437", "cp437"),
        ("ISO-8859-1", "iso8859-1"),
        ("cp932", None),
    ],
)
def test_only_a_code_page_of_single_bytes_reads_stray_bytes(
    encoding: str, page: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "getencoding", lambda: encoding)
    assert code_page() == page


ESCAPES = [
    ("\x1b[31mred\x1b[0m", "red", "\x1b[31mred\x1b[0m"),
    ("\x1b[38;5;208morange\x1b[m", "orange", "\x1b[38;5;208morange\x1b[m"),
    ("\x1b[38:2::1:2:3mrgb", "rgb", "\x1b[38:2::1:2:3mrgb"),
    ("up\x1b[2A\x1b[Kdown", "updown", "updown"),
    ("\x1b[?25l\x1b[2J\x1b[Hcleared\x1b[?1049h", "cleared", "cleared"),
    ("\x1b]0;a title\x07after", "after", "after"),
    ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link", "link"),
    ("\x1b]52;c;cm0gLXJmIC8=\x07clipboard", "clipboard", "clipboard"),
    ("\x1bPq#0;2;0;0;0\x1b\\picture", "picture", "picture"),
    ("\x1b_command\x1b\\\x1b^private\x1b\\\x1bXstring\x1b\\end", "end", "end"),
    ("\x9b31mC1\x9b0m, \x9d0;title\x9cdone", "C1, done", "C1, done"),
    ("\x1b(Bcharset\x1b#8\x1b%G", "charset", "charset"),
    ("\x1b7saved\x1b8\x1bc\x1b=\x1bM", "saved", "saved"),
    ("title without an end: \x1b]0;title\nnext line", "title without an end: \nnext line", None),
    ("broken \x1b[31\nnext", "broken \nnext", None),
    ("broken \x1b]0;t\x1b[1mbold", "broken bold", "broken \x1b[1mbold"),
    ("cut off \x1b[3", "cut off ", None),
    ("cut off \x1b", "cut off ", None),
    ("cut off \x1b]0;t\x1b", "cut off ", None),
    ("bell\x07 back\x08space \x0c \x0b \x7f", "bell␇ back␈space ␌ ␋ ␡", None),
    ("tab\t and CR\r and LF\n", "tab\t and CR\r and LF\n", None),
    ("next line\x85 index\x84", "next line� index�", None),
    ("invoice\u202egpj.exe\u202c \u2066x\u2069", "invoice<U+202E>gpj.exe<U+202C> <U+2066>x<U+2069>", None),
    ("עברית and العربية stay", "עברית and العربية stay", None),
]


@pytest.mark.parametrize(("written", "plain", "terminal"), ESCAPES)
def test_nothing_in_a_log_or_on_a_terminal_moves_hides_or_renames(
    written: str, plain: str, terminal: str | None
) -> None:
    assert cleaned(written) == plain
    assert cleaned(*written) == plain
    assert shown(written) == (plain if terminal is None else terminal)
    assert shown(*written) == (plain if terminal is None else terminal)


def test_a_string_that_never_ends_swallows_no_more_than_it_may() -> None:
    assert cleaned("\x1b]0;" + "x" * 5000) == "x" * (5000 - 4096 + 2)  # `0;` belongs to the string


def test_a_finished_colour_at_the_end_of_a_block_is_not_held_back() -> None:
    assert Cleaner().feed("done\x1b[0m") == ("done", "done\x1b[0m")


HOSTILE = st.text(st.sampled_from("\x1b\x9b\x9d[]0;1mKq\\\x07\n\r \x08x\u202e"), max_size=60)


@given(text=HOSTILE, cuts=st.sets(st.integers(0, 60)))
def test_cleaning_does_not_depend_on_blocks(text: str, cuts: set[int]) -> None:
    blocks = blocks_of(text, cuts)
    assert cleaned(*blocks) == cleaned(text)
    assert shown(*blocks) == shown(text)
    assert not set(cleaned(text)) & set("\x1b\x9b\x9d\x07\x08\u202e")


@given(text=HOSTILE)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


def blocks_of(whole: AnyStr, cuts: set[int]) -> list[AnyStr]:
    places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    return [whole[start:end] for start, end in itertools.pairwise(places)]
