"""Record a single command, without nox, into the same ledger as the gates."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gateproof.config import load_settings
from gateproof.errors import InterruptedRunError, UsageError
from gateproof.model import Reading
from gateproof.record.live import to_terminal
from gateproof.record.readers import READERS
from gateproof.record.recorder import Recorder, leg_of


def record_command(root: Path, *, name: str, reader: str, at_least: int, command: Sequence[str]) -> Reading:
    """Run `command` in `root`, keep it in the ledger as an attempt of `name`, and return what `reader` understood.

    Raises UsageError for a reader or a name that there cannot be, InterruptedRunError when it was stopped,
    and UnknownError when there is no git or no way to write the record.
    """
    if reader not in READERS:
        raise UsageError(f"There is no reader {reader}; the readers are {', '.join(sorted(READERS))}.")
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise UsageError(f"{name!r} is no name for a record; use letters, digits, - and _.")
    made = READERS[reader]()
    reads = replace(made, at_least=max(at_least, made.at_least))
    settings = load_settings(root)
    recorder = Recorder.begin(root, settings=settings, name=name, leg=leg_of(), call=secrets.token_hex(8))
    try:
        with recorder:
            program = shutil.which(command[0]) or command[0]
            recorder.run(command, program=program, reader=reads, cwd=Path(), env=_path(), live=to_terminal)
    except KeyboardInterrupt:
        raise InterruptedRunError(
            f"{name} was interrupted; its record in {recorder.folder} says so."
        ) from None
    return recorder.reading


def _path() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath)}
