"""A proof map: the proofs of a document that has none of its own, in TOML beside it.

[proofs]
"S0.1" = ["zip: clean"]

[waivers."S6.B"]
by = "Ada"
until = 2026-12-31
reason = "the audit is booked"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from gateproof.errors import UsageError
from gateproof.judge.checklist import Checklist, Item, Kinds, mistaken, unknown_kind
from gateproof.judge.tomltext import read_toml
from gateproof.judge.verdict import Proof, Waiver

ENDING = ".proofs.toml"
"""`customer.md` has its map in `customer.proofs.toml`."""

_PROOF = re.compile(r"(?P<kind>[a-z][a-z-]{1,19}): +(?P<argument>\S.*)")


def with_map(checklist: Checklist, raw: bytes, name: str, kinds: Kinds) -> Checklist:
    """The checklist with the proofs and waivers of the map.

    Raises UsageError that names every mistake at once: an item that there is none of, one that has proofs of
    its own, an unknown kind, a malformed argument.
    """
    try:
        text = raw.decode("utf-8")
        document = read_toml(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    except ValueError as error:
        raise UsageError(f"{name} is not TOML: {error}. Mend that line.") from None
    reading = _Map(text, checklist, kinds)
    items = tuple(reading.items(document))
    if reading.mistakes:
        raise mistaken(name, reading.mistakes)
    return replace(checklist, items=items)


class _Map:
    """One map being read against its checklist."""

    def __init__(self, text: str, checklist: Checklist, kinds: Kinds) -> None:
        self.mistakes: list[tuple[int, str]] = []
        self._lines = text.split("\n")
        self._checklist = checklist
        self._kinds = kinds

    def items(self, document: dict[str, object]) -> Iterator[Item]:
        for key in sorted(document.keys() - {"proofs", "waivers"}):
            self._mistake(key, f"there is no table {key!r}; there are [proofs] and [waivers]")
        proofs, waivers = self._table(document, "proofs"), self._table(document, "waivers")
        for item_id in sorted({*proofs, *waivers}):
            if self._checklist.item(item_id) is None:
                self._mistake(item_id, f"{self._checklist.name} has no item {item_id}")
        if not proofs:
            self._mistake("proofs", "it names no proof, so nothing could ever be Done")
        for item in self._checklist.items:
            listed = self._proofs(item, proofs[item.id]) if item.id in proofs else item.proofs
            waiver = self._waiver(item.id, waivers[item.id]) if item.id in waivers else item.waiver
            yield replace(item, proofs=listed, waiver=waiver)

    def _table(self, document: dict[str, object], name: str) -> dict[str, object]:
        table = document.get(name, {})
        if not isinstance(table, dict):
            self._mistake(name, f"{name} must be a table")
            return {}
        return table

    def _proofs(self, item: Item, value: object) -> tuple[Proof, ...]:
        if item.proofs:
            self._mistake(item.id, f"{item.id} has proofs in {self._checklist.name}; keep them in one place")
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            self._mistake(item.id, f'{item.id} needs a list of proofs, such as ["zip: clean"]')
            return ()
        return tuple(filter(None, (self._proof(item.id, text) for text in value)))

    def _proof(self, item_id: str, text: str) -> Proof | None:
        found = _PROOF.fullmatch(text.strip())
        line = self._line_of(text)
        if found is None:
            self.mistakes.append((line, f"{text!r} is not a proof; write `kind: argument`"))
            return None
        kind, argument = found["kind"], found["argument"].strip()
        check = self._kinds.get(kind)
        mistake = check(argument) if check else unknown_kind(kind, self._kinds)
        if mistake is not None:
            self.mistakes.append((line, f"{item_id}: {mistake}"))
            return None
        return Proof(kind=kind, argument=argument, line=line)

    def _waiver(self, item_id: str, value: object) -> Waiver | None:
        table = value if isinstance(value, dict) else {}
        by, until, reason = table.get("by"), table.get("until"), table.get("reason")
        is_whole = isinstance(by, str) and by.strip() and isinstance(reason, str) and reason.strip()
        if not is_whole or type(until) is not date:
            self._mistake(item_id, f"the waiver of {item_id} needs by, until (a day) and reason")
            return None
        return Waiver(by=str(by).strip(), until=until, reason=str(reason).strip())

    def _mistake(self, word: str, sentence: str) -> None:
        self.mistakes.append((self._line_of(word), sentence))

    def _line_of(self, word: str) -> int:
        return next((number for number, line in enumerate(self._lines, 1) if word in line), 1)
