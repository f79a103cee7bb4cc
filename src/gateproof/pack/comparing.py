"""`gateproof diff`: two deliveries side by side, read by the strict reader and never executed."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Literal

from gateproof.errors import NO, UNKNOWN, YES
from gateproof.judge.changes import Changes, compare
from gateproof.judge.changes_text import as_mapping, lines, markdown
from gateproof.pack.bundle import open_bundle

Form = Literal["table", "markdown", "json"]


def compare_deliveries(old: Path, new: Path, *, now: datetime) -> Changes:
    """What the holder of `old` finds different in `new`; each a ZIP, a delivery folder or an outer ZIP.

    Raises UnknownError for what cannot be read or is not sound enough to be read in one way only, NothingRanError
    for a folder without a ZIP or a ZIP without a file.
    """
    with ExitStack() as stack:
        before, after = (stack.enter_context(open_bundle(path, now=now)) for path in (old, new))
        return compare(before, after)


def exit_code(changes: Changes) -> int:
    """0 when nothing differs, 1 when something does, 4 when not everything could be compared."""
    if changes.unknown:
        return UNKNOWN
    return YES if changes.is_none else NO


def text(changes: Changes, form: Form) -> str:
    """The answer in one of its forms, with its last line end."""
    if form == "json":
        return json.dumps({**as_mapping(changes), "exitCode": exit_code(changes)}, indent=2) + "\n"
    return "\n".join(markdown(changes) if form == "markdown" else lines(changes)) + "\n"
