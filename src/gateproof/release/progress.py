"""Progress for whoever waits: a live line in a terminal, plain lines in CI."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any, Protocol, TextIO


class Progress(Protocol):
    """What a long stage tells while it works."""

    def step(self, words: str) -> None:
        """A new step begins; the one before has ended well."""

    def note(self, words: str) -> None:
        """Something that is worth a line."""


class Bar(Progress, Protocol):
    """Progress whose end is known."""

    def expect(self, steps: int) -> None:
        """So many steps are to come."""


class Silent:
    """Tells nothing; for callers that only want the result."""

    def expect(self, steps: int) -> None: ...

    def step(self, words: str) -> None: ...

    def note(self, words: str) -> None: ...


@contextlib.contextmanager
def terminal_progress(stream: TextIO) -> Iterator[Progress]:
    """Progress on `stream`: with a spinner where a person watches, as plain lines elsewhere."""
    from rich.console import Console

    console = Console(file=stream, highlight=False, soft_wrap=True)
    with console.status("starting") if console.is_terminal else contextlib.nullcontext() as status:
        progress = _Terminal(console, status)
        try:
            yield progress
        except BaseException:
            progress.end(good=False)
            raise
        progress.end(good=True)


@contextlib.contextmanager
def terminal_bar(stream: TextIO) -> Iterator[Bar]:
    """A bar on `stream` where a person watches, plain lines elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=stream, highlight=False, soft_wrap=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as drawn:
        yield _Bar(console, drawn)


class _Bar:
    def __init__(self, console: Any, drawn: Any) -> None:
        self._console = console
        self._drawn = drawn
        self._task: Any = None
        self._steps, self._done = 0, 0

    def expect(self, steps: int) -> None:
        self._steps = steps
        self._task = self._drawn.add_task("", total=steps)

    def step(self, words: str) -> None:
        if self._console.is_terminal and self._task is not None:
            self._drawn.update(self._task, completed=self._done, description=words)
        else:
            self._console.print(f"{self._done + 1} of {self._steps}  {words}", markup=False)
        self._done += 1

    def note(self, words: str) -> None:
        self._console.print(f"    {words}", markup=False)


class _Terminal:
    def __init__(self, console: Any, status: Any) -> None:
        self._console = console
        self._status = status
        self._words: str | None = None
        self._began = time.monotonic()

    def step(self, words: str) -> None:
        self.end(good=True)
        self._words, self._began = words, time.monotonic()
        if self._status is None:
            self._console.print(f"… {words}", markup=False)
        else:
            self._status.update(words)

    def note(self, words: str) -> None:
        self._console.print(f"    {words}", markup=False)

    def end(self, *, good: bool) -> None:
        """Say how the current step ended."""
        if self._words is None:
            return
        seconds = time.monotonic() - self._began
        sign, style = ("done", "green") if good else ("stopped", "red")
        self._console.print(f"[{style}]{sign:>7}[/]  {self._words} ({seconds:.1f} s)")
        self._words = None
