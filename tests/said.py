"""What was said is said again, to the word: answers of the code in its own tests, recorded and held against.

Most tests look for a part of a sentence. Beside them the whole answer is compared with the one that was recorded for
the same question, so that a reason, a place or a number that changes shows in a diff. Record anew, and read the diff:

    GATEPROOF_SAY_ANEW=1 python -m pytest -p no:xdist tests/unit/judge
    GATEPROOF_SAY_ANEW=drop python -m pytest -p no:xdist tests/unit/judge      # a few times: what is another each time

A question that nobody recorded is let be: a new test needs nothing, until somebody records anew.
Python's own words and the form of paths differ between machines, so it holds where it was recorded:
on Python 3.11, not on Windows.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date
from pathlib import Path, PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import pytest

ANEW = "GATEPROOF_SAY_ANEW"
DEEPEST = 14
IS_HELD = os.name == "posix" and sys.version_info[:2] == (3, 11)


class Said:
    """The answers of one folder of tests, by function and question."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recorded: dict[str, dict[str, Any]] = json.loads(path.read_bytes()) if path.exists() else {}
        how = os.environ.get(ANEW, "")
        self.is_anew, self.drops = bool(how), how == "drop"
        self._heard: dict[tuple[str, str], set[str]] = {}

    def differs(self, name: str, question: Any, answer: Any) -> str:
        """What is otherwise than it was recorded, in words; nothing where it is the same or was never recorded."""
        key = hashlib.sha256(_text(question).encode()).hexdigest()[:12]
        if self.is_anew:
            self._record(name, key, answer)
            return ""
        known = self.recorded.get(name, {})
        if key not in known or known[key] == answer:
            return ""
        return f"{name} said {_text(answer)}, and {_text(known[key])} was recorded"

    def _record(self, name: str, key: str, answer: Any) -> None:
        if self.drops:
            if self.recorded.get(name, {}).get(key, answer) != answer:
                self.recorded[name].pop(key)
            return
        heard = self._heard.setdefault((name, key), set())
        heard.add(_text(answer))
        answers = self.recorded.setdefault(name, {})
        if len(heard) == 1:
            answers[key] = answer
        else:
            # The question is not the whole of it: a clock, a file, or something that cannot be told.
            answers.pop(key, None)

    def write(self) -> None:
        """Keep what was recorded anew."""
        kept = {name: dict(sorted(some.items())) for name, some in sorted(self.recorded.items()) if some}
        self.path.write_text(json.dumps(kept, indent=0) + "\n", encoding="utf-8", newline="\n")


def listening(recording: Path, *prefixes: str, by_test: bool = False) -> Callable[..., Iterator[None]]:
    """A fixture for every test that has it, which hears the functions that its module took from these packages.

    `by_test`: the question is the test's own name, and how often it asked before; what differs in every run, such as
    digests and keys, is left out of the answer. Else it is what the function was given.
    """
    said = Said(recording)

    @pytest.fixture(autouse=True)
    def to_the_word(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        wrong: list[str] = []
        if IS_HELD and not hasattr(request.function, "hypothesis") and isinstance(request.module, ModuleType):
            ask = _by_test(request.node.name) if by_test else _by_arguments
            for name, one in list(vars(request.module).items()):
                if isinstance(one, FunctionType) and f"{one.__module__}.{one.__name__}".startswith(prefixes):
                    hear = _Hear(said, wrong, request.node.funcargs, ask, leaves_out=by_test)
                    monkeypatch.setattr(request.module, name, hear.all_of(one))
        yield
        monkeypatch.undo()
        if said.is_anew:
            said.write()
        assert not wrong, "\n".join(wrong)

    return to_the_word


def _by_test(name: str) -> Callable[[object], object]:
    before = itertools.count()
    return lambda _: f"{name} {next(before)}"


def _by_arguments(given: object) -> object:
    return given


@dataclasses.dataclass(frozen=True)
class _Hear:
    said: Said
    wrong: list[str]
    given: Mapping[str, object]
    """What the test got, as far as it has it by now: its own folder is no part of an answer."""
    ask: Callable[[object], object]
    leaves_out: bool

    @property
    def places(self) -> list[str]:
        """Paths that differ in every run."""
        return [str(self.given["tmp_path"])] if "tmp_path" in self.given else []

    def all_of(self, function: FunctionType) -> Callable[..., Any]:
        """The function, heard."""
        name = f"{function.__module__}.{function.__name__}".removeprefix("gateproof.")

        @functools.wraps(function)
        def wrapper(*args: Any, **options: Any) -> Any:
            question = self.ask([_plain([args, options], self.places), self._beside()])
            try:
                result = function(*args, **options)
                if isinstance(result, Iterator):
                    result = list(result)
                    self._tell(name, question, result)
                    return iter(result)
            except Exception as error:
                self._tell(name, question, {"raises": [type(error).__name__, str(error)]})
                raise
            self._tell(name, question, result)
            return result

        return wrapper

    def _beside(self) -> list[str]:
        """What lies in the test's own folder: a function that reads files is asked about them, too."""
        return [
            f"{path.relative_to(place).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
            for place in self.places
            for path in sorted(Path(place).rglob("*"))
            if path.is_file()
        ]

    def _tell(self, name: str, question: object, result: object) -> None:
        answer = _plain(result, self.places)
        if self.leaves_out:
            answer = json.loads(_EVER_NEW.sub("#", _text(answer)))
        if told := self.said.differs(name, question, answer):
            self.wrong.append(told)


_EVER_NEW = re.compile(r"\b[0-9a-f]{8,}\b|SHA256:[A-Za-z0-9+/]{43}|\b[0-9]{5,}\b")
"""Digests, the beginnings of digests, fingerprints, and sizes of what holds a signature."""


def _plain(value: Any, places: list[str], depth: int = 0) -> Any:
    """A value as JSON holds it, the same in every run; what cannot be told is its type."""
    if depth > DEEPEST:
        return "…"
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return _without(value, places)
    again = functools.partial(_plain, places=places, depth=depth + 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.compare]
        return {type(value).__name__: {name: again(getattr(value, name)) for name in names}}
    plain = next((plain for kinds, plain in _PLAIN if isinstance(value, kinds)), None)
    return plain(value, again) if plain else type(value).__name__


_PLAIN: tuple[tuple[type | tuple[type, ...], Callable[[Any, Callable[[Any], Any]], Any]], ...] = (
    (enum.Enum, lambda value, again: str(value.value)),
    ((bool, int, type(None)), lambda value, again: value),
    (float, lambda value, again: repr(value)),
    (bytes, lambda value, again: f"{len(value)} bytes {hashlib.sha256(value).hexdigest()[:12]}"),
    (date, lambda value, again: value.isoformat()),
    (PurePath, lambda value, again: again(value.as_posix())),
    (Mapping, lambda value, again: {str(again(name)): again(one) for name, one in value.items()}),
    (Set, lambda value, again: sorted(map(again, value), key=_text)),
    ((list, tuple), lambda value, again: list(map(again, value))),
    # What a function is called is no part of a question; what it closes over is.
    (FunctionType, lambda value, again: ["function", *map(again, _closed_over(value))]),
    (functools.partial, lambda value, again: again([value.func, value.args, value.keywords])),
    # Such as the `__getitem__` of the dictionary that a test's files are in.
    ((BuiltinFunctionType, MethodType), lambda value, again: ["method", again(value.__self__)]),
    (type, lambda value, again: value.__qualname__),
)


def _closed_over(function: FunctionType) -> list[Any]:
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return [value for value in cells if not callable(value) and not isinstance(value, dict)]


def _without(text: str, places: list[str]) -> str:
    for place in places:
        text = text.replace(place, "{tmp}")
    return text


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
