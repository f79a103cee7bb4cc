"""Reads flake8 and mypy, from the numbers that they close with."""

from __future__ import annotations

import re

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader
from gateproof.record.readers.formatters import STANDARD_INPUT
from gateproof.record.readers.named import named
from gateproof.record.readers.text import last_line, lines, tail

_FOUND_SOMETHING = 1
_BENCHMARK = re.compile(r"^(\d+)\s+total (logical lines|files) processed$")
_FLAKE8_FINDING = re.compile(r"^(.+):\d+:\d+: ([A-Z]+\d+) ")
_MYPY_FINDING = re.compile(r"^(.+?):\d+(?::\d+)?: error: .*  \[([\w-]+)\]$")
_MYPY_RIGHT = re.compile(r"^Success: no issues found in (\d+) source files?$")
_MYPY_WRONG = re.compile(r"^Found (\d+) errors? in \d+ files? \(checked (\d+) source files?\)$")


def flake8(*, at_least: int = 1) -> Reader:
    """Files linted by flake8; when all of them are exempt from every rule, none was looked at."""
    return Reader(
        name="flake8",
        read=_read_flake8,
        arguments=lambda files: ("--benchmark", "--count"),
        at_least=at_least,
        refuses={"-": STANDARD_INPUT, "--exit-zero": "it makes flake8 exit 0 whatever it finds"},
    )


def mypy(*, at_least: int = 1) -> Reader:
    """Source files that mypy checked."""
    return Reader(
        name="mypy",
        read=_read_mypy,
        environment={"MYPY_FORCE_COLOR": None},
        at_least=at_least,
        refuses={
            "-c": "it looks at a text, not at files",
            "--command": "it looks at a text, not at files",
            "--shadow-file": "it looks at one file in the place of another",
        },
    )


def _read_flake8(ended: Ended) -> Reading:
    numbers = {match[2]: int(match[1]) for line in tail(ended.stdout) if (match := _BENCHMARK.match(line))}
    if ended.exit_code not in (0, _FOUND_SOMETHING) or len(numbers) != len(("logical lines", "files")):
        raise NotUnderstoodError("flake8 ended without the number of files that it processed")
    found = [
        (match[2], match[1]) for line in lines(ended.stdout.path) if (match := _FLAKE8_FINDING.match(line))
    ]
    number = last_line(ended.stdout)
    looked_at = numbers["files"] if numbers["logical lines"] else 0
    if not (ended.exit_code or found):
        reason = f"{looked_at} files have no finding"
        return Reading(outcome=Outcome.PASSED, reason=reason, looked_at=looked_at, unit="files")
    return Reading(
        outcome=Outcome.FAILED,
        reason=f"flake8 has {max(1, len(found))} findings",
        looked_at=looked_at,
        unit="files",
        findings=named(found, number=int(number), cwd=ended.cwd) if number.isdecimal() else (),
    )


def _read_mypy(ended: Ended) -> Reading:
    said = last_line(ended.stdout)
    if ended.exit_code == 0 and (match := _MYPY_RIGHT.match(said)):
        return Reading(outcome=Outcome.PASSED, reason=said, looked_at=int(match[1]), unit="files")
    if match := _MYPY_WRONG.match(said):
        told = [(one[2], one[1]) for line in lines(ended.stdout.path) if (one := _MYPY_FINDING.match(line))]
        return Reading(
            outcome=Outcome.FAILED,
            reason=said,
            looked_at=int(match[2]),
            unit="files",
            findings=()
            if any(code == "syntax" for code, _ in told)
            else named(told, number=int(match[1]), cwd=ended.cwd),
        )
    raise NotUnderstoodError("mypy did not close with the number of source files that it checked")
