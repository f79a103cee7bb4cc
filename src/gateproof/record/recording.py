"""The files that one run leaves, from their opening to their digests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from gateproof.model import Capture
from gateproof.record.capture import Log, Stream
from gateproof.record.live import Live
from gateproof.record.redact import Redactor
from gateproof.record.text import code_page


class Recording:
    """Both streams, the log and the watcher of one run. Raises OSError when something cannot be written."""

    def __init__(
        self, into: Path, *, log: Path, live: Callable[[bytes], object] | None, redactor: Redactor
    ) -> None:
        self.files = into / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self._redactor = redactor
        self._live = Live(live) if live is not None else None
        with contextlib.ExitStack() as opened:
            opened.callback(self._close_live)
            self.log = Log(log)
            opened.callback(self.log.close)
            page = code_page()
            self.stdout, self.stderr = (
                Stream(into / name, log=self.log, live=self._live, redactor=redactor, page=page)
                for name in ("stdout", "stderr")
            )
            opened.pop_all()

    @property
    def redacted(self) -> int:
        """How many secrets were replaced in both streams."""
        return self.stdout.redacted + self.stderr.redacted

    def hurry(self) -> None:
        """Wait for the watcher no more."""
        if self._live is not None:
            self._live.hurry()

    def finish(
        self, notes: Sequence[str], *, hurried: Callable[[], bool]
    ) -> tuple[Capture, Capture, Capture]:
        """Write what was held back, then the notes and what else the log must say; return what lies there."""
        captures = self.stdout.close(), self.stderr.close()
        for sentence in notes:
            line = self._note(sentence)
            if self._live is not None:
                self._live.show(line)
        for name, stream in (("stdout", self.stdout), ("stderr", self.stderr)):
            if stream.nuls:
                self._note(f"{stream.nuls} NUL characters were left out of {name}")
        if self._live is not None:
            self._live.close(hurried)
            if self._live.missed:
                why = self._live.broken or "they were not taken in time"
                self._note(f"{self._live.missed} bytes were not shown live ({why}); they are all recorded")
        return *captures, self.log.close()

    def abandon(self) -> None:
        """Close what a failure to write has left open."""
        for close in (self.stdout.close, self.stderr.close, self.log.close):
            with contextlib.suppress(OSError):
                close()
        self._close_live()

    def _close_live(self) -> None:
        if self._live is not None:
            self._live.close(lambda: True)

    def _note(self, sentence: str) -> bytes:
        return self.log.note(self._redactor.redact(sentence))
