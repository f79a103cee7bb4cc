"""A run is read from its statements field by field, and nothing that is no such field is taken for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bundles import HERE, LEG, NOON, bundle_of, run
from gateproof.evidence.statement import LINK, RUN_FIELD, TEST_RESULT, Statement, source
from gateproof.judge import bundle as bundles_module
from gateproof.judge.bundle import Bundle, DeliveryFacts, EvidenceRun, RanCommand, read_run
from gateproof.model import Outcome, Subject

PLACE = "evidence/gates/test/x"
OURS: dict[str, Any] = {
    "executed": True,
    "outcome": "PASSED",
    "cwd": "shop",
    "reason": "12 tests passed",
    "looked_at": 12,
    "unit": "tests",
    "counts": {"skipped": 2, "a": 1},
}
SAID = RanCommand(
    argv=("python", "manage.py", "test"),
    cwd="shop",
    outcome=Outcome.PASSED,
    reason="12 tests passed",
    looked_at=12,
    unit="tests",
    counts=(("a", 1), ("looked_at", 12), ("skipped", 2)),
)


def statement(kind: str, predicate: Mapping[str, Any], *trees: str) -> Statement:
    return Statement(
        subject=tuple(source(Subject(git_tree=tree, dir_hash="c" * 64)) for tree in trees or (HERE,)),
        predicate_type=kind,
        predicate=predicate,
    )


def link(**changes: Any) -> Statement:
    ours = {name: value for name, value in (OURS | changes).items() if value is not None}
    return statement(LINK, {"command": ["python", "manage.py", "test"], RUN_FIELD: ours})


def result(**changes: Any) -> Statement:
    told: dict[str, Any] = {
        "passedTests": ["a", "b"],
        "failedTests": ["c"],
        RUN_FIELD: {"looked_at": 3, "counts": {"skipped": 1}},
    }
    return statement(TEST_RESULT, {name: one for name, one in (told | changes).items() if one is not None})


def read(*statements: Statement) -> EvidenceRun:
    return read_run(iter(statements), run().attempt, kind="gates", place=PLACE)


def test_a_whole_record_is_read_field_by_field() -> None:
    assert read(link(), result()) == EvidenceRun(
        kind="gates",
        attempt=run().attempt,
        git_tree=HERE,
        place=PLACE,
        commands=(SAID,),
        passed=("a", "b"),
        failed=("c",),
        counts=(("looked_at", 3), ("skipped", 1)),
    )
    assert read(result()).commands == ()
    assert read(link(), link(), result()).commands == (SAID, SAID)
    assert read(result()).name == "test"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"executed": None}, "outcome", None),
        ({"executed": False}, "outcome", None),
        ({"executed": 1}, "outcome", None),
        ({"outcome": "passed"}, "outcome", None),
        ({"outcome": "WARNED"}, "outcome", None),
        ({"outcome": "FAILED"}, "outcome", Outcome.FAILED),
        ({"cwd": None}, "cwd", ""),
        ({"cwd": 3}, "cwd", ""),
        ({"reason": None}, "reason", ""),
        ({"reason": ["x"]}, "reason", ""),
        ({"unit": None}, "unit", "things"),
        ({"unit": 7}, "unit", "things"),
        ({"looked_at": None}, "looked_at", 0),
        ({"looked_at": "12"}, "looked_at", 0),
        ({"looked_at": None}, "counts", (("a", 1), ("skipped", 2))),
        ({"looked_at": True}, "counts", (("a", 1), ("skipped", 2))),
        ({"counts": None}, "counts", (("looked_at", 12),)),
        ({"counts": [1]}, "counts", (("looked_at", 12),)),
        ({"counts": {"looked_at": 5}}, "counts", (("looked_at", 5),)),
        ({"counts": {"a": True, "b": "2", "c": 1.5, "d": 4}}, "counts", (("d", 4), ("looked_at", 12))),
    ],
)
def test_what_is_no_such_field_is_not_taken_for_one(
    changes: dict[str, Any], field: str, value: object
) -> None:
    (command,) = read(link(**changes), result()).commands
    assert getattr(command, field) == value


@pytest.mark.parametrize(
    ("predicate", "argv"),
    [
        ({"command": ["a", 1, "b"]}, ("a", "b")),
        ({"command": "a b"}, ()),
        ({}, ()),
        ({"command": ["a"], RUN_FIELD: "x"}, ("a",)),
    ],
)
def test_a_command_without_our_words_has_no_outcome(predicate: dict[str, Any], argv: tuple[str, ...]) -> None:
    (command,) = read(statement(LINK, predicate), result()).commands
    assert command == RanCommand(argv=argv, cwd="", outcome=None, reason="", looked_at=0, unit="things")


@pytest.mark.parametrize(
    ("statements", "tree"),
    [
        ((result(),), HERE),
        ((statement(LINK, {}, "b" * 40), result()), ""),
        ((statement(TEST_RESULT, {}, HERE, "b" * 40),), ""),
        ((Statement(subject=(), predicate_type=TEST_RESULT, predicate={}),), ""),
    ],
)
def test_a_record_is_about_one_source_or_about_none(statements: tuple[Statement, ...], tree: str) -> None:
    assert read(*statements).git_tree == tree


def test_lists_that_are_none_name_no_test() -> None:
    it = read(result(passedTests="ab", failedTests=None, **{RUN_FIELD: None}))
    assert (it.passed, it.failed, it.counts) == ((), (), ())


def test_a_text_is_read_once_and_only_where_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles_module, "MOST_TEXT", 5)
    asked: list[str] = []
    contents = {
        "a": b"\xef\xbb\xbfab",
        "empty": b"",
        "nul": b"a\0",
        "raw": b"\xff",
        "long": b"123456",
        "l": b"x",
    }

    def reads(path: str) -> bytes:
        asked.append(path)
        return contents[path]

    it = Bundle(
        name="x.zip",
        sizes={path: len(raw) for path, raw in contents.items()},
        read=reads,
        links=frozenset({"l"}),
    )
    assert [it.text(path) for path in ("a", "a", "empty", "nul", "raw", "long", "l", "gone")] == [
        "ab", "ab", "", None, None, None, None, None,
    ]  # fmt: skip
    assert asked == ["a", "empty", "nul", "raw"]


def test_the_longest_text_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles_module, "MOST_TEXT", 3)
    assert bundle_of({"a": "abc", "b": "abcd"}).text("a") == "abc"
    assert bundle_of({"a": "abc", "b": "abcd"}).text("b") is None


def test_a_digest_is_that_of_the_contents_in_one_piece_or_in_many() -> None:
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert bundle_of({"a": "abc"}).digest("a") == sha256
    pieces = {"a": (b"a", b"bc")}
    assert bundle_of({"a": "other"}, blocks=pieces.__getitem__).digest("a") == sha256


def test_paths_are_found_by_name_and_by_folder() -> None:
    it = bundle_of(dict.fromkeys(("b/c/x.md", "b/x.md", "x.md", "bx/y", "b/y", "xx.md"), ""))
    assert list(it.named("x.md")) == ["x.md", "b/x.md", "b/c/x.md"]
    assert list(it.named("x.md", "y")) == ["x.md", "b/x.md", "b/y", "bx/y", "b/c/x.md"]
    assert it.below("b") == it.below("b/") == ("b/c/x.md", "b/x.md", "b/y")
    assert it.below("") == tuple(sorted(it.sizes))
    assert (it.has("x.md"), it.has("y")) == (True, False)


def test_nobody_vouches_and_nothing_is_found_where_nobody_was_asked() -> None:
    it = bundle_of()
    assert (it.vouch(b"", b"", NOON), it.inspect(), it.delivery) == (None, (), None)
    assert DeliveryFacts(is_whole=True).findings == ()
    assert LEG in run().place
