"""Blocks become whole lines, and a line is kept as it stood in the end."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.record.lines import Lines, settled


def cut(*blocks: str, longest: int = 8) -> list[str]:
    lines = Lines(longest)
    pieces = [chunk for block in blocks for chunk, _ in lines.feed(block)]
    return pieces + [chunk for chunk, _ in lines.feed("", final=True)]


def test_an_unfinished_line_waits_for_its_end() -> None:
    assert cut("one\ntw", "o\nthree") == ["one\n", "two\n", "three"]


def test_a_line_that_is_too_long_comes_in_windows() -> None:
    assert cut("a" * 20) == ["a" * 8, "a" * 8, "a" * 4]
    assert cut("a" * 8, "\n") == ["a" * 8, "\n"]
    assert cut("a" * 7, "\n") == ["a" * 7 + "\n"]


def test_the_end_of_a_window_can_be_given_back() -> None:
    lines = Lines(8)
    windows = []
    for chunk, is_cut in lines.feed("abcdefghij\nk\n"):
        windows.append(chunk)
        if is_cut:
            lines.held = chunk[-2:]
    assert windows == ["abcdefgh", "ghij\nk\n"]


@given(text=st.text("ab\n", max_size=60), cuts=st.sets(st.integers(0, 60)))
def test_windows_do_not_depend_on_blocks(text: str, cuts: set[int]) -> None:
    places = [0, *sorted(place for place in cuts if place < len(text)), len(text)]
    blocks = [text[start:end] for start, end in itertools.pairwise(places)]
    pieces = cut(*blocks)
    assert "".join(pieces) == text
    assert windows_of(blocks) == windows_of([text])


def windows_of(blocks: list[str]) -> list[str]:
    """The pieces of long lines; how whole lines are bundled may depend on blocks, and does not matter."""
    lines = Lines(8)
    return [chunk for block in [*blocks] for chunk, is_cut in lines.feed(block) if is_cut]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("one\ntwo\n", "one\ntwo\n"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("both\r\r\n", "both\n"),
        ("ERROR: it broke\rall is well\n", "ERROR: it broke\nall is well\n"),
        ("0 %\r50 %\r100 %\n", "0 %\n[... overwritten 1 times ...]\n100 %\n"),
        ("0 %\r25 %\r50 %\r75 %\r100 %\r\nnext\n", "0 %\n[... overwritten 3 times ...]\n100 %\nnext\n"),
        ("\rfrom the start", "from the start"),
        ("\r\r\r", ""),
        ("a\n\rb\rc\nd\n", "a\nb\nc\nd\n"),
    ],
)
def test_of_what_was_overwritten_the_first_and_the_last_are_kept(written: str, kept: str) -> None:
    assert settled(written) == kept


def test_a_long_line_without_an_overwrite_takes_no_quadratic_time() -> None:
    assert settled("x" * 60_000 + "\na\rb\n").endswith("x\na\nb\n")
