"""What may stand inside a file of `evidence/`: text that every reader sees alike, or a PNG.

UTF-16, NUL and broken UTF-8 are how a log looks empty in one viewer and full in another.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from gateproof.evidence.layout import Kind, limit_of

PNG = b"\x89PNG\r\n\x1a\n"


class Check:
    """Looks at one file block by block."""

    def __init__(self, kind: Kind) -> None:
        self._is_picture = kind is Kind.PICTURE
        self._limit = limit_of(kind)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._size = 0

    def feed(self, block: bytes) -> None:
        """Look at the next block.

        Raises ValueError, with a sentence, for what is not readable UTF-8 text without NUL, not a PNG where
        one is due, or larger than any file here should be.
        """
        if self._is_picture and not self._size and not block.startswith(PNG):
            raise ValueError("it is not a PNG picture")
        self._size += len(block)
        if self._size > self._limit:
            raise ValueError(f"it has more than {self._limit:,} bytes")
        if not self._is_picture:
            self._decode(block, is_last=False)

    def end(self) -> None:
        """Raises ValueError for an empty file, or one that ends within a character."""
        if not self._size:
            raise ValueError("it is empty, so it shows nothing")
        if not self._is_picture:
            self._decode(b"", is_last=True)

    def _decode(self, block: bytes, *, is_last: bool) -> None:
        if b"\0" in block:
            raise ValueError("it holds a NUL, so it is not text")
        try:
            self._decoder.decode(block, is_last)
        except UnicodeDecodeError:
            raise ValueError("it is not UTF-8 text") from None


def checked(blocks: Iterable[bytes], kind: Kind) -> Iterator[bytes]:
    """The same blocks, looked at on their way. Raises ValueError as `Check` does."""
    check = Check(kind)
    for block in blocks:
        check.feed(block)
        yield block
    check.end()
