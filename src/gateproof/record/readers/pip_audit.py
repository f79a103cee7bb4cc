"""Reads pip-audit, whose green counts only when what it audited is what is pinned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, options
from gateproof.record.readers.text import json_from, last_line, lines

REPORT = "pip-audit.json"
_FOUND_SOMETHING = 1
_MOST_NAMED = 5
_PIN = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)")
_CLOSING = re.compile(r"^(?:No known vulnerabilities found|Found \d+ known vulnerabilit)")
_IGNORE = "--ignore-vuln"
_IGNORED = re.compile(r", (?:ignored )?(\d+)\b")


def pip_audit(*, pinned: Iterable[str] | None = None, ignored: int = 0, at_least: int = 1) -> Reader:
    """Packages that were looked up; every one of `pinned` (lines such as `django==5.2.1`) must be among them.

    Without `pinned` the pins are read from the files named with -r.
    `ignored` says how many ignored advisories are accepted; each is named.
    """
    wanted = None if pinned is None else frozenset(filter(None, map(_pin, pinned)))
    return Reader(
        name="pip-audit",
        read=lambda ended: _read(ended, wanted, ignored),
        arguments=lambda files: ("--format=json", f"--output={files / REPORT}", "--progress-spinner=off"),
        at_least=at_least,
        refuses={
            "--dry-run": "it collects packages and audits none",
            "-d": "it collects packages and audits none",
            "--fix": "it changes what it should judge",
        },
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Report:
    audited: frozenset[str]
    not_audited: tuple[str, ...]
    vulnerable: tuple[str, ...]


def _read(ended: Ended, pinned: frozenset[str] | None, accepted: int) -> Reading:
    if ended.exit_code not in (0, _FOUND_SOMETHING):
        raise NotUnderstoodError("pip-audit was misused or broken")
    report = _parse(json_from(ended.files / REPORT))
    wanted = _pins_of(ended) if pinned is None else pinned
    closing = last_line(ended.stderr)
    if not _CLOSING.match(closing):
        raise NotUnderstoodError("pip-audit did not close with what it found")
    ignored = sum(map(int, _IGNORED.findall(closing)))
    named = tuple(f"{name} (ignored advisory)" for name in _asked_to_ignore(ended.argv))
    if ignored and not named:
        raise NotUnderstoodError(f"pip-audit ignored {ignored} advisories that the command does not name")
    outcome, reason = _outcome(report, wanted, ignored - accepted)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=len(report.audited),
        unit="packages",
        counts=(
            ("pinned", len(wanted or ())),
            ("not audited", len(report.not_audited)),
            ("ignored advisories", ignored),
        ),
        # It does not say which of them it met, so each that it was told to ignore is named.
        skipped=named if ignored else (),
    )


def _parse(document: Any) -> _Report:
    try:
        dependencies = document["dependencies"]
        audited = [one for one in dependencies if "skip_reason" not in one]
        return _Report(
            audited=frozenset(f"{_name(one['name'])}=={_version(one['version'])}" for one in audited),
            not_audited=tuple(one["name"] for one in dependencies if "skip_reason" in one),
            vulnerable=tuple(f"{one['name']} {one['version']}" for one in audited if one["vulns"]),
        )
    except (KeyError, TypeError, AttributeError) as missing:
        raise NotUnderstoodError(f"the report of pip-audit lacks {missing}") from None


def _outcome(report: _Report, wanted: frozenset[str] | None, too_many_ignored: int) -> tuple[Outcome, str]:
    wanted = report.audited if wanted is None else wanted
    missing, unpinned = sorted(wanted - report.audited), sorted(report.audited - wanted)
    grounds = (
        (report.vulnerable, Outcome.FAILED, "packages have known vulnerabilities"),
        (report.not_audited, Outcome.ERRORED, "packages were not audited"),
        (missing if report.audited else (), Outcome.ERRORED, "pins were not audited"),
        (unpinned, Outcome.ERRORED, "packages were audited that are not pinned"),
    )
    for names, outcome, what in grounds:
        if names:
            return outcome, f"{len(names)} {what}: {', '.join(names[:_MOST_NAMED])}"
    if too_many_ignored > 0:
        return Outcome.VACUOUS, f"{too_many_ignored} more advisories are ignored than accepted"
    return Outcome.PASSED, f"{len(report.audited)} packages have no known vulnerability"


def _asked_to_ignore(argv: tuple[str, ...]) -> Iterator[str]:
    """The values of --ignore-vuln, which argparse lets be abbreviated."""
    for word, after in pairwise((*options(argv), "")):
        option, is_one, value = word.partition("=")
        if option.startswith("--ig") and _IGNORE.startswith(option):
            yield value if is_one else after


def _pins_of(ended: Ended) -> frozenset[str] | None:
    """The pins in the files that the command was given, whatever their markers say; None without files."""
    files = list(_named(options(ended.argv), ended.cwd))
    return frozenset(pin for path in files for pin in _pins_in(path, [])) if files else None


def _pins_in(path: Path, seen: list[Path]) -> Iterator[str]:
    """The pins of one file and of those that it includes, which pip-audit passes over in silence."""
    if path in seen:
        return
    seen.append(path)
    for line in lines(path):
        if pin := _pin(line):
            yield pin
        for included in _named(line.split("#")[0].split(), path.parent):
            yield from _pins_in(included, seen)


def _named(words: Sequence[str], folder: Path) -> Iterator[Path]:
    """The requirements files among some words: -r FILE, -rFILE, --requirement FILE, --requirement=FILE."""
    for word, after in pairwise((*words, "")):
        if word in {"-r", "--requirement"}:
            yield folder / after
        elif word.startswith("--requirement="):
            yield folder / word.partition("=")[2]
        elif word.startswith("-r"):
            yield folder / word.removeprefix("-r")


def _pin(line: str) -> str | None:
    match = _PIN.match(line)
    return f"{_name(match[1])}=={_version(match[2])}" if match else None


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(version: str) -> str:
    """A version in one form, as far as pins need it: 5.2 and 5.2.0 are one."""
    return re.sub(r"(?:\.0)+$", "", version.lower().removeprefix("v"))
