"""Turn whatever bytes a child process writes into plain UTF-8 text, block by block.

What comes out depends on what came in, never on where the blocks were cut.
No NUL and no escape sequence gets through: both can hide what happened from a reader, and a secret from the redactor.
What is held back at the end of a block is only what cannot be understood yet: half a character, half a sequence.
"""

from __future__ import annotations

import codecs
import locale
import re
from collections.abc import Iterator

LONGEST_LINE = 64 * 1024
"""Characters; a longer line is handled in windows of this size, so that memory stays flat."""

_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
# C0 but TAB, LF and CR; DEL; C1; and the marks that make a line read in another order than it is written.
_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Every part is bounded and optional: whatever follows an introducer, something matches and nothing backtracks.
# A string (title, link, picture) ends at any control character too, lest one without an end swallow the rest of a log.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,256}[ -/]{0,16}([@-~])?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]{0,4096}(\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]{0,16}([0-~])?"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
# Anchored to the start of a line: unanchored it would take quadratic time on a long line.
_OVERWRITTEN = re.compile(r"^[^\n]*\r[^\n]*", re.MULTILINE)
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}


def code_page() -> str | None:
    """The machine's own single-byte code page (cp1252, cp437); None where that is UTF-8 or has many-byte characters."""
    name = codecs.lookup(locale.getencoding()).name
    if name in {"utf-8", "ascii"}:
        return None
    return name if len(bytes(range(0x80, 0x100)).decode(name, "replace")) == 0x80 else None


class Decoder:
    """Bytes in, text without NUL out.

    UTF-16 is recognised by its mark or by the NULs among its first four bytes (Windows PowerShell writes it).
    Everything else is UTF-8; a byte that is not is read by `page`, and is U+FFFD where there is none.
    A NUL further on is left out and counted: a stray run of UTF-16 then stays readable, and so do the secrets in it.
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
    """The encoding that the first bytes show and the length of their mark; None while it may be one or another."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding, len(mark)
    even, odd = head[0:4:2], head[1:4:2]
    undecided = any(mark.startswith(head) for mark in _BYTE_ORDER_MARKS) or (0 in head) or len(head) == 1
    if len(head) < 4 and undecided and not final:  # noqa: PLR2004 - two UTF-16 characters
        return None, 0
    if odd and not any(odd) and all(even):
        return "utf-16-le", 0
    if odd and not any(even) and all(odd):
        return "utf-16-be", 0
    return "utf-8", 0


class Cleaner:
    """Takes escape sequences out of text and makes other control characters visible (BEL becomes U+2407)."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str, *, final: bool = False) -> tuple[str, str]:
        """The clean text that is certain by now: without anything, and with colours (SGR) left in for a terminal."""
        text = self._held + text
        self._held = ""
        if _is_clean(text):
            return text, text
        plain, coloured, position = [], [], 0
        for match in _SEQUENCE.finditer(text):
            if not final and _is_unfinished(match):
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


def _is_unfinished(match: re.Match[str]) -> bool:
    """Whether more text could make this sequence longer."""
    left = match.string[match.end() :][:2]
    return match.lastindex is None and left in {"", "\x1b"}


def _visible(text: str) -> str:
    return _SPECIAL.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:  # noqa: PLR2004 - C0
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004 - DEL
        return "\u2421"
    return "\ufffd" if code < 0xA0 else f"<U+{code:04X}>"  # noqa: PLR2004 - the end of C1


class Lines:
    """Text in, whole lines out; of a line longer than `longest` characters, windows of that length.

    The end of a window is given again at the start of the next one, as far as the caller has not taken it.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.held = ""
        self._longest = longest

    def feed(self, text: str, *, final: bool = False) -> Iterator[tuple[str, bool]]:
        """Chunks, each with whether it is a window cut out of a longer line. Set `held` to give a window's rest back."""
        for start in range(0, len(text), self._longest):
            self.held += text[start : start + self._longest]
            yield from self._ready()
        if final and self.held:
            last, self.held = self.held, ""
            yield last, False

    def _ready(self) -> Iterator[tuple[str, bool]]:
        while len(self.held) > self._longest and self.held.find("\n", 0, self._longest) < 0:
            window, rest = self.held[: self._longest], self.held[self._longest :]
            self.held = ""
            yield window, True
            self.held += rest
        end = self.held.rfind("\n") + 1
        if end:
            whole, self.held = self.held[:end], self.held[end:]
            yield whole, False
            yield from self._ready()


def settled(lines: str) -> str:
    """Lines as a person saw them in the end: CRLF is LF, and of a progress bar the first and the last state.

    A line that was overwritten once keeps both texts, each on its own line: a second text must not hide the first.
    """
    if "\r" not in lines:
        return lines
    lines = re.sub(r"\r+\n", "\n", lines)
    return _OVERWRITTEN.sub(_states, lines) if "\r" in lines else lines


def _states(match: re.Match[str]) -> str:
    states = [state for state in match[0].split("\r") if state]
    if len(states) > 2:  # noqa: PLR2004 - the first and the last
        states[1:-1] = [f"[... overwritten {len(states) - 2} times ...]"]
    return "\n".join(states)
