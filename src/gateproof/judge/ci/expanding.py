"""What a shell makes of a written word: quotes removed, variables that are known put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_VARIABLE = re.compile(
    r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?P<tail>[:#%/^,+?=-][^}]*)?\})"
)


def expanded(raw: str, env: Mapping[str, str]) -> Iterator[str]:
    """The words that a shell makes of one written word; what cannot be known stays as it is written."""
    text, quoted = "", False
    pieces: list[str] = []
    place = 0
    while place < len(raw):
        c = raw[place]
        if c == "\\" and place + 1 < len(raw):
            text, place = text + raw[place + 1].replace("\n", ""), place + 2
        elif c == "'":
            end = raw.find("'", place + 1)
            end = len(raw) if end < 0 else end
            text, place, quoted = text + raw[place + 1 : end], end + 1, True
        elif c == '"':
            inner, place = _quoted(raw, place + 1)
            text, quoted = text + _VARIABLE.sub(lambda found: _value(found, env), inner), True
        elif c == "$" and not raw.startswith("${{", place) and (found := _VARIABLE.match(raw, place)):
            value = _value(found, env)
            place = found.end()
            if value == found[0] or " " not in value:
                text += value
            else:
                first, *more = value.split() or [""]
                pieces += [text + first, *more[:-1]]
                text = more[-1] if more else pieces.pop()
        else:
            text, place = text + c, place + 1
    pieces.append(text)
    return (piece for piece in pieces if piece or quoted)


def _quoted(raw: str, place: int) -> tuple[str, int]:
    text = ""
    while place < len(raw) and raw[place] != '"':
        if raw[place] == "\\" and place + 1 < len(raw) and raw[place + 1] in '"\\$`\n':
            text, place = text + raw[place + 1].replace("\n", ""), place + 2
        else:
            text, place = text + raw[place], place + 1
    return text, place + 1


def _value(found: re.Match[str], env: Mapping[str, str]) -> str:
    name, tail = found["plain"] or found["braced"], found["tail"] or ""
    if name in env and (not tail or tail.startswith((":-", "-"))):
        return env[name]
    return tail.lstrip(":-") if tail.startswith((":-", "-")) else found[0]
