"""Hear the signals that ask this process to stop, so that a child can be ended before it does."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


class Stops:
    """Counts stop signals while it is entered, and puts the handlers back afterwards.

    Nothing is raised, so nothing is torn at an arbitrary place; whoever entered it asks for `count`.
    Outside the main thread Python cannot handle signals: there it counts nothing.
    A signal that is ignored (nohup, a background job) stays ignored.
    """

    def __init__(self) -> None:
        self.count = 0
        self.name: str | None = None
        """The first signal's name."""
        self._before: list[tuple[int, object]] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in STOPPING:
                before = signal.getsignal(number)
                if before not in {signal.SIG_IGN, None}:
                    self._before.append((number, before))
                    signal.signal(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, before in self._before:
            signal.signal(number, before)  # type: ignore[arg-type]

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        self.name = self.name or signal.Signals(number).name
