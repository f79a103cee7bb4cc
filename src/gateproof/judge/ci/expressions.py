"""GitHub's expressions, as far as a ZIP can decide them: true, false, or not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

# It stops where another one begins, so that a text full of beginnings is read in one pass.
_EXPRESSION = re.compile(r"\$\{\{((?:(?!\$\{\{|\}\}).)*)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<operator>&&|\|\||==|!=|<=|>=|[!<>(),\[\]])"
    r"|(?P<name>[A-Za-z_][\w.*-]*))"
)
UNKNOWN: Any = object()
"""A value that only a run can tell."""
OWN: Any = object()
"""Whose repository it is: the ZIP does not say, and what is asked about is the owner's own."""
SOMEBODY: Any = object()
"""Who pushes: a person, and no bot."""

Lookup = Callable[[str], Any]
"""From a dotted name, such as `matrix.session`, to its value or UNKNOWN."""


def substituted(text: str, lookup: Lookup) -> str:
    """The text with every `${{ … }}` that is known replaced; the others stay as they are written."""

    def value(found: re.Match[str]) -> str:
        known = evaluate(found[1].strip(), lookup)
        return _as_text(known) if known is None or isinstance(known, str | bool) else found[0]

    return _EXPRESSION.sub(value, text)


def whole(text: str) -> str | None:
    """The expression, if the text is exactly one `${{ … }}`."""
    found = _EXPRESSION.fullmatch(text.strip())
    return found[1].strip() if found else None


def condition(text: str, lookup: Lookup) -> bool | None:
    """What an `if:` says: True, False, or None where it cannot be told."""
    inner = whole(text)
    known = evaluate(inner if inner is not None else text, lookup)
    return None if known is UNKNOWN else _truth(known)


def evaluate(text: str, lookup: Lookup) -> Any:
    """The value of an expression, or UNKNOWN."""
    try:
        reading = _Reading(text, lookup)
        value = reading.either()
        return value if reading.is_at_end else UNKNOWN
    except (ValueError, RecursionError):
        return UNKNOWN


class _Reading:
    """Recursive descent over one expression."""

    def __init__(self, text: str, lookup: Lookup) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._place = 0
        self._lookup = lookup
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None or len(self._tokens) > 400:
                raise ValueError(text)
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            at = found.end()

    @property
    def is_at_end(self) -> bool:
        return self._place == len(self._tokens)

    def _take(self, *texts: str) -> str | None:
        if not self.is_at_end and self._tokens[self._place] in [("operator", text) for text in texts]:
            self._place += 1
            return self._tokens[self._place - 1][1]
        return None

    def either(self) -> Any:
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = _either(value, other)
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._take("&&"):
            other = self._compared()
            value = _both(value, other)
        return value

    def _compared(self) -> Any:
        value = self._not()
        operator = self._take("==", "!=", "<", ">", "<=", ">=")
        if operator is None:
            return value
        other = self._not()
        if any(one is OWN for one in (value, other)):
            return True if operator == "==" else UNKNOWN
        if any(one is SOMEBODY for one in (value, other)):
            return True if operator == "!=" else UNKNOWN
        if any(one is UNKNOWN for one in (value, other)) or operator not in ("==", "!="):
            return UNKNOWN
        is_same = _as_text(value).lower() == _as_text(other).lower()
        return is_same if operator == "==" else not is_same

    def _not(self) -> Any:
        if self._take("!"):
            value = self._not()
            return UNKNOWN if value is UNKNOWN else not _truth(value)
        return self._one()

    def _one(self) -> Any:
        if self._take("("):
            value = self.either()
            if not self._take(")"):
                raise ValueError(")")
            return value
        if self.is_at_end:
            raise ValueError("end")
        kind, text = self._tokens[self._place]
        self._place += 1
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return text
        if kind != "name":
            raise ValueError(text)
        if self._take("("):
            return self._call(text)
        if text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        return self._lookup(text)

    def _call(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self._take(")"):
            arguments.append(self.either())
            if not self._take(",") and not self._peek_is(")"):
                raise ValueError(name)
        function = _FUNCTIONS.get(name.lower())
        if function is None or any(argument in (UNKNOWN, OWN, SOMEBODY) for argument in arguments):
            return UNKNOWN
        return function(*arguments)

    def _peek_is(self, text: str) -> bool:
        return not self.is_at_end and self._tokens[self._place][1] == text


def _contains(where: Any, what: Any) -> Any:
    if isinstance(where, list):
        return _as_text(what).lower() in [_as_text(one).lower() for one in where]
    return _as_text(what).lower() in _as_text(where).lower()


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "always": lambda: True,
    "success": lambda: True,
    "failure": lambda: False,
    "cancelled": lambda: False,
    "contains": _contains,
    "startswith": lambda text, start: _as_text(text).lower().startswith(_as_text(start).lower()),
    "endswith": lambda text, end: _as_text(text).lower().endswith(_as_text(end).lower()),
}


def _either(one: Any, other: Any) -> Any:
    if one is not UNKNOWN and _truth(one):
        return one
    if one is UNKNOWN:
        return other if other is not UNKNOWN and _truth(other) else UNKNOWN
    return other


def _both(one: Any, other: Any) -> Any:
    if one is not UNKNOWN and not _truth(one):
        return one
    if one is UNKNOWN:
        return other if other is not UNKNOWN and not _truth(other) else UNKNOWN
    return other


def _truth(value: Any) -> bool:
    return isinstance(value, dict | list) or value not in (False, None, "", "0", "false")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""


def on_a_push(name: str) -> Any:
    """What `github.…` is when somebody pushes to the main branch of the project's own repository."""
    known: Mapping[str, Any] = {
        "github.event_name": "push",
        "github.ref": "refs/heads/main",
        "github.ref_name": "main",
        "github.ref_type": "branch",
        "github.event.ref": "refs/heads/main",
        "github.event.repository.default_branch": "main",
        "github.base_ref": "",
        "github.head_ref": "",
        "github.event.pull_request.draft": None,
        "github.event.pull_request.merged": None,
        "github.event.action": None,
        "github.event.schedule": None,
        "runner.os": "Linux",
    }
    return known.get(name, UNKNOWN)


def on_a_pull_request(name: str) -> Any:
    """The same when somebody opens a pull request from a branch of the repository."""
    known: Mapping[str, Any] = {
        "github.event_name": "pull_request",
        "github.ref": "refs/pull/1/merge",
        "github.ref_type": "branch",
        "github.base_ref": "main",
        "github.event.pull_request.draft": False,
        "github.event.pull_request.merged": False,
        "github.event.action": "opened",
        "github.event.schedule": None,
        "runner.os": "Linux",
    }
    return known.get(name, UNKNOWN)
