"""A checklist is read whole, and written back without losing a byte."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.errors import UsageError
from gateproof.judge.checklist import Checklist, Mark, parse, render, unknown_kind


def a_word(argument: str) -> str | None:
    return "say something" if argument == "?" else None


KINDS = {"zip": a_word, "ran": a_word, "link": a_word}


def read(text: str) -> Checklist:
    return parse(text.encode("utf-8"), "list.md", KINDS)


def ids(text: str) -> list[tuple[str, str | None]]:
    return [(item.id, item.parent) for item in read(text).items]


def test_ids_follow_from_section_and_place() -> None:
    text = "# T\n\n## S0) Blockers\n- [ ] one\n- [x] two\n  - [ ] below\n\n## S1) CI\n- [ ] three\n"

    assert ids(text) == [("S0.1", None), ("S0.2", None), ("S0.2.1", "S0.2"), ("S1.1", None)]


def test_ids_that_are_written_out_may_be_nested() -> None:
    assert ids("## S0)\n- [ ] S0.1 one\n  - [ ] S0.1.1 two\n") == [("S0.1", None), ("S0.1.1", "S0.1")]


def test_numbers_run_on_through_the_headings_of_a_section() -> None:
    assert ids("## S8) More\n### A\n- [ ] one\n### B\n- [ ] two\n") == [("S8.1", None), ("S8.2", None)]


def test_an_overlay_is_called_by_its_letter() -> None:
    assert ids("## S6)\n- [ ] Overlay A — claims\n- [ ] Overlay B — security\n") == [
        ("S6.A", None),
        ("S6.B", None),
    ]


def test_a_document_without_sections_counts_through() -> None:
    assert ids("- [ ] one\n  1. [ ] below\n- [ ] two\n") == [("1", None), ("1.1", "1"), ("2", None)]


def test_an_item_has_its_proofs_its_mark_and_a_title_without_them() -> None:
    text = "## S0)\n- [x] S0.1 Clean `x.zip` (**Done** — all good)\n  `zip: clean` and\n  ``ran: echo `date` ``\n"

    (item,) = read(text).items

    assert item.title == "Clean `x.zip`"
    assert [str(proof) for proof in item.proofs] == ["zip: clean", "ran: echo `date`"]
    assert [proof.line for proof in item.proofs] == [3, 4]
    assert item.mark == Mark(is_done=True, why="all good")
    assert item.is_ticked


def test_a_waiver_names_a_person_a_day_and_a_reason() -> None:
    (item,) = read("- [ ] a `waived: 2026-12-31 by Ada: the audit is booked`\n").items

    assert item.waiver
    assert (item.waiver.by, item.waiver.until) == ("Ada", date(2026, 12, 31))
    assert item.waiver.reason == "the audit is booked"


def test_code_comments_and_links_are_no_items() -> None:
    text = (
        "```\n- [ ] code\n```\n\n    - [ ] indented code\n<!--\n- [ ] comment\n-->\n- [a](b.md)\n- [ ] one\n"
    )

    assert ids(text) == [("1", None)]


def test_a_proof_belongs_to_the_item_that_it_stands_below() -> None:
    items = read("- [ ] one\n  - [ ] below\n    `zip: clean`\n\nA paragraph with `zip: other`.\n").items

    assert [len(item.proofs) for item in items] == [0, 1]
    (item,) = read("- [ ] one\n\nA paragraph with `zip: other`.\n").items
    assert item.proofs == ()


MISTAKES = [
    ("- [] one\n", "line 1: this is almost a box"),
    ("- [ ] one\n- [x]two\n", "line 2: this is almost a box"),
    ("## S0)\n- [ ] S0.1 one\n- [ ] S0.1 two\n", "line 3: S0.1 is there twice"),
    ("## S0)\n- [ ] S1.1 one\n", "line 2: S1.1 stands below S0"),
    ("## S0)\n- [ ] S0.1 one\n  - [ ] S0.2 two\n", "line 3: S0.2 stands below S0.1"),
    ("## S0)\n- [ ] S0.1 one\n- [ ] two\n", "line 3: the item has no id"),
    ("## S0)\n- [ ] two\n- [ ] S0.9 one\n", "line 3: S0.9 has an id and items above have none"),
    ("- [ ] (**Done**)\n", "line 1: 1 says nothing"),
    ("- [ ] one `zap: clean`\n", "line 1: there is no proof kind `zap:`; did you mean `zip:`?"),
    ("- [ ] one `zip: ?`\n", "line 1: say something"),
    ("- [ ] one `waived: forever`\n", "line 1: a waiver is written"),
    ("- [ ] one `waived: 2026-02-30 by Ada: x`\n", "line 1: a waiver is written"),
    ("# Nothing\n", "line 1: there is no item"),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_line(text: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(text)

    assert words in str(error.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(UsageError) as error:
        read("- [] one\n- [ ] two `zap: x`\n- [ ] three `zip: ?`\n")

    assert [f"line {line}" in str(error.value) for line in (1, 2, 3)] == [True] * 3


@pytest.mark.parametrize("raw", ["- [ ] a".encode("utf-16"), b"- [ ] \xff"])
def test_what_is_not_utf_8_is_refused(raw: bytes) -> None:
    with pytest.raises(UsageError, match="save it as UTF-8"):
        parse(raw, "list.md", KINDS)


WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n`<>()*"), max_size=20)
LINES = st.one_of(
    WORDS,
    st.sampled_from(["## S1) A", "# T", "---", "", "```", "~~~", "<!-- x -->", "text `zip: clean` more"]),
    st.builds("{}- [{}] w{}{}".format, st.sampled_from(["", "  ", "\t"]), st.sampled_from(" xX"), WORDS,
              st.sampled_from(["", " (**Done**)", " (**Not Done** — why)", " `zip: clean`"])),
)  # fmt: skip
DOCUMENTS = st.tuples(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans())


@given(DOCUMENTS)
def test_what_is_read_is_written_back_byte_for_byte(document: tuple[list[str], str, bool]) -> None:
    lines, end, has_last_end = document
    text = end.join(["- [ ] first", *lines]) + (end if has_last_end else "")
    try:
        checklist = read(text)
    except UsageError:
        return

    own = {item.id: item.mark for item in checklist.items if item.mark}
    same_ticks = {item.id for item in checklist.items if item.mark and item.mark.is_done == item.is_ticked}

    assert render(checklist, {}) == text
    assert render(checklist, {item: mark for item, mark in own.items() if item in same_ticks}).lower() == (
        text.lower()
    )


@given(DOCUMENTS, st.booleans(), st.text(max_size=30))
def test_a_mark_is_read_back_and_changes_nothing_else(
    document: tuple[list[str], str, bool], is_done: bool, why: str
) -> None:
    lines, end, _ = document
    try:
        checklist = read(end.join(["- [ ] first", *lines]))
    except UsageError:
        return

    marks = {item.id: Mark(is_done=is_done, why=why) for item in checklist.items}
    once = render(checklist, marks)
    again = read(once)

    assert render(again, marks) == once
    assert [(item.id, item.title, item.proofs) for item in again.items] == [
        (item.id, item.title, item.proofs) for item in checklist.items
    ]
    assert {item.is_ticked for item in again.items} == {is_done}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- [ ] a\n" * 3000, "more than 2,000 items"),
        ("".join(f"{' ' * 2 * depth}- [ ] a\n" for depth in range(30)), "nested more than 20 deep"),
        ("x" * (5 << 20), "more than 4,194,304 are not read"),
        ("- [] a\n" * 50, "and 30 more"),
    ],
)
def test_a_document_that_is_made_to_be_too_much_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse(text.encode(), "a.md", KINDS)


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("fil", "did you mean `file:`?"),
        ("tga", "did you mean `tag:`?"),
        ("xyzzy", "the kinds are file, tag, tags"),
    ],
)
def test_an_unknown_kind_is_answered_with_the_nearest_or_with_all(kind: str, hint: str) -> None:
    assert unknown_kind(kind, ("tags", "file", "tag")) == f"there is no proof kind `{kind}:`; {hint}"


@pytest.mark.parametrize(
    "text",
    [
        "```\n- [ ] code\n- [ ] more code\n```\n- [ ] one\n",
        "<!--\n- [ ] comment\n- [ ] more\n-->\n- [ ] one\n",
        "<!-- a --> <!-- b\n- [ ] hidden\n-->\n- [ ] one\n",
        "<!-- a --> <!-- b -->\n- [ ] one\n",
        "- [ ] one <!-- a note -->\n",
    ],
)
def test_code_and_comments_of_several_lines_hide_what_is_in_them_and_nothing_else(text: str) -> None:
    assert ids(text) == [("1", None)]


@pytest.mark.parametrize("between", ["<!-- a note -->\n", "```\ncode\n```\n"])
def test_neither_a_comment_nor_code_ends_an_item(between: str) -> None:
    assert ids(f"- [ ] one\n{between}  - [ ] below\n") == [("1", None), ("1.1", "1")]


def test_a_proof_may_stand_behind_code_that_is_none() -> None:
    (item,) = read("- [ ] one  of `x` — `zip: clean`\n").items

    assert [str(proof) for proof in item.proofs] == ["zip: clean"]
    assert item.title == "one of `x`"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("- [ ] a - [ ] b\n", "- [x] a - [ ] b (**Done**)\n"),
        ("- [ ] a  \n", "- [x] a (**Done**)\n"),
    ],
)
def test_only_the_items_own_box_is_ticked_and_the_mark_is_last(text: str, marked: str) -> None:
    assert render(read(text), {"1": Mark(is_done=True)}) == marked


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_called_by_its_name(form: str) -> None:
    with pytest.raises(UsageError, match="UTF-16; save it"):
        parse("\ufeff- [ ] a".encode(form), "list.md", KINDS)
