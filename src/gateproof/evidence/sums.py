"""SHA256SUMS: the file that `sha256sum --check` reads, written and read in exactly one form.

One line a file, `<64 hexadecimal digits>  <path>`, sorted by the bytes of the path, `/` between folders.
GNU coreutils escapes a name with a backslash or a line break by a leading backslash; other programs do not,
so such names are refused instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINE = re.compile(r"([0-9a-f]{64})  (.+)", re.DOTALL)


def write_sums(digests: Mapping[str, str]) -> bytes:
    """The file's bytes for these paths and their SHA-256. Raises ValueError for a name it cannot hold."""
    lines = []
    for path in sorted(digests, key=_bytes):
        if not path or any(character in path for character in "\\\n\r\0"):
            raise ValueError(f"{path!r} cannot stand in SHA256SUMS: it holds a backslash or a line break")
        lines.append(f"{digests[path]}  {path}\n")
    return _bytes("".join(lines))


def read_sums(raw: bytes) -> dict[str, str]:
    """Paths and their SHA-256, from exactly the bytes that `write_sums` would write.

    Raises ValueError with a sentence for a malformed line, a name that is there twice or lines out of order.
    """
    lines = raw.decode("utf-8", "surrogateescape").split("\n")
    if lines.pop() != "":
        raise ValueError("its last line has no end")
    digests: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number} is not a SHA-256, two spaces and a path")
        if match[2] in digests:
            raise ValueError(f"line {number} names {match[2]!r} a second time")
        digests[match[2]] = match[1]
    if write_sums(digests) != raw:
        raise ValueError("its lines are not sorted by path")
    return digests


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
