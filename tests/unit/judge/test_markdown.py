"""Markdown as a judge reads it: prose without code and comments, headings, anchors, and where a link leads."""

from __future__ import annotations

import pytest

from gateproof.judge.markdown import anchor, anchors, links, own_path, plain, prose, resolved, sections


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb", ["a", "b"]),
        ("<!-- a -->b", ["b"]),
        ("a<!--\n\n-->b\nc", ["a", "", "b", "c"]),
        ("a <!-- x --> b <!-- y\n --> c", ["a  b ", " c"]),
        ("<!-- a --><!-- b -->c --> d", ["c --> d"]),
        ("a <!-- never ends", ["a <!-- never ends"]),
        ("a <!--> b --> c", ["a  c"]),
        ("<!---->x", ["x"]),
        ("--> a <!-- b --> c", ["--> a  c"]),
        ("a\n```\nb\n```\nc", ["a", "", "", "", "c"]),
        ("a b\n```\nc\n```\nd e", ["a b", "", "", "", "d e"]),
        ("a\n~~~\nb\n~~~\nc", ["a", "", "", "", "c"]),
        ("a\r\nb \r\n", ["a", "b ", ""]),
        ("a\r\n```\r\nb\r\n```\r\nc \r\n", ["a", "", "", "", "c ", ""]),
        ("x\ny <!--\n--> z", ["x", "y ", " z"]),
    ],
)
def test_comments_and_code_leave_their_lines_and_nothing_else(text: str, lines: list[str]) -> None:
    assert prose(text) == lines


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Use", ["Use"]),
        ("## Use ##  ", ["Use"]),
        ("# Use \t#\t", ["Use"]),
        ("# Use XX", ["Use XX"]),
        ("# C#", ["C#"]),
        ("Use\n===\n\nRisks\n---", ["Use", "Risks"]),
        ("- Use\n---\n| a |\n---\n> b\n---\nx\n=", []),
        ("  - Use\n---\n  | a |\n---", []),
        ("Use\n==", ["Use"]),
    ],
)
def test_headings_have_their_words_alone(text: str, words: list[str]) -> None:
    assert [section.words for section in sections(text)] == words


def test_a_section_ends_at_the_next_heading_of_its_level_or_above() -> None:
    text = "# Use\na\n## How\nb\n### Where\nc\n## When\nd\n# Risks\ne"
    assert [(section.words, section.body) for section in sections(text)] == [
        ("Use", "a\n## How\nb\n### Where\nc\n## When\nd"),
        ("How", "b\n### Where\nc"),
        ("Where", "c"),
        ("When", "d"),
        ("Risks", "e"),
    ]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("How to use it", "how-to-use-it"),
        ("What's `new` in 2.0?", "whats-new-in-20"),
        ("Größe & Maß", "größe--maß"),
        ("[A link](x.md) here", "a-link-here"),
        ("snake_case - dash", "snake_case---dash"),
    ],
)
def test_a_heading_has_the_anchor_that_git_hosts_give_it(words: str, name: str) -> None:
    assert anchor(words) == name


def test_every_anchor_that_a_link_may_name() -> None:
    text = "# Use\n\n(Here)=\n\n## Use\n\n## Use\n\n<a name='there'></a> <p id = \"P1\">\n\n  (not)=\n"
    assert anchors(text) == {"use", "use-1", "use-2", "here", "there", "P1"}


@pytest.mark.parametrize(
    ("source", "target", "path"),
    [
        ("docs/a.md", "b.md", "docs/b.md"),
        ("docs/a.md", "./b.md#use", "docs/b.md"),
        ("docs/a.md", "../b.md?raw=1#use", "b.md"),
        ("docs/a.md", "/b.md", "b.md"),
        ("docs/a.md", "#use", "docs/a.md"),
        ("docs/a.md", "", "docs/a.md"),
        ("docs/a.md", "..", ""),
        ("docs/a.md", "/", ""),
        ("a.md", ".", ""),
        ("docs/a.md", "b%20c.md", "docs/b c.md"),
        ("docs/a.md", "../../x", "../x"),
        ("docs/a.md", "https://x/y", None),
        ("docs/a.md", "MAILTO:x@y", None),
        ("docs/a.md", "//x/y", None),
    ],
)
def test_where_a_relative_link_leads(source: str, target: str, path: str | None) -> None:
    assert resolved(source, target) == path


@pytest.mark.parametrize(
    ("target", "own", "path"),
    [
        ("https://github.com/Me/Shop/blob/main/docs/x.md", {"me/shop"}, "docs/x.md"),
        ("https://github.com/me/shop/blob/main/docs/x.md#use", set(), "docs/x.md"),
        ("https://github.com/me/shop/blob/main/a%20b.md?plain=1#L3", {"me/shop"}, "a b.md"),
        ("https://github.com/me/shop/blob/main", {"me/shop"}, None),
        ("https://github.com/me/other/blob/main/x.md", {"me/shop"}, None),
        ("docs/x.md", {"me/shop"}, None),
    ],
)
def test_where_a_link_into_the_projects_own_repository_leads(
    target: str, own: set[str], path: str | None
) -> None:
    assert own_path(target, frozenset(own)) == path


def test_links_and_pictures_are_told_apart_and_none_is_in_code() -> None:
    text = "[a](b.md) `[c](d.md)` ![e](f.png)\n[g]: h.md\n<https://i.example/>\n<img src='j.png'>\n[![k](l.svg)](m.md)"
    assert [(link.words, link.target, link.line, link.is_picture) for link in links(text)] == [
        ("a", "b.md", 1, False),
        ("e", "f.png", 1, True),
        ("g", "h.md", 2, False),
        ("", "https://i.example/", 3, False),
        ("", "j.png", 4, True),
        ("![k](l.svg)", "m.md", 5, False),
        ("k", "l.svg", 5, True),
    ]


def test_code_in_the_words_of_a_link_is_left_out_and_a_link_may_lead_nowhere() -> None:
    text = "[a `c` d](b.md) [e](<>)\nsee [f]: g.md"
    assert [(link.words, link.target) for link in links(text)] == [("a  d", "b.md"), ("e", "")]


def test_words_without_their_dress() -> None:
    assert plain("**How** to [_use_](x.md) `it` ~~now~~ ") == "How to use it now"
