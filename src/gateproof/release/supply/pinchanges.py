"""What changed among the pins since the release before: a document of the evidence, bound to the locks beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gateproof.judge import inventory
from gateproof.judge.bundle import Bundle
from gateproof.judge.changes import dependencies
from gateproof.judge.pinstates import PinState, PinStates

FILE = "pins.json"
_ABOUT = (
    "Each pin that was added, removed or changed since the release before, with its licence and the advisories "
    "that its own source's audit knew. null: nobody was asked."
)
_NOTHING = Bundle(name="", sizes={}, read=lambda path: b"")


def changed_pins(before: Bundle | None, now: Bundle, *, since: str, unknown: str = "") -> bytes:
    """The document for `evidence/`; `before` is None for the first release, in which every pin is added.

    `unknown` says why it cannot be told what was released before; then no list of changes is given, not an empty one.
    """
    old = before or _NOTHING
    document = {
        "about": _ABOUT,
        "since": since or None,
        "unknown": unknown or None,
        "locks": {path: now.digest(path) for path in _locks(now)},
        "changes": None if unknown else list(_changes(old, now)),
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _locks(bundle: Bundle) -> list[str]:
    return sorted({path for places in inventory.pins(bundle).values() for path in places})


def _changes(old: Bundle, new: Bundle) -> Iterator[dict[str, Any]]:
    before, after = PinStates(old), PinStates(new)
    for change in dependencies(old, new):
        locks = change.where.split(", ")
        was = before.states(change.name, change.before, locks[0]) if change.before else ()
        now = after.states(change.name, change.after, locks[0]) if change.after else ()
        yield {
            "name": change.name,
            "change": change.word,
            "locks": locks,
            "before": list(map(_state, was)),
            "after": list(map(_state, now)),
        }


def _state(state: PinState) -> dict[str, Any]:
    return {
        "version": state.version,
        "licence": state.licence or None,
        "advisories": None if state.advisories is None else list(state.advisories),
        "asked": state.asked or None,
    }
