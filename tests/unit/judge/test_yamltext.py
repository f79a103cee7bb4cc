"""YAML from strangers stays text, and what could grow without bound is refused."""

from __future__ import annotations

import pytest

from gateproof.judge.yamltext import (
    MOST_BYTES,
    MOST_DEPTH,
    Table,
    YamlError,
    is_true,
    listed,
    read_yaml,
    table,
    text_of,
)

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
)


def test_scalars_stay_as_they_are_written() -> None:
    assert read_yaml("on:\n  push:\nversion: 3.10\noff: no\n") == {
        "on": {"push": ""},
        "version": "3.10",
        "off": "no",
    }


def test_a_table_knows_the_line_of_each_key() -> None:
    document = read_yaml("a: 1\n\nb:\n  c: 2\n")

    assert document.lines == {"a": 1, "b": 3}
    assert document["b"].lines == {"c": 4}


def test_aliases_and_merges_are_followed() -> None:
    document = read_yaml("base: &base {a: 1, b: 2}\nuse:\n  <<: *base\n  b: 3\nmany:\n  <<: [*base, *base]\n")

    assert document["use"] == {"a": "1", "b": "3"}
    assert document["many"] == {"a": "1", "b": "2"}


def test_a_single_word_may_have_an_alias_and_be_a_key() -> None:
    document = read_yaml("a: &name shop\nb: *name\n*name : 1\n")

    assert document == {"a": "shop", "b": "shop", "shop": "1"}
    assert document.lines == {"a": 1, "b": 2, "shop": 3}


def test_what_is_exactly_at_a_limit_is_read() -> None:
    # The table, its key and the list are three of the 50,000.
    assert len(read_yaml(f"a: [{'x,' * 49_997}]\n")["a"]) == 49_997
    assert len(read_yaml(f"[&b [{'x,' * 24_997}], *b, x, x]\n")) == 4
    assert read_yaml("[" * MOST_DEPTH + "]" * MOST_DEPTH)
    assert read_yaml("x".ljust(MOST_BYTES)) == "x"


def test_an_empty_document_is_nothing() -> None:
    assert read_yaml("# only a comment\n") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "more than 50,000 values, those that its aliases stand for included"),
        (f"a: [{'x,' * 49_998}]\n", "more than 50,000 values"),
        (f"[&b [{'x,' * 24_997}], *b, x, x, x, x]\n", "more than 50,000 values"),
        ("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1), "nested more than 60 deep"),
        ("[" * 100 + "]" * 100, "nested more than 60 deep"),
        ("[" * 100_000, "nested more than 60 deep"),
        ("a: 1\na: 2\n", "the key 'a' is there twice on line 2"),
        ("a: *nothing\n", "stands for nothing"),
        ("? [a]\n: 1\n", "a key is not plain text"),
        ("a:\n  <<: text\n", "<< merges something that is no table"),
        ("a: [1\nb: 2\n", "on line"),
        ("x" * (1 << 20) + "y", "more than 1,048,576 characters"),
        ("a: \x00\n", ""),
    ],
)
def test_it_refuses(text: str, words: str) -> None:
    with pytest.raises(YamlError) as error:
        read_yaml(text)

    assert words in str(error.value)


def test_values_of_another_kind_become_harmless() -> None:
    assert is_true("on")
    assert not is_true("off")
    assert (table("x"), text_of(Table()), listed(""), listed("x"), is_true("Yes"), is_true(None)) == (
        {},
        "",
        [],
        ["x"],
        True,
        False,
    )
