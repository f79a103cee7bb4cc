"""The proof index: it says the same in both forms, and nothing in it can pass for markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from gateproof.evidence.attempts import Attempt, legs
from gateproof.model import Outcome, Subject
from gateproof.pack.report import Index, as_html, as_markdown, commands

NASTY = "a|b\n<script>alert(1)</script> `x` [y](z) *w* ~v~ &amp;"


def attempt(
    run: str, outcome: Outcome = Outcome.PASSED, reason: str = "Fine.", is_clean: bool = True
) -> Attempt:
    looked_at = 12 if outcome is Outcome.PASSED else 0
    return Attempt(
        gate="unit",
        leg="py3.11-linux",
        run=run,
        outcome=outcome,
        reason=reason,
        looked_at=looked_at,
        unit="tests",
        is_clean=is_clean,
        has_ended=True,
    )


def index(*attempts: Attempt, **changes: object) -> Index:
    told = Index(
        product="shop",
        version="1.0.0",
        commit="c" * 40,
        zip_name="shop.zip",
        principal="release@example.org",
        rehearsal=False,
        against=(),
        sealed_at=datetime(2026, 11, 24, tzinfo=UTC),
        subject=Subject(git_tree="a" * 40, dir_hash="b" * 64),
        legs=legs(attempts),
        others=(),
        files=(("README.md", 0), ("checklist.md", 1234), ("unknown", 1)),
        fingerprint="SHA256:abc",
        is_identity=True,
        links=0,
    )
    return replace(told, **changes)  # type: ignore[arg-type]


class _Seen(HTMLParser):
    """Every tag and attribute of a page; void elements need no end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.all: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def seen(page: str) -> _Seen:
    parser = _Seen()
    parser.feed(page)
    assert parser.open == []
    return parser


def test_the_commands_come_first_and_quote_what_a_shell_would_read() -> None:
    odd = index(attempt("1"), zip_name="my shop.zip")
    assert commands(odd).startswith("unzip -q 'my shop.zip' -d 'my shop' && cd 'my shop'\n")
    assert as_markdown(odd).index("unzip -q") < as_markdown(odd).index("| what | value |")


def test_an_earlier_failure_is_shown_beside_the_pass() -> None:
    text = as_markdown(index(attempt("1", Outcome.FAILED, "1 test failed."), attempt("2")))
    assert "| unit | py3.11-linux | PASSED | 12 tests | 2, of which 1 passed (flaky) |" in text
    assert "FAILED | nothing | 1 test failed. |" in text


def test_a_run_that_does_not_count_says_so() -> None:
    text = as_markdown(index(attempt("1", is_clean=False)))
    assert "PASSED, does not count" in text
    assert "the checkout was not clean, so it does not count" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Every gate passed, on every leg."),
        ({"against": ("S5 is unmet.",)}, "Not a pass."),
        ({"rehearsal": True}, "This is a rehearsal. It is not a release"),
        ({"is_identity": False}, "integrity, not identity"),
        ({"links": 2}, "Symbolic links in the source: 2."),
    ],
)
def test_both_forms_say_the_same(changes: dict[str, object], sentence: str) -> None:
    told = index(attempt("1"), **changes)
    assert sentence in as_markdown(told)
    assert sentence in as_html(told)
    for other in ("S5 is unmet.",):
        assert (other in as_markdown(told)) == (other in as_html(told)) == (other in told.against)


def test_nothing_in_it_can_pass_for_markup() -> None:
    told = index(attempt("1", Outcome.FAILED, NASTY), against=(NASTY,), product=NASTY)
    page = as_html(told)
    assert not {"script"} & {tag for tag, _ in seen(page).all}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    row = next(
        line for line in as_markdown(told).splitlines() if "FAILED | nothing" in line and "statements" in line
    )
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert not re.search(r"(?<!\\)[<>`*~]", row)


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = seen(as_html(index(attempt("1"), others=(("tasks/demo/x/1", attempt("1")),))))
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in page.all}
    links = [attributes["href"] for tag, attributes in page.all if tag == "a"]
    assert links
    assert not [link for link in links if link is None or ":" in link or link.startswith("/")]
    assert "tasks/demo/x/1/statements.intoto.jsonl" in links
    assert "default-src 'none'" in as_html(index(attempt("1")))
