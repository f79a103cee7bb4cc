"""The texts that give a secret away, and a fast search for them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

from gateproof.record.text import Cleaner

SHORTEST_LINE = 16
"""Characters of one line of a secret with many, such as a PEM key, to be looked for on its own."""

# Characters of logs, the commonest first; one that is not here is rarer still.
_COMMON = " etaoinsrlcdpumhgfbyvwk0123456789._-/:,='\"()TESACDIRNOLPMFBUGHxjqzWVKYXJQZ[]<>+*"


def cleaned(text: str) -> str:
    """Text as the cleaner leaves it: what is searched went through it, so what is looked for must."""
    return Cleaner().feed(text.replace("\0", ""), final=True)[0]


def forms(secret: str) -> Iterator[str]:
    """The secret as programs print it: as it is, quoted, escaped, in base64, line by line."""
    data = secret.encode("utf-8", "surrogateescape")
    yield secret
    # Bytes that are no UTF-8 come back from the decoder as U+FFFD.
    yield data.decode("utf-8", "replace")
    yield quote(data, safe="")
    yield quote(data)
    yield quote_plus(data)
    yield html.escape(secret)
    yield secret.replace("'", "'\"'\"'")  # as shlex.quote writes it
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield from _base64_forms(data)
    lines = secret.splitlines()
    if len(lines) > 1:
        yield "\n".join(lines)
        yield "\r\n".join(lines)
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("-----"))


def _base64_forms(secret: bytes) -> Iterator[str]:
    """The part of base64 that does not depend on neighbours, for each of the three ways to be aligned."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret).decode()
        # The first characters hold bits of what goes before, the last one bits of what follows.
        core = encoded[(offset * 8 + 5) // 6 : (offset + len(secret)) * 8 // 6]
        yield core
        yield core.translate({ord("+"): "-", ord("/"): "_"})


class Needles:
    """Texts to be found in a stream, each with the name to call it by. It never shows them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self._texts = sorted(names, key=len, reverse=True)
        self._any = re.compile("|".join(map(re.escape, self._texts))) if names else None
        # Most blocks lack most of the rare characters, and looking for one character takes next to no time.
        self._by_rarest: dict[str, list[str]] = {}
        for text in self._texts:
            self._by_rarest.setdefault(max(text, key=_rarity), []).append(text)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def are_in(self, text: str) -> bool:
        """Whether any is there. One fast search each: a regular expression of them all takes longer."""
        return any(
            needle in text
            for rarest, needles in self._by_rarest.items()
            if rarest in text
            for needle in needles
        )

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of each, from left to right, the longest where several begin."""
        for match in self._any.finditer(text) if self._any else ():
            yield match.start(), match.end(), self._names[match[0]]

    def unfinished(self, text: str, start: int) -> int:
        """Where, from `start` on, the first begins that may go on after `text`; the end if none does."""
        end = len(text)
        for needle in self._texts:
            begin = text.find(needle[0], max(start, len(text) - len(needle) + 1), end)
            while begin >= 0:
                if needle.startswith(text[begin:]):
                    end = begin
                    break
                begin = text.find(needle[0], begin + 1, end)
        return end


def _rarity(character: str) -> int:
    place = _COMMON.find(character)
    return place if place >= 0 else len(_COMMON)
