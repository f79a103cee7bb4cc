"""Cut text that comes in blocks into whole lines, and show a line as it stood in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_LINE = 64 * 1024
"""Characters; a longer line is handled in windows of this size, so that memory stays flat."""

# Anchored to the start of a line: unanchored it would take quadratic time on a long line.
_OVERWRITTEN = re.compile(r"^[^\n]*\r[^\n]*", re.MULTILINE)


class Lines:
    """Text in, whole lines out; of a line longer than `longest` characters, windows of that length.

    The end of a window is given again at the start of the next one, as far as the caller has not taken it.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.held = ""
        self._longest = longest

    def feed(self, text: str, *, final: bool = False) -> Iterator[tuple[str, bool]]:
        """Chunks, each with whether it is a window; set `held` to give a window's end back."""
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

    A line that was overwritten once keeps both texts, each on a line: the second must not hide the first.
    """
    if "\r" not in lines:
        return lines
    lines = re.sub(r"\r+\n", "\n", lines)
    return _OVERWRITTEN.sub(_states, lines) if "\r" in lines else lines


def _states(match: re.Match[str]) -> str:
    states = [state for state in match[0].split("\r") if state]
    if len(states) > 2:
        states[1:-1] = [f"[... overwritten {len(states) - 2} times ...]"]
    return "\n".join(states)
