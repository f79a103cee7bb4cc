"""SHA256SUMS: one form, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.sums import read_sums, write_sums

ONE, TWO = "1" * 64, "2" * 64
names = st.text(
    st.characters(exclude_characters="\\\n\r\0", exclude_categories=["Cs"]), min_size=1, max_size=20
)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)


def test_lines_are_what_sha256sum_prints_sorted_by_bytes() -> None:
    assert write_sums({"é": TWO, "b c": ONE, "a/b": ONE}).decode() == f"{ONE}  a/b\n{ONE}  b c\n{TWO}  é\n"


@given(st.dictionaries(names, digests, max_size=5))
def test_what_is_written_is_read_back_the_same(sums: dict[str, str]) -> None:
    assert read_sums(write_sums(sums)) == sums


@given(st.binary(max_size=100))
def test_what_is_read_is_written_the_same(raw: bytes) -> None:
    try:
        sums = read_sums(raw)
    except ValueError:
        return
    assert write_sums(sums) == raw


@pytest.mark.parametrize("name", ["", "a\\b", "a\nb", "a\rb", "a\0b"])
def test_a_name_that_programs_read_differently_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in SHA256SUMS"):
        write_sums({name: ONE})


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (f"{ONE}  a", "no end"),
        (f"{ONE} a\n", "line 1 is not"),
        (f"{ONE} *a\n", "line 1 is not"),
        (f"{ONE[1:]}  a\n", "line 1 is not"),
        (f"{'A' * 64}  a\n", "line 1 is not"),
        (f"\\{ONE}  a\n", "line 1 is not"),
        (f"{ONE}  a\n\n", "line 2 is not"),
        (f"{ONE}  a\n{TWO}  a\n", "second time"),
        (f"{ONE}  b\n{TWO}  a\n", "not sorted"),
        (f"{ONE}  a\r\n", "cannot stand"),
    ],
)
def test_any_other_form_is_refused(raw: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_sums(raw.encode())
