"""Empty a child's pipes, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import IO

from gateproof.record.capture import Stream

BLOCK = 64 * 1024
"""Bytes that are read at once."""

SMALL = 16 * 1024
"""Bytes; after a block smaller than this the child gets time to write more, as few big blocks cost least."""

PAUSE = 0.0005
"""Seconds of that time: much less than a child needs to fill a pipe and be held up."""

BLOCKS_IN_PIPE = 16
"""More blocks than this cannot have been left in a pipe by a child that has ended."""


class Reader:
    """Moves everything from one pipe into one stream."""

    def __init__(self, pipe: IO[bytes], stream: Stream) -> None:
        self.failure: OSError | None = None
        """Why the stream could not be written."""
        self.blocks = 0
        self.is_waiting = False
        """Whether the pipe is empty just now."""
        self._pipe, self._stream = pipe, stream
        # A daemon: a process that escaped may hold the pipe open for as long as it likes.
        self.thread = threading.Thread(target=self._read, name="gateproof-reader", daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with self._pipe:
            while block := self._next():
                self.blocks += 1
                # After a failure go on reading: a child that can write nothing could not end politely.
                if self.failure is None:
                    try:
                        self._stream.feed(block)
                    except OSError as error:
                        self.failure = error
                if len(block) < SMALL:
                    time.sleep(PAUSE)

    def _next(self) -> bytes:
        self.is_waiting = True
        block = self._pipe.read(BLOCK)
        self.is_waiting = False
        return block


def are_drained(
    readers: Sequence[Reader], *, patience: float, hurried: Callable[[], bool], poll: float = 0.1
) -> bool:
    """Whether the pipes of a child that has ended come to their end within `patience` seconds.

    What the child itself left in them is taken in any case, however slowly that is written.
    """
    deadline = time.monotonic() + patience
    enough = [reader.blocks + BLOCKS_IN_PIPE for reader in readers]
    while alive := [reader for reader in readers if reader.thread.is_alive()]:
        is_busy = any(
            not reader.is_waiting and reader.blocks < most
            for reader, most in zip(readers, enough, strict=True)
        )
        if (time.monotonic() > deadline or hurried()) and not is_busy:
            return False
        alive[0].thread.join(poll)
    return True
