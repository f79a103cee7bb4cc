"""Make every request to stop into one Python exception, so that what was started is also ended."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from gateproof.record.stops import STOPPING, Stops


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt at SIGTERM, SIGHUP and a console's break, as Ctrl-C does already.

    Without it SIGTERM would end this process at once, and leave its servers behind.
    Outside the main thread Python hears no signal, and nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in STOPPING}
    heard = {number: handler for number, handler in before.items() if handler not in {signal.SIG_IGN, None}}
    for number in heard:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let nothing interrupt the block: it takes down what was put up. A stop that came meanwhile is raised at its end.

    Raises KeyboardInterrupt for such a stop, unless the block itself raised.
    """
    with Stops() as stops:
        yield
    if stops.count:
        raise KeyboardInterrupt


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
