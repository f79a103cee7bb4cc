"""The changelog: read back to the same bytes, and given its next release or refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.errors import RefusedError
from gateproof.release.changelog import parse

DAY = date(2026, 11, 24)
LINKS = """
[Unreleased]: https://git.example/shop/compare/v0.1.0...HEAD
[0.1.0]: https://git.example/shop/releases/tag/v0.1.0
"""
TEXT = f"""# Changelog

Notable changes.

## [Unreleased]

### Added

- A cart.

## [0.1.0] - 2026-01-02

### Added

- A shop.
{LINKS}"""


def test_its_parts_are_known() -> None:
    changelog = parse(TEXT)

    assert [(one.name, one.day) for one in changelog.sections] == [
        ("Unreleased", None),
        ("0.1.0", date(2026, 1, 2)),
    ]
    assert changelog.preamble == "# Changelog\n\nNotable changes.\n\n"
    assert changelog.links == LINKS.removeprefix("\n")
    assert "- A shop." in (changelog.section("0.1.0") or changelog.sections[0]).body


def test_unreleased_becomes_the_version_and_everything_else_stays() -> None:
    released = parse(TEXT).released("0.2.0", DAY, tag="v0.2-m2").render()

    assert released == TEXT.replace(
        "## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0] - 2026-11-24\n"
    ).replace(
        "[Unreleased]: https://git.example/shop/compare/v0.1.0...HEAD\n",
        "[Unreleased]: https://git.example/shop/compare/v0.2-m2...HEAD\n"
        "[0.2.0]: https://git.example/shop/compare/v0.1.0...v0.2-m2\n",
    )


def test_the_next_one_is_refused_until_something_is_written() -> None:
    released = parse(TEXT).released("0.2.0", DAY)

    with pytest.raises(RefusedError, match="says nothing"):
        released.released("0.3.0", DAY)


def test_line_ends_and_brackets_stay_as_the_project_has_them() -> None:
    text = "# Log\r\n\r\n## Unreleased\r\n\r\n- A cart.\r\n"

    released = parse(text).released("1.0.0", DAY).render()

    assert released == "# Log\r\n\r\n## Unreleased\r\n\r\n## 1.0.0 - 2026-11-24\r\n\r\n- A cart.\r\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", r"no section \[Unreleased\]"),
        ("# Log\n\n## [0.1.0] - 2026-01-02\n\n- A shop.\n", r"no section \[Unreleased\]"),
        ("## [Unreleased]\n", "says nothing"),
        ("## [Unreleased]\n\n### Added\n\n### Fixed\n-\n", "says nothing"),
        ("## [Unreleased]\n\n<!-- write here\n- like this\n-->\n", "says nothing"),
        ("## [Unreleased]\n\n```\n## [Unreleased]\n```\n", "says nothing"),
        ("## [Unreleased]\n- A.\n## [unreleased]\n- B.\n", "2 sections"),
        ("## [Unreleased]\n- A.\n## [0.2.0]\n- B.\n", "section 0.2.0 already"),
        ("<!--\n## [Unreleased]\n- A.\n-->\n", r"no section \[Unreleased\]"),
        ("## [Unreleased] <!--\n-->\n- A.\n", "would swallow the new heading"),
    ],
)
def test_what_cannot_be_released_is_refused(text: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        parse(text).released("0.2.0", DAY)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(RefusedError, match=r"says nothing; it has a section 0\.2\.0 already"):
        parse("## [Unreleased]\n## [0.2.0]\n- B.\n").released("0.2.0", DAY)


def test_a_heading_in_code_or_in_a_comment_begins_no_section() -> None:
    text = "## [Unreleased]\n\n- See:\n\n```\n## [9.9.9]\n```\n<!-- ## [8.8.8] -->\n"

    assert [one.name for one in parse(text).sections] == ["Unreleased"]


def test_links_of_another_shape_are_left_alone() -> None:
    text = "## [Unreleased]\n- A.\n\n[Unreleased]: https://git.example/shop/latest\n"

    assert parse(text).released("0.2.0", DAY).links == "[Unreleased]: https://git.example/shop/latest\n"


LINES = st.sampled_from(
    [
        "## [Unreleased]",
        "## [1.0.0] - 2026-01-01",
        "## 0.9 - 2026-13-99",
        "##<!-- x --> [1.0]",
        "### Added",
        "- A thing",
        "```",
        "~~~",
        "<!--",
        "-->",
        "[1.0.0]: https://git.example/a/compare/v1...HEAD",
        "",
        "a\fb\x0bc\u2028d",
        "\r",
    ]
)
TEXTS = st.lists(st.tuples(LINES | st.text(), st.sampled_from(["\n", "\r\n", ""])), max_size=30).map(
    lambda lines: "".join(line + end for line, end in lines)
)


@given(TEXTS)
def test_any_text_is_rendered_as_it_was_read(text: str) -> None:
    changelog = parse(text)

    assert changelog.render() == text
    assert parse(changelog.render()) == changelog


@given(TEXTS)
def test_a_release_loses_no_line_and_is_read_back(text: str) -> None:
    try:
        released = parse(text).released("7.7.7", DAY, tag="v7")
    except RefusedError:
        return

    again = parse(released.render())
    section = again.section("7.7.7")
    assert section is not None
    assert section.day == DAY
    assert not section.is_empty
    assert sum(one.is_unreleased and one.is_empty for one in again.sections) == 1
    kept = [line for line in text.split("\n") if "compare" not in line]
    assert [line for line in kept if line not in released.render().split("\n")] == []
