"""Show output to whoever is watching, without ever letting them hold up or break the recording."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable

BLOCKS_WAITING = 32
"""Blocks of up to 64 KiB that wait for a slow watcher before the child is held back."""

PATIENCE = 2.0
"""Seconds that the recording waits for a watcher who takes nothing; then it goes on without them."""


class Live:
    """Passes blocks to a sink in a thread of its own.

    A slow sink slows the child, as a slow terminal does.
    A sink that takes nothing for PATIENCE seconds misses what comes until it takes something again.
    A sink that raises is not called again. Either way the capture is complete.
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self.missed = 0
        """Bytes that were not shown."""
        self.broken: str | None = None
        """What the sink raised."""
        self._sink = sink
        self._blocks: queue.Queue[bytes | None] = queue.Queue(BLOCKS_WAITING)
        self._is_stuck = False
        self._is_hurried = False
        self._is_over = False
        self._taken = 0
        self._thread = threading.Thread(target=self._pass_on, name="gateproof-live", daemon=True)
        self._thread.start()

    def show(self, data: bytes) -> None:
        """Have `data` shown, later and perhaps not at all. Never raises."""
        try:
            self._blocks.put(data, timeout=0.001 if self._is_stuck or self._is_hurried else PATIENCE)
            self._is_stuck = False
        except queue.Full:
            self._is_stuck = True
            self.missed += len(data)

    def hurry(self) -> None:
        """Wait for the sink no more: the child is being ended."""
        self._is_hurried = True

    def close(self, hurried: Callable[[], bool] = lambda: False) -> None:
        """Wait until all is shown, as long as the sink takes something and `hurried` does not say to stop."""
        taken, deadline, is_told = self._taken, time.monotonic() + PATIENCE, False
        while self._thread.is_alive():
            if not is_told:
                with contextlib.suppress(queue.Full):
                    self._blocks.put_nowait(None)
                    is_told = True
            self._thread.join(0.02)
            if self._taken != taken:
                taken, deadline = self._taken, time.monotonic() + PATIENCE
            if time.monotonic() > deadline or hurried():
                self._is_over = True
                self.missed += sum(len(block) for block in list(self._blocks.queue) if block)
                return

    def _pass_on(self) -> None:
        while (block := self._blocks.get()) is not None and not self._is_over:
            if self.broken is None:
                try:
                    self._sink(block)
                except BaseException as error:  # whatever a sink raises, the recording goes on
                    self.broken = f"{type(error).__name__}: {error}"
            if self.broken is not None:
                self.missed += len(block)
            self._taken += 1


def to_terminal(block: bytes) -> None:
    """A sink: this process's own standard output, whatever its code page is."""
    sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()
