"""Statuses: what a document says of a thing that has an id: done, open, or left to the delivery."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateproof.judge import markdown

_ID = re.compile(r"(?<![\w.-])(?P<id>[A-Z]{1,5}-?\d{1,3}(?:\.[0-9A-Z]{1,3})*)(?![\w-]|\.\d)")
_DONE = "done|met|complete|completed|yes|pass|passed|implemented|shipped|delivered|green|proven"
_OPEN = (
    "not done|unmet|open|to ?do|partial|partially done|pending|no|fail|failed|planned|missing|in progress|wip|"
    "not started|not met|incomplete|unproven|stale|contradicted|waived|red|blocked|deferred"
)
_LATER = "(?:decided )?by (?:the )?(?:delivery|sealing)"
_WORD = re.compile(
    rf"[^\w\[]*(?:(?P<done>{_DONE})|(?P<open>{_OPEN})|(?P<later>{_LATER}))(?!\s*\w)(?P<why>\s*(?:[—\u2013(:;,.-].*)?)",
    re.IGNORECASE,
)
_LIST = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\[(?P<tick>[ xX])\][ \t]+)?(?P<words>.*)")
_MARKED = re.compile(r"\*\*(?P<word>[^*]+)\*\*")


class Says(enum.StrEnum):
    """What a status says; the value is how it is written."""

    DONE = "Done"
    OPEN = "Not Done"
    LATER = "Decided by the delivery"
    """A document lies in the ZIP, and what only sealing or the tag shows comes after it."""


_SIGNS = {
    "✅": Says.DONE,
    "✔": Says.DONE,
    "☑": Says.DONE,
    "❌": Says.OPEN,
    "✗": Says.OPEN,
    "☐": Says.OPEN,
    "🟢": Says.DONE,
    "🔴": Says.OPEN,
    "🟡": Says.OPEN,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """One status in one document."""

    id: str
    says: Says
    path: str
    line: int
    words: str
    """As it is written."""
    start: int
    """Where the words begin in their line; -1 for a box."""

    @property
    def place(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}"


def statuses(path: str, text: str) -> Iterator[Status]:
    """Every status of a document: a row of a table with an id, or a list line that begins with one."""
    for number, line in enumerate(markdown.prose(text), 1):
        if line.lstrip().startswith("|"):
            yield from _of_row(path, number, line)
        elif listed := _LIST.fullmatch(line):
            yield from _of_list(path, number, line, listed)


def _of_row(path: str, number: int, line: str) -> Iterator[Status]:
    cells = [(cell.start(), cell[0]) for cell in re.finditer(r"(?:\\\||`[^`]*`|[^|])+", line)]
    for place, (_, cell) in enumerate(cells):
        found = _ID.match(markdown.plain(cell))
        if found is None:
            continue
        for start, later in cells[place + 1 :]:
            if (word := _status(later)) is not None:
                lead = len(later) - len(later.lstrip())
                yield Status(
                    id=found["id"],
                    says=word,
                    path=path,
                    line=number,
                    words=later.strip(),
                    start=start + lead,
                )
                return
        return


def _of_list(path: str, number: int, line: str, listed: re.Match[str]) -> Iterator[Status]:
    words = listed["words"]
    found = _ID.match(markdown.plain(words))
    if found is None:
        return
    for marked in _MARKED.finditer(words):
        if (word := _status(marked["word"])) is not None:
            start = line.index(words) + marked.start("word")
            yield Status(id=found["id"], says=word, path=path, line=number, words=marked["word"], start=start)
            return
    tail = re.split(r":\s+|\s[—\u2013-]\s", words)
    for part in tail[1:]:
        if (word := _status(part)) is not None:
            yield Status(
                id=found["id"], says=word, path=path, line=number, words=part, start=line.rindex(part)
            )
            return
    if listed["tick"] is not None:
        tick = listed["tick"]
        says = Says.OPEN if tick == " " else Says.DONE
        yield Status(id=found["id"], says=says, path=path, line=number, words=f"[{tick}]", start=-1)


def _status(cell: str) -> Says | None:
    """What a cell says, or None where it says nothing about that."""
    bare = markdown.plain(cell)
    if bare[:1] in _SIGNS:
        return _SIGNS[bare[:1]]
    if bare in ("[x]", "[X]", "[ ]"):
        return Says.OPEN if bare == "[ ]" else Says.DONE
    word = _WORD.fullmatch(bare)
    if word is None:
        return None
    return Says.DONE if word["done"] else Says.OPEN if word["open"] else Says.LATER
