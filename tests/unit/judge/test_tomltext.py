"""TOML from strangers is a document, or one kind of error."""

from __future__ import annotations

import pytest

from gateproof.judge.tomltext import MOST_CHARACTERS, read_toml, table


def test_a_document_is_read() -> None:
    assert read_toml("[tool.shop]\nname = 'x'\n") == {"tool": {"shop": {"name": "x"}}}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = [", "Invalid|Unclosed"),
        ("a = " + "[" * 100_000, "nested too deep"),
        ("a = " + "9" * 10_000, "digits"),
        ("#" * (MOST_CHARACTERS + 1), "more than"),
    ],
)
def test_what_is_no_document_is_one_kind_of_error(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_toml(text)


@pytest.mark.parametrize("document", [{}, {"tool": 7}, {"tool": {"shop": []}}, []])
def test_what_is_no_table_is_an_empty_one(document: object) -> None:
    assert table(document, "tool", "shop") == {}


def test_a_table_is_found_by_its_keys() -> None:
    assert table({"tool": {"shop": {"a": 1}}}, "tool", "shop") == {"a": 1}
