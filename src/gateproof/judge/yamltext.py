"""YAML from strangers: every scalar stays text, and what could grow without bound is refused.

PyYAML's events are read one by one, so that no alias bomb is ever built and no nesting recurses.
Scalars stay as they are written: `on:` is a key and not a truth, `3.10` is not 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

MOST_BYTES = 1 << 20
MOST_VALUES = 50_000
"""Counted after aliases are followed: ten lines of aliases can stand for a billion values."""
MOST_DEPTH = 60

Value = Any
"""A text, a list or a Table of these."""


class Table(dict[str, Value]):
    """A mapping that knows on which line each of its keys stands."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class YamlError(ValueError):
    """The text is not YAML that is read here; the message says why, and on which line."""


def read_yaml(text: str) -> Value:
    """The first document of `text`; None for an empty one.

    Raises YamlError for what is not YAML, what is too large, nested or expanded too far, a key that is there
    twice, and tags other than the plain ones and GitLab's `!reference`.
    """
    if len(text) > MOST_BYTES:
        raise YamlError(f"it has more than {MOST_BYTES:,} characters")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        # Characters that YAML forbids are found before the first event.
        return _Builder(yaml.parse(text, Loader=loader)).document()
    except yaml.YAMLError as error:
        # PyYAML 6.0.4 has a limit of its own, which it may reach before the first event.
        too_deep = f"it is nested more than {MOST_DEPTH} deep" if "nesting depth" in str(error) else ""
        raise YamlError(too_deep or _sentence(error)) from None


class _Builder:
    """Values from events, with a stack of its own."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._count = 0
        self._open: list[_Open] = []

    def document(self) -> Value:
        for event in self._events:
            value = self._take(event)
            if value is not _NOTHING_YET:
                return value
        return None

    def _take(self, event: Any) -> Value:
        """The whole document once it is complete."""
        if isinstance(event, yaml.ScalarEvent):
            self._count_in(1)
            return self._put(event.value, 1, event.anchor, event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise YamlError(f"the alias *{event.anchor} stands for nothing{_line(event)}")
            value, size = self._anchors[event.anchor]
            self._count_in(size)
            return self._put(value, size, None, event)
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._open) >= MOST_DEPTH:
                raise YamlError(f"it is nested more than {MOST_DEPTH} deep{_line(event)}")
            self._count_in(1)
            is_table = isinstance(event, yaml.MappingStartEvent)
            self._open.append(_Open(Table() if is_table else [], event.anchor, _line_of(event)))
            return _NOTHING_YET
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self._open.pop()
            return self._put(done.value, done.size, done.anchor, event)
        return _NOTHING_YET

    def _count_in(self, values: int) -> None:
        self._count += values
        if self._count > MOST_VALUES:
            raise YamlError(
                f"it holds more than {MOST_VALUES:,} values, those that its aliases stand for included"
            )

    def _put(self, value: Value, size: int, anchor: str | None, event: Any) -> Value:
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._open:
            return value
        self._open[-1].add(value, size, event)
        return _NOTHING_YET


class _Open:
    """A list or table whose end was not seen yet."""

    def __init__(self, value: Value, anchor: str | None, line: int) -> None:
        self.value = value
        self.anchor = anchor
        self.size = 1
        self._key: str | None = None
        self._line = line

    def add(self, value: Value, size: int, event: Any) -> None:
        self.size += size
        if isinstance(self.value, list):
            self.value.append(value)
        elif self._key is None:
            if not isinstance(value, str):
                raise YamlError(f"a key is not plain text{_line(event)}")
            self._key, self._line = value, _line_of(event)
        else:
            self._pair(self._key, value, event)
            self._key = None

    def _pair(self, key: str, value: Value, event: Any) -> None:
        if key == "<<":
            for one in value if isinstance(value, list) else [value]:
                if not isinstance(one, Table):
                    raise YamlError(f"<< merges something that is no table{_line(event)}")
                for name in one:
                    if name not in self.value:
                        self.value[name] = one[name]
                        self.value.lines.setdefault(name, -1)
            return
        if key in self.value and self.value.lines.get(key) != -1:
            raise YamlError(f"the key {key!r} is there twice{_line(event)}")
        self.value[key] = value
        self.value.lines[key] = self._line


_NOTHING_YET = object()


def _sentence(error: object) -> str:
    mark: Any = getattr(error, "problem_mark", None)
    line = f" on line {mark.line + 1}" if mark else ""
    return f"{getattr(error, 'problem', None) or 'it is not YAML'}{line}"


def _line(event: Any) -> str:
    return f" on line {_line_of(event)}"


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def table(value: Value) -> Table:
    """The value if it is a table, otherwise an empty one."""
    return value if isinstance(value, Table) else Table()


def listed(value: Value) -> list[Value]:
    """A list as it is, nothing as an empty list, anything else as a list of one."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Value) -> str:
    """The value if it is text, otherwise nothing."""
    return value if isinstance(value, str) else ""


def is_true(value: Value) -> bool:
    """Whether a scalar says true, in YAML's own words."""
    return isinstance(value, str) and value.strip().lower() in {"true", "yes", "on"}
