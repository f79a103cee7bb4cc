"""TOML from strangers is a document, or one kind of error."""

from __future__ import annotations

import pytest

from gateproof.judge.tomltext import MOST_CHARACTERS, MOST_PARTS, read_toml, table


def test_a_document_is_read() -> None:
    assert read_toml("[tool.shop]\nname = 'x'\n") == {"tool": {"shop": {"name": "x"}}}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = [", "Invalid|Unclosed"),
        ("a = " + "[" * 100_000, "nested too deep"),
        ("a = " + "9" * 10_000, "digits"),
        ("a." * MOST_PARTS + "a = 1", "more than 1,000 parts"),
        ("[" + "'a' . \"b\"\t. c-d ." * MOST_PARTS + "a]", "more than 1,000 parts"),
        ("#" * (MOST_CHARACTERS + 1), "more than"),
    ],
)
def test_what_is_no_document_is_one_kind_of_error(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_toml(text)


def test_a_long_key_is_still_read() -> None:
    assert len(list(read_toml(".".join(["a"] * 500) + " = 1"))) == 1


@pytest.mark.parametrize("one", ["a", "1.", "a.b", '"', "'a' ", ". ", "a .\n"])
def test_much_of_anything_is_looked_through_in_no_time(one: str) -> None:
    """What is tried again from every place would not come to its end in this test."""
    with pytest.raises(ValueError, match=r"\w"):
        read_toml(one * (MOST_CHARACTERS // 4 // len(one)))


@pytest.mark.parametrize("document", [{}, {"tool": 7}, {"tool": {"shop": []}}, []])
def test_what_is_no_table_is_an_empty_one(document: object) -> None:
    assert table(document, "tool", "shop") == {}


def test_a_table_is_found_by_its_keys() -> None:
    assert table({"tool": {"shop": {"a": 1}}}, "tool", "shop") == {"a": 1}
