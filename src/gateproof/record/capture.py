"""Where a child's output goes: two files of its own, the log that a person reads, and whoever is watching."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from gateproof.model import Capture
from gateproof.record.lines import Lines, settled
from gateproof.record.live import Live
from gateproof.record.redact import Redactor
from gateproof.record.text import Cleaner, Decoder

RESET_COLOURS = b"\x1b[0m"


class File:
    """A file that knows its size and digest. It is unbuffered: what was written survives a kill."""

    def __init__(self, path: Path, mode: str) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self._size = 0
        if "a" in mode and path.exists():
            with path.open("rb") as before:
                while block := before.read(64 * 1024):
                    self._count(block)
        self._file = path.open(mode, buffering=0)

    def write(self, data: bytes) -> None:
        """Write all of `data`, or raise OSError."""
        rest = memoryview(data)
        while rest:
            written = self._file.write(rest)
            self._count(rest[:written])
            rest = rest[written:]

    def _count(self, data: bytes | memoryview) -> None:
        self._digest.update(data)
        self._size += len(data)

    def close(self) -> Capture:
        self._file.close()
        return Capture(path=self._path, size=self._size, sha256=self._digest.hexdigest())


class Log:
    """The log, shared by both streams; lines are never mixed, their order is approximate."""

    def __init__(self, path: Path) -> None:
        self._file = File(path, "ab")
        self._lock = threading.Lock()
        self._at_line_start = True

    def write(self, data: bytes) -> None:
        with self._lock:
            self._file.write(data)
            self._at_line_start = data.endswith(b"\n") if data else self._at_line_start

    def note(self, sentence: str) -> bytes:
        """Write a line of the recorder's own, and return it."""
        start = "" if self._at_line_start else "\n"
        line = f"{start}[gateproof: {sentence}]\n".encode("utf-8", "backslashreplace")
        self.write(line)
        return line

    def close(self) -> Capture:
        return self._file.close()


class Stream:
    """One of a child's two output streams on its way to the disk.

    One thread feeds it. `close` may come from another, when a pipe that is held open keeps the first waiting.
    """

    def __init__(
        self, path: Path, *, log: Log, live: Live | None, redactor: Redactor, page: str | None
    ) -> None:
        self._file = File(path, "xb")
        self._log = log
        self._live = live
        self._decoder = Decoder(page)
        self._cleaner = Cleaner()
        self._redaction = redactor.stream()
        self._lines = Lines()
        self._is_coloured = False
        self._lock = threading.Lock()
        self._capture: Capture | None = None

    @property
    def redacted(self) -> int:
        return self._redaction.count

    @property
    def nuls(self) -> int:
        return self._decoder.nuls

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Take a block of what the child wrote. Raises OSError when it cannot be written."""
        with self._lock:
            if self._capture is None:
                self._feed(data, final=final)

    def _feed(self, data: bytes, *, final: bool) -> None:
        plain, coloured = self._cleaner.feed(self._decoder.feed(data, final=final), final=final)
        text = self._redaction.feed(plain, final=final)
        encoded = text.encode()
        self._file.write(encoded)
        for lines, _ in self._lines.feed(text, final=final):
            self._log.write(settled(lines).encode())
        if self._live is not None:
            # Colours only where nothing was redacted or held: a secret may have colours inside it.
            is_untouched = text == plain and not self._redaction.holds
            self._show(coloured.encode() if is_untouched else encoded, self._live)

    def _show(self, data: bytes, live: Live) -> None:
        is_coloured = b"\x1b" in data
        if self._is_coloured and not is_coloured:
            data = RESET_COLOURS + data
        self._is_coloured = is_coloured
        if data:
            live.show(data)

    def close(self) -> Capture:
        """Write what was held back and say what lies on the disk. What comes later is left out."""
        with self._lock:
            if self._capture is None:
                try:
                    self._feed(b"", final=True)
                finally:
                    self._capture = self._file.close()
            return self._capture
