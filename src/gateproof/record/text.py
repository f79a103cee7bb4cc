"""Turn whatever bytes a child process writes into plain UTF-8 text, block by block.

What comes out depends on what came in, never on where the blocks were cut.
No NUL and no escape sequence gets through: they can hide events from a reader and secrets from the redactor.
Only what cannot be understood yet is held back at the end of a block: half a character, half a sequence.
"""

from __future__ import annotations

import codecs
import locale
import re

SNIFFED = 16
"""Bytes at the start of a stream in which UTF-16 without a mark is looked for."""

_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
# C0 but TAB, LF and CR; DEL; C1; and the marks that make a line read in another order than it is written.
_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# A group that took part means that the sequence has its end.
# Every part is bounded and optional: whatever follows an introducer, something matches, nothing backtracks.
# A string (title, link, picture) ends at any control character too, lest one without an end swallow a log.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,256}[ -/]{0,16}([@-~])?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]{0,4096}(\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]{0,16}([0-~])?"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}


def code_page() -> str | None:
    """The machine's code page (cp1252, cp437) if a stray byte can be read by it: one byte, one character."""
    name = codecs.lookup(locale.getencoding()).name
    if name in {"utf-8", "ascii"}:
        return None
    high = bytes(range(0x80, 0x100))
    return name if len(high.decode(name, "replace")) == len(high) else None


class Decoder:
    """Bytes in, text without NUL out.

    UTF-16 (PowerShell writes it) is recognised by its mark, or by NULs in every other of its first 16 bytes.
    Everything else is UTF-8; a byte that is not is read by `page`, and is U+FFFD where there is none.
    A NUL further on is left out and counted: so a stray run of UTF-16 can be read, and secrets in it found.
    """

    def __init__(self, page: str | None = None) -> None:
        self.nuls = 0
        self._errors = _errors_read_by(page) if page else "replace"
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes, *, final: bool = False) -> str:
        """The text that is certain after `data`."""
        if self._decoder is None:
            data = self._head + data
            encoding, mark = _sniff(data, final=final)
            if encoding is None:
                self._head = data
                return ""
            errors = self._errors if encoding == "utf-8" else "replace"
            self._decoder = codecs.getincrementaldecoder(encoding)(errors)
            data = data[mark:]
        text = self._decoder.decode(data, final)
        if "\0" in text:
            self.nuls += text.count("\0")
            text = text.replace("\0", "")
        return text


def _errors_read_by(page: str) -> str:
    """Register, and name, the way of decoding errors that reads a stray byte by a code page."""

    def read(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):  # pragma: no cover - only ever given to a decoder
            raise error
        return error.object[error.start : error.end].decode(page, "replace"), error.end

    name = f"gateproof-{page}"
    codecs.register_error(name, read)
    return name


def _sniff(head: bytes, *, final: bool) -> tuple[str | None, int]:
    """The encoding that the first bytes show and their mark's length; None while they may show another."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding, len(mark)
    even, odd = head[:SNIFFED:2], head[1:SNIFFED:2]
    looks_like = [
        encoding
        for encoding, letters, nuls in (("utf-16-le", even, odd), ("utf-16-be", odd, even))
        if all(letters) and not any(nuls)
    ]
    may_be_marked = any(mark.startswith(head) for mark in _BYTE_ORDER_MARKS)
    if not final and (may_be_marked or (looks_like and len(head) < SNIFFED)):
        return None, 0
    return (looks_like[0] if looks_like and odd else "utf-8"), 0


class Cleaner:
    """Takes escape sequences out of text and makes other control characters visible (BEL becomes U+2407)."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str, *, final: bool = False) -> tuple[str, str]:
        """The clean text that is certain by now, without and with its colours (SGR) for a terminal."""
        text = self._held + text
        self._held = ""
        if _is_clean(text):
            return text, text
        plain, coloured, position = [], [], 0
        for match in _SEQUENCE.finditer(text):
            if not final and match.lastindex is None and match.end() == len(text):
                self._held = text[match.start() :]
                text = text[: match.start()]
                break
            piece = _visible(text[position : match.start()])
            plain.append(piece)
            coloured.append(piece)
            if _COLOUR.fullmatch(match[0]):
                coloured.append(match[0])
            position = match.end()
        rest = _visible(text[position:])
        return "".join([*plain, rest]), "".join([*coloured, rest])


def _is_clean(text: str) -> bool:
    # bytes.translate looks at a block ten times as fast as a regular expression does.
    if text.isascii():
        return len(text.encode().translate(None, _CONTROLS)) == len(text)
    return _SPECIAL.search(text) is None


def _visible(text: str) -> str:
    return _SPECIAL.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return "\ufffd" if code < 0xA0 else f"<U+{code:04X}>"
