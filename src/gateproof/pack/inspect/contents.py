"""What contents give away, whatever their name: a database, a private key, a pointer to another place."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from gateproof.findings import Code

HEAD = 1024
"""How much of a file's beginning is looked at for the kinds that are known by it."""

_STARTS: tuple[tuple[bytes, Code, str], ...] = (
    (b"SQLite format 3\0", Code.DATABASE, "It is an SQLite database."),
    (b"PGDMP", Code.DATABASE, "It is a PostgreSQL dump."),
    (b"--\n-- PostgreSQL database dump", Code.DATABASE, "It is a PostgreSQL dump."),
    (b"--\n-- PostgreSQL database cluster dump", Code.DATABASE, "It is a PostgreSQL dump."),
    (b"-- MySQL dump", Code.DATABASE, "It is a MySQL dump."),
    (b"-- MariaDB dump", Code.DATABASE, "It is a MariaDB dump."),
    (b"/*M!999999\\- enable the sandbox mode */", Code.DATABASE, "It is a MariaDB dump."),
    (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;", Code.DATABASE, "It is an SQLite dump."),
    (b"REDIS0", Code.DATABASE, "It is a Redis dump."),
    (b"version https://git-lfs.github.com/spec/", Code.LFS_POINTER, ""),
    (b"version https://hawser.github.com/spec/", Code.LFS_POINTER, ""),
    (b"/annex/objects/", Code.LFS_POINTER, "It is one of git-annex."),
    (b"PuTTY-User-Key-File-", Code.PRIVATE_KEY, "It is a PuTTY key."),
)

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31
"""Tells zlib to expect the header of gzip."""
_MARK = b"PRIVATE KEY"
# Documentation shows the first line alone; a key has its body after it, in JSON with \\n written out.
_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:\s|\\[nr]){0,8}(?:[A-Za-z-]{1,30}: [^\r\n]{0,99}\s{1,4}){0,4}[A-Za-z0-9+/]{24}"
)
_BEFORE_MARK = 80
_WINDOW = 768
"""More bytes than the pattern can span, so that a key across the seam of two blocks is seen whole."""


class Watch:
    """Looks at one file as its blocks go by, and remembers no more than the seam between two."""

    def __init__(self) -> None:
        self._tail = b""
        self._head = b""
        self._has_key = False
        self._is_wide = False

    def see(self, block: bytes) -> None:
        if not self._head:
            # A PowerShell redirection writes UTF-16, in which no byte pattern would be seen.
            self._is_wide = block.startswith(_WIDE)
        if len(self._head) < HEAD:
            self._head += block[: HEAD - len(self._head)]
        if self._has_key:
            return
        if self._is_wide:
            block = block.replace(b"\0", b"")
        text = self._tail + block if self._tail else block
        self._has_key = _holds_key(text)
        self._tail = text[-_WINDOW:]

    def codes(self) -> Iterator[tuple[Code, str]]:
        """What the file is, as code and detail."""
        head = _plain(self._head)
        for start, code, detail in _STARTS:
            if head.startswith(start):
                yield code, detail
        if self._has_key:
            yield Code.PRIVATE_KEY, ""


def _plain(head: bytes) -> bytes:
    """The beginning as its tool wrote it: unpacked, without a mark of its encoding, with plain line ends."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(_GZIP_WINDOW).decompress(head, HEAD)
        except zlib.error:
            return head
    if head.startswith(_WIDE):
        head = head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _holds_key(text: bytes) -> bool:
    # The plain search is many times faster, and nearly always the end of it.
    place = text.find(_MARK)
    return place >= 0 and _KEY.search(text, max(0, place - _BEFORE_MARK)) is not None
