"""What is wrong with names: where they collide, what Windows cannot write, what the eye cannot see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from gateproof.findings import Code
from gateproof.pack.inspect.rules import Caught, caught
from gateproof.pack.zipchecks import parents_of

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: the superscript digits count as digits.
_DIGITS = "0123456789\u00b9\u00b2\u00b3"
RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in _DIGITS]
)
ILLEGAL = frozenset('<>:"|?*')
LONGEST_PART = 255
# Joiners and variation selectors belong to emoji and some scripts; these only hide or turn.
INVISIBLE = frozenset(
    "\u2028\u2029\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u3164\ufeff\uffa0"
) | frozenset(
    map(
        chr,
        [
            *range(0x202A, 0x202F),
            *range(0x2060, 0x2070),
            *range(0xFFF9, 0xFFFC),
            *range(0x1D173, 0x1D17B),
            *range(0xE0000, 0xE0080),
        ],
    )
)

# A joiner between plain letters joins nothing: macOS ignores it, and `.e\u200cnv` is no .env for a rule.
_JOINED = re.compile("(?:^|[\x20-\x7e])[\u200c\u200d\ufe00-\ufe0f]+(?:[\x20-\x7e]|$)")


def name_findings(names: Collection[str], longest_path: int) -> Iterator[Caught]:
    """What is wrong with each name and with all of them together."""
    for name in names:
        yield from _of_one(name, longest_path)
    yield from _collisions(names)


def _of_one(name: str, longest_path: int) -> Iterator[Caught]:
    parts = name.split("/")
    if any(part.split(".")[0].rstrip(" ").lower() in RESERVED for part in parts):
        yield caught(Code.RESERVED_NAME, name)
    if not ILLEGAL.isdisjoint(name) or any(part.endswith((".", " ")) for part in parts):
        yield caught(Code.ILLEGAL_NAME, name)
    length = _utf16_units(name)
    if length > longest_path:
        yield caught(Code.LONG_PATH, name, f"It has {length} characters.")
    elif any(_utf16_units(part) > LONGEST_PART for part in parts):
        yield caught(Code.LONG_PATH, name, f"A part of it has more than {LONGEST_PART} characters.")
    if not name.isascii() and (not INVISIBLE.isdisjoint(name) or _JOINED.search(name)):
        yield caught(Code.INVISIBLE, name)


def _utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _collisions(names: Collection[str]) -> Iterator[Caught]:
    """Names, and folders, that other file systems take for one."""
    seen: dict[str, str] = {}
    for path in (*names, *sorted(parents_of(names) or ())):
        plain = path.removesuffix("/")
        other = seen.setdefault(_composed(_composed(plain).casefold()), plain)
        if other != plain:
            is_unicode = _composed(other) == _composed(plain)
            code = Code.UNICODE_COLLISION if is_unicode else Code.CASE_COLLISION
            yield caught(code, plain, f"The other is {other}.")


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
