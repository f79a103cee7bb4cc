"""Release notes: what they say, and what they must never leave out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bundles import bundle_of, run
from gateproof.judge.changes import compare, first
from gateproof.model import Outcome
from gateproof.release.notes import MOST_OF_A_PAGE, Commit, Facts, notes, tag_page, unmentioned

UNASKED = "(licence unknown; advisories not known)"
OLD = bundle_of(
    {"requirements.txt": "django==5.2.0\ngone==1\n", "s/migrations/0001_a.py": "1"},
    run(),
    run(name="lint", outcome=Outcome.FAILED),
)
NEW = bundle_of(
    {
        "requirements.txt": "django==5.2.1\nnew==1\n",
        "s/migrations/0001_a.py": "edited",
        "s/migrations/0002_b.py": "1",
        "s.py": 'getenv("TILL_URL")',
    },
    run(),
    run(name="lint"),
)
FACTS = Facts(
    product="shop",
    version="0.3.0",
    tag="v0.3-m3",
    day=date(2026, 11, 24),
    section="\n### Added\n\n- A till, #12.\n",
    previous="v0.2-m2",
    milestone="m3",
    commits=(
        Commit(id="1" * 40, subject="Add a till (#12)"),
        Commit(id="2" * 40, subject="Mend the *door* | again"),
    ),
    changes=compare(OLD, NEW),
    checksums=(("shop.zip", "a" * 64),),
    zip_name="shop.zip",
    principal="release@shop.example",
)


@pytest.mark.parametrize(
    "line",
    [
        "# shop 0.3.0",
        "Released 2026-11-24 as `v0.3-m3`, milestone m3.",
        "- A till, #12.",
        "- Mend the \\*door\\* \\| again (222222222222)",
        f"| `django` | changed | 5.2.0 {UNASKED} | 5.2.1 {UNASKED} | requirements.txt |",
        f"| `gone` | removed | 1 {UNASKED} |  | requirements.txt |",
        f"| `new` | added |  | 1 {UNASKED} | requirements.txt |",
        "| `TILL_URL` | added |  |  | s.py |",
        "| `lint` | PASSED, 12 tests | FAILED, 12 tests |",
        "| `test` | PASSED, 12 tests | the same |",
        f"{'a' * 64}  shop.zip",
        "gateproof verify shop.zip --signers allowed_signers",
        "sha256sum -c --quiet evidence/SHA256SUMS",
    ],
)
def test_they_say(line: str) -> None:
    assert line in notes(FACTS).split("\n")


def test_what_is_waived_is_named_in_both_forms_and_otherwise_the_word_is_absent() -> None:
    told = replace(FACTS, waived=("The gate audit on py3.11-linux is waived: old *advisories*",))
    for form in (notes, tag_page):
        assert "## Waived, not passed" in form(told).split("\n")
        assert "- The gate audit on py3.11-linux is waived: old \\*advisories\\*" in form(told).split("\n")
        assert "waived" not in form(FACTS).lower()


def test_a_released_migration_that_was_edited_stands_out() -> None:
    assert "**A released migration differs: `s/migrations/0001_a.py`.**" in notes(FACTS)


@pytest.mark.parametrize(
    ("commit", "is_told"),
    [
        (Commit(id="abcdef1" + "0" * 33, subject="Any"), True),
        (Commit(id="1" * 40, subject="Any", body="Closes #12"), True),
        (Commit(id="1" * 40, subject="a  TILL that rings."), True),
        (Commit(id="1" * 40, subject="Any", tells_users=True), True),
        (Commit(id="1" * 40, subject="Any (#1)"), False),
        (Commit(id="1" * 40, subject="Any"), False),
        (Commit(id="1" * 40, subject="Mend other/repo#12"), False),
    ],
)
def test_which_commits_the_changelog_mentions(commit: Commit, is_told: bool) -> None:
    section = "- A till that rings (#12).\n- Something in abcdef1.\n"

    assert unmentioned([commit], section) == (() if is_told else (commit,))


def test_a_first_release_says_that_there_is_nothing_to_compare_with() -> None:
    text = notes(replace(FACTS, previous="", changes=first(NEW)))

    assert "first release" in text
    assert "## Since" not in text
    assert "| `lint` | PASSED, 12 tests |" in text


def test_no_evidence_is_said_and_not_passed_over() -> None:
    assert "There is no evidence of any gate." in notes(replace(FACTS, changes=first(bundle_of({"a": "1"}))))
    gone = compare(NEW, bundle_of({"a": "1"}, run()))
    assert "| `lint` | no evidence | PASSED, 12 tests |" in notes(replace(FACTS, changes=gone))


def test_a_preview_says_so_and_has_no_checksum() -> None:
    text = notes(replace(FACTS, is_preview=True, checksums=()))

    assert "nothing is released yet" in text
    assert "Released 2026" not in text
    assert "Nothing is packed yet." in text


def test_the_tag_page_is_the_same_without_the_title() -> None:
    assert notes(FACTS).endswith(tag_page(FACTS))
    assert not tag_page(FACTS).startswith("# ")


def test_the_tag_page_fits_whatever_there_is_to_say() -> None:
    many = tuple(Commit(id=f"{number:040}", subject=f"Change {number} " * 9) for number in range(2000))

    page = tag_page(replace(FACTS, commits=many))
    assert len(page) < MOST_OF_A_PAGE
    assert "And 1,980 more." in page
    assert "## How to verify" in page

    huge = tag_page(replace(FACTS, section="- A long story.\n" * 20_000))
    assert len(huge) < 125_000
    assert "The rest stands in the notes" in huge


def test_names_are_quoted_for_the_shell() -> None:
    text = notes(replace(FACTS, zip_name="my shop.zip", principal="a b"))

    assert "gateproof verify 'my shop.zip'" in text
    assert "-I 'a b' -n" in text


@pytest.mark.parametrize(("now", "is_told"), [(81, False), (80, True)])
def test_a_count_that_fell_by_a_fifth_stands_out(now: int, is_told: bool) -> None:
    fewer = compare(bundle_of({}, run(looked_at=100)), bundle_of({}, run(looked_at=now)))
    text = notes(replace(FACTS, changes=fewer))

    assert ("| `test` | PASSED, 80 tests, **fell by 20 %** | PASSED, 100 tests |" in text) is is_told
    assert ("What the gate test looks at fell by 20 %" in text) is is_told
