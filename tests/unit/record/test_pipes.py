"""A pipe is emptied of what the child left in it, and of no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from gateproof.record.pipes import BLOCKS_IN_PIPE, are_drained


class FakeReader:
    """One that is never done, and has read so many more blocks whenever it is asked."""

    failure = None

    def __init__(self, *, blocks_a_look: int = 0, is_waiting: bool = False) -> None:
        self.is_waiting = is_waiting
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.over.wait, args=[30])
        self.thread.start()
        self._blocks_a_look = blocks_a_look
        self._blocks = 0

    @property
    def blocks(self) -> int:
        self._blocks += self._blocks_a_look
        return self._blocks


@pytest.fixture
def readers() -> Iterator[list[FakeReader]]:
    made: list[FakeReader] = []
    yield made
    for reader in made:
        reader.over.set()


def drained(reader: FakeReader, readers: list[FakeReader], *, patience: float = 0.05) -> bool:
    readers.append(reader)
    return are_drained([reader], patience=patience, hurried=lambda: False, poll=0.01)  # type: ignore[list-item]


def test_an_empty_pipe_that_stays_open_is_waited_for_and_left(readers: list[FakeReader]) -> None:
    begun = time.monotonic()
    assert not drained(FakeReader(is_waiting=True), readers)
    assert time.monotonic() - begun >= 0.05


def test_a_pipe_that_never_runs_dry_is_left(readers: list[FakeReader]) -> None:
    assert not drained(FakeReader(blocks_a_look=BLOCKS_IN_PIPE // 2), readers)


def test_a_slow_reader_may_finish_what_is_in_the_pipe(readers: list[FakeReader]) -> None:
    reader = FakeReader()
    threading.Timer(0.3, reader.over.set).start()
    assert drained(reader, readers)
