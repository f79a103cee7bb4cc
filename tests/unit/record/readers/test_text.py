"""Outputs of any size and any content are read within a set amount of memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateproof.record.readers import NotUnderstoodError
from gateproof.record.readers.text import LONGEST_LINE, json_from, last_line, lines, tail
from unit.record.readers.builder import ended


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", []),
        ("one", ["one"]),
        ("one\r\ntwo\n", ["one", "two"]),
        ("x" * (3 * LONGEST_LINE) + "\nend\n", ["x" * LONGEST_LINE, "end"]),
        ("x" * LONGEST_LINE, ["x" * LONGEST_LINE]),
        ("x" * (LONGEST_LINE - 1) + "\nend\n", ["x" * (LONGEST_LINE - 1), "end"]),
        ("a\u2028b\x0cc\n", ["a\u2028b\x0cc"]),
    ],
)
def test_lines_are_whole_unless_they_are_endless(tmp_path: Path, written: str, read: list[str]) -> None:
    assert list(lines(ended(tmp_path, stdout=written).stdout.path)) == read


@pytest.mark.parametrize(
    ("written", "limit", "read"),
    [
        ("one\ntwo\n", 100, ["one", "two", ""]),
        ("one\ntwo\r\n", 6, ["two", ""]),
        ("one two\nthree\n", 10, ["three", ""]),
        ("x" * 50, 10, []),
        ("", 10, [""]),
    ],
)
def test_a_line_that_is_cut_is_left_out_of_the_tail(
    tmp_path: Path, written: str, limit: int, read: list[str]
) -> None:
    assert tail(ended(tmp_path, stdout=written).stdout, limit=limit) == read


@pytest.mark.parametrize(("written", "last"), [("", ""), ("\n \n", ""), ("one\n\n  \n", "one")])
def test_the_last_line_is_the_last_that_says_something(tmp_path: Path, written: str, last: str) -> None:
    assert last_line(ended(tmp_path, stdout=written).stdout) == last


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("", "not JSON"),
        ("{} {}", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"a": ' + "1" * 100 + "}", "larger than 64 bytes"),
    ],
)
def test_what_is_not_one_document_is_not_understood(tmp_path: Path, written: str, missing: str) -> None:
    path = ended(tmp_path, stdout=written).stdout.path
    limit = 64 if "64" in missing else 1_000_000
    with pytest.raises(NotUnderstoodError, match=missing):
        json_from(path, limit=limit)


def test_a_report_that_is_not_there_is_not_understood(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstoodError, match=r"the tool left no report\.json"):
        json_from(tmp_path / "report.json")


def test_what_is_no_utf_8_is_read_as_what_it_is_not(tmp_path: Path) -> None:
    capture = ended(tmp_path).stdout
    capture.path.write_bytes(b"a\xffb\n")

    assert list(lines(capture.path)) == ["a\ufffdb"]
    assert tail(capture) == ["a\ufffdb", ""]


def test_only_the_end_of_a_line_is_taken_away(tmp_path: Path) -> None:
    capture = ended(tmp_path, stdout="X\nEXIT 0 \r\nX").stdout

    assert list(lines(capture.path)) == ["X", "EXIT 0 ", "X"]
    assert tail(capture) == ["X", "EXIT 0 ", "X"]
