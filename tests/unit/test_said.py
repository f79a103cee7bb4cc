"""The words that were recorded are held: another word is seen, and what nobody recorded is let be."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import said
from bundles import bundle_of, judged
from gateproof.model import Outcome, Reading
from gateproof.record.readers import combine

TESTS = Path(__file__).parents[1]
RECORDINGS = [
    ("unit/judge/said.json", 600),
    ("unit/record/readers/said.json", 300),
    ("functional/test_verify_says_no.said.json", 120),
    ("functional/test_verify_forms.said.json", 40),
]


class Asked:
    """A test that asks one function, as the fixture meets it."""

    def __init__(self, function: Any, folder: Path) -> None:
        self.module = ModuleType("asks")
        function.__module__ = "gateproof.judge.words"
        self.module.__dict__["answer"] = function
        self.function = object()
        self.node = SimpleNamespace(funcargs={"tmp_path": folder}, name="test_it[one]")


def recording(folder: Path) -> Path:
    """Beside the test's own folder, whose files are part of a question."""
    return folder.parent / f"{folder.name}.json"


def ask(folder: Path, function: Any, *questions: Any, by_test: bool = False) -> None:
    """Ask it in a test of `folder`, and see what the fixture says at the end of the test."""
    fixture = said.listening(recording(folder), "gateproof.judge.", by_test=by_test)
    heard: Any = getattr(fixture, "__wrapped__", None) or fixture.__pytest_wrapped__.obj  # type: ignore[attr-defined]
    asked = Asked(function, folder)
    with pytest.MonkeyPatch.context() as patch:
        run: Iterator[None] = heard(asked, patch)
        next(run)
        for question in questions:
            asked.module.__dict__["answer"](question)
        with pytest.raises(StopIteration):
            next(run)


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "IS_HELD", True)


def reading(question: str) -> Reading:
    return Reading(outcome=Outcome.PASSED, reason=f"{question} was looked at", looked_at=2)


def other(question: str) -> Reading:
    return Reading(outcome=Outcome.PASSED, reason=f"{question} was looked at", looked_at=3)


def record(
    monkeypatch: pytest.MonkeyPatch, folder: Path, function: Any, *questions: Any, by_test: bool = False
) -> None:
    function.__name__ = "answer"
    with monkeypatch.context() as patch:
        patch.setenv(said.ANEW, "1")
        ask(folder, function, *questions, by_test=by_test)


def test_the_same_answer_passes_and_another_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(monkeypatch, tmp_path, reading, "a.py")
    other.__name__ = "answer"

    ask(tmp_path, reading, "a.py", "a.py")
    with pytest.raises(AssertionError, match=r'"looked_at": 3.* and .*"looked_at": 2'):
        ask(tmp_path, other, "a.py")


def test_what_nobody_recorded_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(monkeypatch, tmp_path, reading, "a.py")
    other.__name__ = "answer"
    ask(tmp_path, other, "b.py")


def test_what_is_another_each_time_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(monkeypatch, tmp_path, reading, "a.py", "b.py")
    other.__name__ = "answer"
    with monkeypatch.context() as patch:
        patch.setenv(said.ANEW, "drop")
        ask(tmp_path, other, "a.py")
        ask(tmp_path, reading, "b.py")
    ask(tmp_path, other, "a.py")
    with pytest.raises(AssertionError, match="was recorded"):
        ask(tmp_path, other, "b.py")


def test_the_files_beside_are_part_of_the_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def contents(question: str) -> str:
        return (tmp_path / question).read_text(encoding="utf-8")

    for written in ("one", "two"):
        (tmp_path / "a.py").write_text(written, encoding="utf-8")
        record(monkeypatch, tmp_path, contents, "a.py")
    ask(tmp_path, contents, "a.py")
    assert len(said.Said(recording(tmp_path)).recorded["judge.words.answer"]) == 2


def test_where_the_question_is_not_the_whole_of_it_nothing_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([1, 2])

    def moment(question: str) -> int:
        return next(moments)

    record(monkeypatch, tmp_path, moment, "now", "now")
    assert recording(tmp_path).read_text(encoding="utf-8") == "{}\n"


def test_the_end_of_a_generator_and_an_error_are_answers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def words(question: list[str]) -> Iterator[str]:
        yield from question

    def fewer(question: list[str]) -> Iterator[str]:
        yield from question[:-1]

    def broken(question: list[str]) -> Iterator[str]:
        raise ValueError(f"{tmp_path} is not there")

    record(monkeypatch, tmp_path, words, ["a", "b"])
    for function in (fewer, broken):
        function.__name__ = "answer"
        with pytest.raises((AssertionError, ValueError), match=r"was recorded|is not there"):
            ask(tmp_path, function, ["a", "b"])


def test_by_test_the_first_answer_and_the_second_are_two_and_digests_may_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sealed(question: int) -> str:
        return f"sealed {'ab' * question} of 3 files"

    record(monkeypatch, tmp_path, sealed, 8, 9, by_test=True)
    ask(tmp_path, sealed, 10, 11, by_test=True)
    with pytest.raises(AssertionError, match="sealed ab of 3 files"):
        ask(tmp_path, sealed, 8, 1, by_test=True)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Outcome.PASSED, "PASSED"),
        (b"abc", "3 bytes ba7816bf8f01"),
        (date(2026, 1, 2), "2026-01-02"),
        ({"b", "a"}, ["a", "b"]),
        ({1: (True, None, 1.5)}, {"1": [True, None, "1.5"]}),
        (Path("/here/x"), "{tmp}/x"),
        (object(), "object"),
        (str, "str"),
    ],
)
def test_values_are_told_the_same_on_each_day(value: object, plain: object) -> None:
    assert said._plain(value, ["/here"]) == plain


@pytest.mark.parametrize(
    ("recorded", "function", "question"),
    [
        ("unit/judge/said.json", judged, ("file: LICENSE", bundle_of({"LICENSE": "MIT"}))),
        ("unit/record/readers/said.json", combine, ([],)),
    ],
    ids=["judge", "readers"],
)
def test_a_recording_still_knows_what_its_tests_ask(
    recorded: str, function: Any, question: tuple[Any, ...]
) -> None:
    """How a question is told may change; then nothing would be held any more, and nobody would notice."""

    @functools.wraps(function)
    def answers_otherwise(*_: object) -> str:
        return "something else"

    lies: Any = answers_otherwise
    hears = said._Hear(said.Said(TESTS / recorded), [], {}, said._by_arguments, leaves_out=False)
    hears.all_of(lies)(*question)
    assert hears.wrong


@pytest.mark.parametrize(("name", "fewest"), RECORDINGS)
def test_a_recording_holds_many_answers(name: str, fewest: int) -> None:
    recorded = said.Said(TESTS / name).recorded
    assert sum(map(len, recorded.values())) >= fewest
