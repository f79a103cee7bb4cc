"""Reads black and isort, from the numbers that they close with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.named import UNFORMATTED, named
from gateproof.record.readers.text import last_line, lines

STANDARD_INPUT = "it reads standard input, which is empty"
_WOULD_CHANGE = 1
_BLACK = re.compile(
    r"(?:(\d+) files? would be reformatted)?(?:, )?(?:(\d+) files? would be left unchanged)?"
    r"(?:, )?(?:(\d+) files? would fail to reformat)?\."
)
_BLACK_WRONG = re.compile(r"^would reformat (.+)$")
_BLACK_NOTHING = "No Python files are present to be formatted."
_ISORT_RIGHT = re.compile(r"^SUCCESS: (.+) Everything Looks Good!$")
_ISORT_WRONG = re.compile(r"^ERROR: (.+) Imports are incorrectly sorted and/or formatted\.$")
_ISORT_SKIPPED = re.compile(r"^Skipped (\d+) files$")


def black(*, at_least: int = 1) -> Reader:
    """Files whose form black compared."""
    return Reader(
        name="black",
        read=_read_black,
        # What black remembers from another run is not looked at in this one.
        environment={"BLACK_CACHE_DIR": os.devnull, "BLACK_NUM_WORKERS": None},
        at_least=at_least,
        refuses={
            "-": STANDARD_INPUT,
            "-c": "it looks at a text, not at files",
            "--code": "it looks at a text, not at files",
            "--line-ranges": "it looks at some lines only",
        },
        requires=(Requirement(options=("--check",), why="without --check black changes the files"),),
    )


def isort(*, at_least: int = 1) -> Reader:
    """Files whose imports isort compared; a file that it skips does not count."""
    need = Requirement(
        options=("--check-only", "--check", "-c"), why="without --check-only isort changes the files"
    )
    return Reader(
        name="isort",
        read=_read_isort,
        arguments=lambda files: ("--verbose",),
        at_least=at_least,
        refuses={"-": STANDARD_INPUT, "--show-files": "it lists files and checks none"},
        requires=(need,),
    )


def _read_black(ended: Ended) -> Reading:
    said = last_line(ended.stderr)
    if ended.exit_code == 0 and said.startswith(_BLACK_NOTHING):
        return Reading(outcome=Outcome.VACUOUS, reason="black found no Python file", unit="files")
    match = _BLACK.fullmatch(said)
    if match is None or not any(match.groups()):
        raise NotUnderstoodError("black ended without a number of files that would change or stay")
    changed, unchanged, broken = (int(number or 0) for number in match.groups())
    if broken:
        raise NotUnderstoodError(f"black could not read {broken} files")
    outcome = Outcome.FAILED if changed else Outcome.PASSED
    wrong = [match[1] for line in lines(ended.stderr.path) if (match := _BLACK_WRONG.match(line))]
    return Reading(
        outcome=outcome,
        reason=said.rstrip("."),
        looked_at=changed + unchanged,
        unit="files",
        findings=_unformatted(wrong, changed, ended),
    )


def _unformatted(paths: Iterable[str], number: int, ended: Ended) -> tuple[str, ...]:
    return named([(UNFORMATTED, path) for path in paths], number=number, cwd=ended.cwd)


def _read_isort(ended: Ended) -> Reading:
    right = {match[1] for line in lines(ended.stdout.path) if (match := _ISORT_RIGHT.match(line))}
    wrong = {match[1] for line in lines(ended.stderr.path) if (match := _ISORT_WRONG.match(line))}
    skipped = sum(int(match[1]) for line in lines(ended.stdout.path) if (match := _ISORT_SKIPPED.match(line)))
    if ended.exit_code not in (0, _WOULD_CHANGE) or (ended.exit_code and not wrong):
        raise NotUnderstoodError("isort was misused, or could not read a file")
    outcome = Outcome.FAILED if wrong else Outcome.PASSED
    reason = (
        f"{len(wrong)} files have imports out of order"
        if wrong
        else f"{len(right)} files have their imports in order"
    )
    looked_at = len(right) + len(wrong)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=looked_at,
        unit="files",
        counts=(("skipped", skipped),),
        findings=_unformatted(wrong, len(wrong), ended),
    )
