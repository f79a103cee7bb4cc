"""Plays a case of the corpus: its files, its command, and how that ended."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path

from functional.ended import run
from functional.false_greens.case import BYTES, Case
from gateproof.model import Ended


def lay_out(case: Case, folder: Path) -> Path:
    """The folder in which the command runs, with the case's files."""
    here = folder / "here"
    here.mkdir()
    for name, content in case.files.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        is_text = not content.startswith(BYTES)
        path.write_bytes(content.encode() if is_text else b64decode(content.removeprefix(BYTES)))
    return here


def play(case: Case, folder: Path, *, osv: str, env: Mapping[str, str]) -> Ended:
    """The real command, ended; `osv` is the address of the stand-in for the advisory service."""
    here = lay_out(case, folder)
    environment = {**env, **case.env}
    return run(case.reader, case.command(osv=osv), cwd=here, into=folder / "run", env=environment)
