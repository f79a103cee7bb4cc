"""Runs kingfisher offline over one folder, and reads its report without ever keeping a secret of it."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateproof.errors import UnknownError

RULES = Path(__file__).with_name("rules.yaml")
"""Our own rules, in kingfisher's form."""
TIME_LIMIT = 1800
"""Seconds."""

_FOUND_SOMETHING = 200
_OFFLINE = ("--no-validate", "--no-update-check")
# What it would pass over in silence, looked at; what it would unpack in part, left to us.
_WHOLE = ("--no-ignore", "--no-limits", "--no-dedup", "--no-extract-archives")
_QUIET = ("--quiet", "--redact", "--format", "json")
# Variables that change what it does, or tell it to write elsewhere.
_ITS_OWN = ("KF_", "KINGFISHER_", "RUST_")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A place where a rule found something; the secret itself is not kept."""

    name: str
    """Of the file in the folder that was scanned."""
    line: int
    column: int
    """From 0, in bytes."""
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What kingfisher said of a folder."""

    hits: tuple[Hit, ...]
    files: int
    """How many it looked at."""
    rules: int
    version: str


def run_kingfisher(folder: Path, *, rules: Path = RULES) -> Report:
    """Scan every file of a folder, without a network.

    Raises UnknownError when kingfisher is not installed beside gateproof, does not end by itself, or writes a
    report that is not understood.
    """
    argv = (program(), "scan", *_OFFLINE, *_WHOLE, *_QUIET, "--rules-path", str(rules), folder.name)
    env = {name: value for name, value in os.environ.items() if not name.startswith(_ITS_OWN)}
    try:
        # A relative name: where the folder lies is nobody's business, and no rule may ask for it.
        ended = subprocess.run(
            argv, cwd=folder.parent, env=env, capture_output=True, check=False, timeout=TIME_LIMIT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnknownError(f"kingfisher did not come to its end ({error}); nothing is known.") from None
    if ended.returncode not in (0, _FOUND_SOMETHING):
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else "it said nothing"
        raise UnknownError(f"kingfisher ended with {ended.returncode} ({why}); nothing is known.")
    return parse_report(ended.stdout, found_something=ended.returncode == _FOUND_SOMETHING)


def parse_report(text: bytes, *, found_something: bool) -> Report:
    """The report in the JSON that kingfisher wrote. Raises UnknownError where it is not understood."""
    try:
        document: Any = json.loads(text)
        summary = document["metadata"]["summary"]
        hits = tuple(_hit(item) for item in document["findings"])
        report = Report(
            hits=hits,
            files=_count(summary["blobs_scanned"]),
            rules=_count(summary["rules_applied"]),
            version=str(document["metadata"]["kingfisher_version"]),
        )
        states = {one["scan"]["status"] for one in document["audit"]["repositories"]}
        uses_ours = summary["custom_rules_used"] is True
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnknownError(
            f"The report of kingfisher is not understood ({type(error).__name__}: {error})."
        ) from None
    if states != {"completed"} or not uses_ours or bool(hits) is not found_something:
        raise UnknownError("The report of kingfisher contradicts itself, so nothing is known.")
    return report


def _hit(item: Any) -> Hit:
    place = item["finding"]
    name = str(place["path"]).partition("!")[0].replace("\\", "/").rpartition("/")[2]
    return Hit(
        name=name,
        line=_count(place["line"]),
        column=_count(place["column_start"]),
        rule=str(item["rule"]["id"]),
    )


def _count(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError(f"{number!r} is no number")
    return number


def program() -> str:
    """The program in the package beside gateproof: one from elsewhere is not the one that the lock pins."""
    try:
        return str(importlib.import_module("kingfisher").get_binary_path())
    except (ImportError, AttributeError, OSError):
        raise UnknownError(
            "kingfisher is not installed beside gateproof; install gateproof[suite], or kingfisher-bin."
        ) from None
