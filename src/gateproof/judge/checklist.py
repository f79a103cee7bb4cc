"""A checklist is Markdown that a person edits: from its text to items, and back without losing a byte.

An item is a list line with a box. Its id stands at its beginning, or follows from the section and the place:
the second item of `## S0)` is S0.2, the first one below it S0.2.1.
Its proofs are code spans, `kind: argument`, on its own lines.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from gateproof.errors import UsageError
from gateproof.findings import printable
from gateproof.judge.verdict import Proof, Waiver

WAIVED = "waived"
"""The code span of a waiver: `waived: 2026-12-31 by Ada: the reason`."""

_BOX = re.compile(r"(?P<lead>[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)(?P<tick>[ xX])(?P<after>\](?=[ \t\r\n]|$))")
_ALMOST = re.compile(r"[ \t]*[-*+][ \t]*(?:\[\]|\[[ xX]{2,}\]|\[[ xX]\](?=\S)|\[[vV✓✔yY]\])")
_SECTION = re.compile(r"#{1,6}[ \t]+(?:\*\*)?(?P<id>S\d{1,3})\b")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_ID = re.compile(r"[ \t]*(?:\*\*|`)?(?P<id>S\d{1,3}(?:\.[0-9A-Z]{1,3})+)(?:\*\*|`)?[:)]?(?=[ \t]|$)")
_LETTER = re.compile(r"[ \t]*(?:\*\*)?[A-Z][a-z]+ (?P<letter>[A-Z])(?:\*\*)?[ \t]*[—\u2013:-]")
_MARK = re.compile(
    r"(?<![ \t])[ \t]*\(\*\*(?P<word>Done|Not Done)\*\*(?:[ \t]*[—\u2013-][ \t]*(?P<why>[^()\r\n]*))?\)"
)
_SPAN = re.compile(r"(?<!`)(?P<ticks>`{1,3})(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)")
_PROOF = re.compile(r"(?P<kind>[a-z][a-z-]{1,19}): +(?P<argument>\S.*)")
_WAIVER = re.compile(r"(?P<until>\d{4}-\d\d-\d\d) by (?P<by>[^:]+): *(?P<reason>\S.*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)")
MOST_BYTES = 4 << 20
MOST_ITEMS = 2000
MOST_DEPTH = 20
_MOST_TOLD = 20
"""Mistakes that one error lists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What stands behind an item: `(**Not Done** — why)`."""

    is_done: bool
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One line of the checklist."""

    id: str
    line: int
    """From 1."""
    parent: str | None
    title: str
    """Its words, without id, mark and proofs."""
    is_ticked: bool
    mark: Mark | None = None
    proofs: tuple[Proof, ...] = ()
    waiver: Waiver | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """A checklist as it was read."""

    name: str
    text: str = field(repr=False)
    items: tuple[Item, ...]

    @property
    def sha256(self) -> str:
        """Of its bytes; a sealed verdict names it."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def children(self, item: str) -> tuple[Item, ...]:
        """The items directly below one."""
        return tuple(one for one in self.items if one.parent == item)

    def item(self, item: str) -> Item | None:
        """The item with this id."""
        return next((one for one in self.items if one.id == item), None)


Kinds = Mapping[str, Callable[[str], str | None]]
"""Every kind of proof, with what is wrong with an argument for it, if anything."""


def parse(raw: bytes, name: str, kinds: Kinds) -> Checklist:
    """Read a checklist.

    Raises UsageError that names every mistake at once, each with its line; also for a document without a box.
    """
    text = _decoded(raw, name)
    reading = _Reading(kinds)
    reading.read(_lines(text))
    if not reading.items and not reading.mistakes:
        reading.mistakes.append((1, "there is no item; an item is a list line with a box, `- [ ] …`"))
    if reading.mistakes:
        raise mistaken(name, reading.mistakes)
    return Checklist(name=name, text=text, items=tuple(reading.items))


def mistaken(name: str, mistakes: Collection[tuple[int, str]]) -> UsageError:
    """All mistakes of one document as one error."""
    listed = "".join(f"\n  line {line}: {printable(words)}" for line, words in sorted(mistakes)[:_MOST_TOLD])
    more = f"\n  and {len(mistakes) - _MOST_TOLD:,} more" if len(mistakes) > _MOST_TOLD else ""
    return UsageError(f"{printable(name)} cannot be judged by; mend {len(mistakes):,} places:{listed}{more}")


def render(checklist: Checklist, marks: Mapping[str, Mark]) -> str:
    """The document with boxes and marks as given, and every other byte as it was.

    Items without a mark in `marks` stay as they are.
    """
    lines = _lines(checklist.text)
    for item in checklist.items:
        if item.id in marks:
            lines[item.line - 1] = _marked(lines[item.line - 1], marks[item.id])
    return "".join(lines)


def _marked(line: str, mark: Mark) -> str:
    tick = "x" if mark.is_done else " "
    body = _BOX.sub(lambda box: f"{box['lead']}{tick}{box['after']}", line, count=1)
    bare = body.rstrip("\r\n")
    end, old = body[len(bare) :], _MARK.search(bare)
    # What a reason quotes must not be read as a proof, a mark or a new line when the document is read again.
    why = re.sub(r"\s+", " ", mark.why.translate(_HARMLESS)).strip()
    written = f"(**{'Done' if mark.is_done else 'Not Done'}**{f' — {why}' if why else ''})"
    if old:
        lead = old[0][: len(old[0]) - len(old[0].lstrip())]
        return f"{bare[: old.start()]}{lead}{written}{bare[old.end() :]}{end}"
    return f"{bare.rstrip()} {written}{end}"


_HARMLESS = str.maketrans({"(": "[", ")": "]", "`": "'", "<": "[", ">": "]"})


def _decoded(raw: bytes, name: str) -> str:
    if len(raw) > MOST_BYTES:
        raise UsageError(f"{name} has {len(raw):,} bytes; more than {MOST_BYTES:,} are not read.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{name} is UTF-16; save it as UTF-8.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None


def _lines(text: str) -> list[str]:
    """Lines with their ends. `splitlines` would also split at form feeds and the like, which Markdown does not."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


@dataclass(kw_only=True, slots=True)
class _Open:
    """An item that further lines may belong to."""

    indent: int
    id: str
    below: int = 0


class _Reading:
    """One pass over the lines."""

    def __init__(self, kinds: Kinds) -> None:
        self.items: list[Item] = []
        self.mistakes: list[tuple[int, str]] = []
        self._kinds = kinds
        self._open: list[_Open] = []
        self._section = ""
        self._counts: dict[str, int] = {}
        self._fence = ""
        self._in_comment = False
        self._has_ids: bool | None = None

    def read(self, lines: list[str]) -> None:
        for number, line in enumerate(lines, 1):
            if len(self.items) > MOST_ITEMS:
                self.mistakes.append((number, f"it has more than {MOST_ITEMS:,} items; split it"))
                return
            if not self._is_code_or_comment(line):
                self._line(number, line)

    def _line(self, number: int, line: str) -> None:
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        if _HEADING.match(line):
            self._open.clear()
            if section := _SECTION.match(line):
                self._section = section["id"]
        elif box := _BOX.match(line):
            # Four spaces that no item stands above are code, not an item.
            if indent < 4 or self._open:
                self._item(number, indent, box, line)
        elif _ALMOST.match(line):
            self.mistakes.append((number, "this is almost a box; write `- [ ] ` or `- [x] `"))
        elif line.strip() and self._open and indent > self._open[-1].indent:
            self._more(number, line)
        elif line.strip():
            self._open.clear()

    def _item(self, number: int, indent: int, box: re.Match[str], line: str) -> None:
        while self._open and self._open[-1].indent >= indent:
            self._open.pop()
        parent = self._open[-1] if self._open else None
        words = line[box.end() :]
        own = _ID.match(words)
        item_id = self._own_id(number, own["id"], parent) if own else self._derived_id(words, parent)
        self._ask_for_ids(number, item_id, has_id=own is not None)
        if len(self._open) >= MOST_DEPTH:
            self.mistakes.append((number, f"the item is nested more than {MOST_DEPTH} deep"))
        if any(one.id == item_id for one in self.items):
            self.mistakes.append((number, f"{item_id} is there twice; give one of them another id"))
        mark = _MARK.search(words)
        title = _title(words[own.end() :] if own else words)
        if not title:
            self.mistakes.append((number, f"{item_id} says nothing; write what is to be true"))
        self._open.append(_Open(indent=indent, id=item_id))
        self.items.append(
            Item(
                id=item_id,
                line=number,
                parent=parent.id if parent else None,
                title=title,
                is_ticked=box["tick"] != " ",
                mark=Mark(is_done=mark["word"] == "Done", why=(mark["why"] or "").strip()) if mark else None,
            )
        )
        self._more(number, words)

    def _own_id(self, number: int, item_id: str, parent: _Open | None) -> str:
        above = parent.id if parent else self._section
        if above and item_id.rpartition(".")[0] != above:
            self.mistakes.append((number, f"{item_id} stands below {above}, so its id must be {above}.N"))
        return item_id

    def _derived_id(self, words: str, parent: _Open | None) -> str:
        above = parent.id if parent else self._section
        self._counts[above] = self._counts.get(above, 0) + 1
        letter = _LETTER.match(words)
        place = letter["letter"] if letter else str(self._counts[above])
        return f"{above}.{place}" if above else place

    def _ask_for_ids(self, number: int, item_id: str, *, has_id: bool) -> None:
        if self._has_ids is None:
            self._has_ids = has_id
        elif self._has_ids and not has_id:
            self.mistakes.append(
                (number, f"the item has no id and others have; write one, such as {item_id}")
            )
        elif has_id and not self._has_ids:
            self.mistakes.append(
                (number, f"{item_id} has an id and items above have none; give all of them one")
            )

    def _more(self, number: int, line: str) -> None:
        """Proofs and waivers on a line of the item that is open."""
        for span in _SPAN.finditer(_MARK.sub("", line)):
            found = _PROOF.fullmatch(span["code"].strip())
            if found is None:
                continue
            item = self.items[-1]
            if found["kind"] == WAIVED:
                self._waive(number, item, found["argument"])
            elif (mistake := self._wrong(found["kind"], found["argument"])) is not None:
                self.mistakes.append((number, mistake))
            else:
                proof = Proof(kind=found["kind"], argument=found["argument"].strip(), line=number)
                self.items[-1] = replace(item, proofs=(*item.proofs, proof))

    def _wrong(self, kind: str, argument: str) -> str | None:
        check = self._kinds.get(kind)
        return check(argument.strip()) if check else unknown_kind(kind, self._kinds)

    def _waive(self, number: int, item: Item, argument: str) -> None:
        waiver = read_waiver(argument)
        if waiver is None:
            self.mistakes.append((number, "a waiver is written `waived: 2026-12-31 by NAME: the reason`"))
        else:
            self.items[-1] = replace(item, waiver=waiver)

    def _is_code_or_comment(self, line: str) -> bool:
        if self._in_comment:
            self._in_comment = "-->" not in line
            return True
        fence = _FENCE.match(line)
        if self._fence:
            closes = fence and fence["fence"].startswith(self._fence) and not line[fence.end() :].strip()
            self._fence = "" if closes else self._fence
            return True
        if fence:
            self._fence = fence["fence"]
            return True
        if "<!--" in line:
            self._in_comment = line.rfind("<!--") > line.rfind("-->")
            return not _COMMENT.sub("", line).strip()
        return False


def unknown_kind(kind: str, kinds: Collection[str]) -> str:
    """The sentence about a proof of a kind that there is none of."""
    near = difflib.get_close_matches(kind, kinds, n=1)
    hint = f"; did you mean `{near[0]}:`?" if near else f"; the kinds are {', '.join(sorted(kinds))}"
    return f"there is no proof kind `{kind}:`{hint}"


def read_waiver(text: str) -> Waiver | None:
    """A waiver as it is written in a code span, or None."""
    found = _WAIVER.fullmatch(text.strip())
    try:
        return (
            Waiver(by=found["by"].strip(), until=date.fromisoformat(found["until"]), reason=found["reason"])
            if found
            else None
        )
    except ValueError:
        return None


def _title(words: str) -> str:
    bare = _MARK.sub("", words)
    spans = [span for span in _SPAN.finditer(bare) if _PROOF.fullmatch(span["code"].strip())]
    for span in reversed(spans):
        bare = bare[: span.start()] + bare[span.end() :]
    return re.sub(r"\s+", " ", bare).strip(" \t\r\n:·,;—")
