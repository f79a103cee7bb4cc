"""What changed, in words: a table for a terminal, Markdown for a page, a mapping for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from gateproof.findings import printable
from gateproof.judge.changes import Change, Changes
from gateproof.judge.falls import fall, falls

TITLES = {
    "files": "Files",
    "dependencies": "Dependencies",
    "migrations": "Migrations",
    "settings": "Settings",
    "gates": "Gates",
    "statuses": "Statuses that documents claim",
    "numbers": "Numbers that documents claim",
}
MOST = 30
"""Changes of one kind that a terminal shows; `--markdown` and `--json` have all of them."""


def lines(changes: Changes) -> Iterator[str]:
    """For a person at a terminal."""
    yield f"{printable(changes.old)} -> {printable(changes.new)}"
    for kind, listed in changes.sections():
        differing = [change for change in listed if not change.is_same]
        if not differing:
            continue
        yield ""
        yield f"{TITLES[kind]}: {counted(differing)}"
        yield from _rows([change for change in listed if not change.is_same][:MOST])
        if len(differing) > MOST:
            yield f"  and {len(differing) - MOST:,} more"
    yield from _end(changes)


def _rows(listed: Sequence[Change]) -> Iterator[str]:
    wide = min(60, max(len(printable(change.name)) for change in listed))
    for change in listed:
        where = f"  ({printable(change.where)})" if change.where else ""
        yield f"  {change.word:8} {printable(change.name):{wide}}  {told(change)}{where}".rstrip()


def _end(changes: Changes) -> Iterator[str]:
    yield ""
    yield from (printable(reason) for reason in (*falls(changes.gates), *changes.unknown))
    if changes.is_none:
        yield "Nothing that could be compared differs." if changes.unknown else "Nothing differs."
    else:
        yield "They differ."


def counted(listed: Sequence[Change]) -> str:
    """How many were added, removed, changed."""
    counts = Counter(change.word for change in listed)
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))


def told(change: Change) -> str:
    """Before and after, as far as that says more than the name."""
    before, after = map(printable, _sides(change))
    return f"{before} -> {after}" if before and after else before or after


def _sides(change: Change) -> tuple[str, str]:
    """Before and after, empty where it was not there or only says the name again."""
    before, after = ("" if text == change.name else text or "" for text in (change.before, change.after))
    states = (change.state_before, change.state_after)
    before, after = (
        f"{text} ({state})" if state else text for text, state in zip((before, after), states, strict=True)
    )
    return before, after


def markdown(changes: Changes) -> Iterator[str]:
    """A page of its own, complete."""
    yield f"# From {escaped(changes.old)} to {escaped(changes.new)}"
    for kind, listed in changes.sections():
        differing = [change for change in listed if not change.is_same]
        if differing:
            yield from ("", f"## {TITLES[kind]}", "", f"{counted(differing)}.", "")
            yield from table(differing)
    yield from map(escaped, _end(changes))


def table(listed: Sequence[Change]) -> Iterator[str]:
    """A table of changes, in Markdown that no name in it can break."""
    yield "| what | | before | after | where |"
    yield "| --- | --- | --- | --- | --- |"
    for change in listed:
        before, after = map(escaped, _sides(change))
        yield f"| {code(change.name)} | {change.word} | {before} | {after} | {escaped(change.where)} |"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line of a table."""
    shown = printable(text)
    for sign in "\\`*_[]<>|#&~":
        shown = shown.replace(sign, f"\\{sign}")
    return shown


def code(text: str) -> str:
    """A name as a code span that holds inside a table."""
    shown = printable(text).replace("|", "\\|")
    if "`" in shown or shown != shown.strip():
        return escaped(text)
    return f"`{shown}`"


def as_mapping(changes: Changes) -> dict[str, Any]:
    """For `--json`."""
    return {
        "old": changes.old,
        "new": changes.new,
        "same": changes.is_none and not changes.unknown,
        **{kind: [_as_mapping(kind, change) for change in listed] for kind, listed in changes.sections()},
        "unknown": list(changes.unknown),
    }


def _as_mapping(kind: str, change: Change) -> dict[str, str | None]:
    return {
        "name": change.name,
        "change": change.word,
        "before": change.before,
        "after": change.after,
        "where": change.where,
        **(
            {"state_before": change.state_before, "state_after": change.state_after}
            if kind == "dependencies"
            else {}
        ),
        "fell": fall(change) if kind == "gates" else "",
    }
