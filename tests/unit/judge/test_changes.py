"""What changed between two bundles, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles import bundle_of, run
from gateproof.judge.changes import Change, Changes, compare, first
from gateproof.judge.changes_text import as_mapping, lines, markdown, table
from gateproof.model import Finding, Outcome


def changes(before: Mapping[str, str | bytes], after: Mapping[str, str | bytes]) -> Changes:
    return compare(bundle_of(before), bundle_of(after))


def words(told: Changes, kind: str) -> list[tuple[str, str]]:
    return [
        (change.name, change.word) for name, listed in told.sections() if name == kind for change in listed
    ]


def test_the_same_files_differ_in_nothing() -> None:
    told = changes({"a.py": "x", "requirements.txt": "a==1\n"}, {"a.py": "x", "requirements.txt": "a==1\n"})

    assert told.is_none
    assert list(lines(told))[-1] == "Nothing differs."


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        (
            "files",
            {"a": "1", "b": "2", "c": "3"},
            {"a": "1", "b": "x", "d": "3"},
            [("b", "changed"), ("c", "removed"), ("d", "added")],
        ),
        ("files", {"evidence/a": "1"}, {"evidence/a": "2"}, []),
        (
            "dependencies",
            {"requirements.txt": "a==1\nb==1\nc==1\n"},
            {"requirements.txt": "a==2\nb==1\nd==1\n"},
            [("a", "changed"), ("c", "removed"), ("d", "added")],
        ),
        (
            "migrations",
            {"s/migrations/0001_a.py": "1", "s/migrations/0002_b.py": "1"},
            {"s/migrations/0001_a.py": "2", "s/migrations/0003_c.py": "1"},
            [
                ("s/migrations/0001_a.py", "changed"),
                ("s/migrations/0002_b.py", "removed"),
                ("s/migrations/0003_c.py", "added"),
            ],
        ),
        ("settings", {"s.py": 'getenv("A")'}, {"s.py": 'getenv("B")'}, [("A", "removed"), ("B", "added")]),
        (
            "statuses",
            {"STATUS.md": "- S1.1: Done\n- S1.2: Done\n- S1.3: Done\n"},
            {"STATUS.md": "- S1.1: Done\n- S1.2: Not Done\n- S1.4: Done\n"},
            [("S1.2", "changed"), ("S1.3", "removed"), ("S1.4", "added")],
        ),
        (
            "numbers",
            {"README.md": "<!-- claim: test.looked_at -->7<!-- /claim -->"},
            {"README.md": "<!-- claim: test.looked_at -->8<!-- /claim -->"},
            [("test.looked_at", "changed")],
        ),
    ],
)
def test_each_kind_of_change_is_seen(
    kind: str, before: dict[str, str], after: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert words(changes(before, after), kind) == expected


@pytest.mark.parametrize("what", ["executables", "links"])
def test_a_file_that_only_became_executable_or_a_link_differs(what: str) -> None:
    told = compare(bundle_of({"run": "x"}), bundle_of({"run": "x"}, **{what: frozenset({"run"})}))

    assert words(told, "files") == [("run", "changed")]


def test_a_package_that_two_locks_pin_alike_is_one_change() -> None:
    before, after = (
        {f"requirements/{lock}.txt": f"a=={version}\n" for lock in ("x", "y")} for version in (1, 2)
    )

    (change,) = changes(before, after).dependencies

    assert (change.before, change.after, change.where) == ("1", "2", "requirements/x.txt, requirements/y.txt")


def test_gates_are_compared_by_name_and_by_leg_where_there_are_several() -> None:
    old = bundle_of({}, run(leg="py3.11-linux"), run(name="lint", outcome=Outcome.FAILED))
    new = bundle_of({}, run(leg="py3.12-linux"), run(name="lint"), run(name="types"))
    legs = bundle_of({}, run(leg="py3.11-linux"), run(leg="py3.12-linux"))

    assert words(compare(old, new), "gates") == [("lint", "changed"), ("test", "same"), ("types", "added")]
    assert words(compare(old, legs), "gates") == [
        ("lint", "removed"),
        ("test py3.11-linux", "same"),
        ("test py3.12-linux", "added"),
    ]


def test_unsound_evidence_is_named_and_nothing_differs_only_as_far_as_known() -> None:
    lie = Finding(code="V001", path="evidence/x", sentence="It was changed.")
    unsound: dict[str, Any] = {"unsound": (lie,)}

    told = compare(bundle_of({"a": "1"}), bundle_of({"a": "1"}, **unsound))

    assert told.is_none
    assert "not sound" in told.unknown[0]
    assert list(lines(told))[-1] == "Nothing that could be compared differs."
    assert as_mapping(told)["same"] is False


def test_of_the_first_release_only_the_gates_are_told() -> None:
    told = first(bundle_of({"a": "1"}, run()))

    assert (told.files, words(told, "gates")) == ((), [("test", "added")])


def test_names_cannot_break_the_page_or_the_terminal() -> None:
    evil = "a|b`\x1b[2J\u202e<script>.py"

    told = changes({}, {evil: "x"})

    shown = "\n".join([*lines(told), *markdown(told)])
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    (row,) = [line for line in markdown(told) if "script" in line]
    assert "<script" not in row.replace("\\<", "")
    assert row.replace("\\|", "").count("|") == 6


def test_a_terminal_shows_the_first_of_very_many_and_the_page_all() -> None:
    told = changes({}, {f"f{number:03}": "" for number in range(100)})

    assert "  and 70 more" in list(lines(told))
    assert sum("| added |" in line for line in markdown(told)) == 100


@given(st.text(), st.text())
def test_a_row_is_one_row_whatever_stands_in_it(name: str, text: str) -> None:
    (_, _, row) = table([Change(name=name, before=text, after=None, where=text)])

    assert row.isprintable()
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 6


def test_each_kind_of_change_is_told_to_programs_whole() -> None:
    one = Change(
        name="django", before="5.1", after="5.2", where="a.txt", state_before="MIT", state_after="BSD"
    )
    fell = Change(name="test", before="PASSED, 10 tests", after="PASSED, 5 tests")
    told = as_mapping(Changes(old="a", new="b", dependencies=(one,), settings=(one,), gates=(fell,)))

    plain = {
        "name": "django",
        "change": "changed",
        "before": "5.1",
        "after": "5.2",
        "where": "a.txt",
        "fell": "",
    }
    assert told["dependencies"] == [{**plain, "state_before": "MIT", "state_after": "BSD"}]
    assert told["settings"] == [plain]
    assert told["gates"] == [
        {
            "name": "test",
            "change": "changed",
            "before": "PASSED, 10 tests",
            "after": "PASSED, 5 tests",
            "where": "",
            "fell": "fell by 50 %",
        }
    ]
    settings = as_mapping(Changes(old="a", new="b", settings=(fell,)))["settings"]
    assert settings[0]["fell"] == ""


def test_a_place_is_told_behind_the_change() -> None:
    one = Change(name="A", before=None, after="1", where="x\x1b.py")
    text = "\n".join(lines(Changes(old="a", new="b", settings=(one,))))
    assert "(x\\x1b.py)" in text
