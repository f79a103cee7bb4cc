"""Whoever watches can be slow, stuck or broken; the recording goes on."""

from __future__ import annotations

import threading
import time

import pytest

from gateproof.record import live
from gateproof.record.live import BLOCKS_WAITING, Live


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.1)


class StuckUntil(threading.Event):
    """A sink that takes nothing until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = b""

    def __call__(self, data: bytes) -> None:
        self.wait(30)
        self.seen += data


def test_everything_is_shown_in_order() -> None:
    seen: list[bytes] = []
    watcher = Live(seen.append)
    for number in range(2 * BLOCKS_WAITING):
        watcher.show(b"%d" % number)
    watcher.close()
    assert seen == [b"%d" % number for number in range(2 * BLOCKS_WAITING)]
    assert (watcher.missed, watcher.broken) == (0, None)


def test_a_stuck_sink_is_waited_for_once_and_sees_on_when_it_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.5)
    sink = StuckUntil()
    watcher = Live(sink)
    for _ in range(BLOCKS_WAITING + 1):
        watcher.show(b"1")
    begun = time.monotonic()
    for _ in range(20):
        watcher.show(b"2")
    # Each time would be ten seconds.
    assert 0.4 < time.monotonic() - begun < 8
    assert watcher.missed in {19, 20}
    sink.set()
    while len(sink.seen) < BLOCKS_WAITING:
        time.sleep(0.01)
    watcher.show(b"3")
    watcher.close()
    assert sink.seen.endswith(b"3")


def test_a_sink_that_stays_stuck_is_left() -> None:
    sink = StuckUntil()
    watcher = Live(sink)
    for data in (b"first", b"second", b"third"):
        watcher.show(data)
    watcher.close()
    assert watcher.missed == len("secondthird")
    sink.set()


def test_in_a_hurry_nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 60)
    sink = StuckUntil()
    watcher = Live(sink)
    watcher.hurry()
    begun = time.monotonic()
    for _ in range(BLOCKS_WAITING + 20):
        watcher.show(b"x")
    watcher.close(lambda: True)
    assert time.monotonic() - begun < 20
    sink.set()


def test_a_broken_sink_is_not_called_again() -> None:
    calls: list[bytes] = []

    def break_down(data: bytes) -> None:
        calls.append(data)
        raise BrokenPipeError(32, "Broken pipe")

    watcher = Live(break_down)
    watcher.show(b"one")
    watcher.show(b"two")
    watcher.close()
    assert calls == [b"one"]
    assert watcher.missed == len("onetwo")
    assert watcher.broken == "BrokenPipeError: [Errno 32] Broken pipe"
