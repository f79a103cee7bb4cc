"""Reads ruff, whose green says by itself nothing about how many files it looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.named import inside, named
from gateproof.record.readers.text import last_line, lines, tail

_FOUND_SOMETHING = 1
_DEBUG = r"^\[[\d-]+\]\[[\d:]+\]\[[\w:]+\]\[DEBUG\] "
_CHECKED = re.compile(_DEBUG + r"Checked (\d+) files in: ")
_CHECKING = re.compile(_DEBUG + r"Checking: (.+)$")
_EXEMPT = re.compile(_DEBUG + r'Adding per-file ignores for "(.+)" due to .+: \{(.*)\}?$')
_FORMATTED = re.compile(r"^(?:(\d+) files? would be reformatted, )?(\d+) files? already formatted$")
_FINDING = re.compile(r"^([\w-]+):? (?:\[\*\] )?\S")
_PLACE = re.compile(r"^ +--> (.+):\d+:\d+$")
_CONCISE = re.compile(r"^(.+?):\d+:\d+: ([\w-]+):? ")
_FOUND = re.compile(r"^Found (\d+) errors?\.$")
_WHOLE_FILE = re.compile(rb"^\s*#\s*(?:ruff|flake8)\s*:\s*noqa\s*(?:#.*)?$", re.IGNORECASE | re.MULTILINE)
_NOQA = re.compile(rb"#\s*(?:(?:ruff|flake8)\s*:\s*)?noqa\b", re.IGNORECASE)
"""Silences a line, or a rule in a whole file."""
_EVERY_RULE = 400
"""ruff has more than 900 rules; only ALL takes away so many at once."""
_CHANGES = "it changes the files that it should judge"
_REFUSES = {
    "--exit-zero": "it makes ruff exit 0 whatever it finds",
    "--fix": _CHANGES,
    "--fix-only": _CHANGES,
    "--add-noqa": _CHANGES,
    "--add-ignore": _CHANGES,
    "--diff": "it shows what could be fixed and says nothing of the rest",
    "--show-files": "it lists files and checks none",
    "--show-settings": "it lists settings and checks nothing",
    "--statistics": "it shows sums and hides what was found",
    "--exit-non-zero-on-fix": _CHANGES,
}


def ruff_check(*, at_least: int = 1) -> Reader:
    """Files linted by ruff, from its own debug lines; a file exempt from every rule does not count."""
    return Reader(
        name="ruff-check",
        read=_read_check,
        # Neither a cache nor `fix = true` in a configuration may make the green.
        arguments=lambda files: ("--verbose", "--no-cache", "--no-fix"),
        environment={"RUFF_OUTPUT_FORMAT": None, "RUFF_OUTPUT_FILE": None},
        at_least=at_least,
        refuses=_REFUSES,
    )


def ruff_format(*, at_least: int = 1) -> Reader:
    """Files whose form ruff compared."""
    return Reader(
        name="ruff-format",
        read=_read_format,
        arguments=lambda files: ("--no-cache",),
        at_least=at_least,
        refuses={"--exit-non-zero-on-format": _CHANGES, "--range": "it looks at some lines only"},
        requires=(Requirement(options=("--check",), why="without --check ruff format changes the files"),),
    )


def _read_check(ended: Ended) -> Reading:
    if ended.exit_code not in (0, _FOUND_SOMETHING):
        raise NotUnderstoodError("ruff was misused or broken")
    checked, exempt = _files(ended)
    silenced = {name for name in checked - exempt if _has(Path(name), _NOQA.search)}
    counts = (("exempt files", len(exempt)), ("noqa files", len(silenced)))
    skipped = tuple(
        f"{told} ({why})"
        for names, why in ((exempt, "exempt"), (silenced, "noqa"))
        for told in sorted(inside(name, ended.cwd) or Path(name).name for name in names)
    )
    looked_at = len(checked - exempt)
    said = last_line(ended.stdout)
    if ended.exit_code == 0 and said == "All checks passed!":
        reason = f"{looked_at} files have no finding"
        return Reading(
            outcome=Outcome.PASSED,
            reason=reason,
            looked_at=looked_at,
            unit="files",
            counts=counts,
            skipped=skipped,
        )
    found = next((match for line in tail(ended.stdout) if (match := _FOUND.match(line))), None)
    if found is None:
        raise NotUnderstoodError("ruff ended without 'All checks passed!' and without a number of errors")
    return Reading(
        outcome=Outcome.FAILED,
        reason=f"ruff: {found[0]}",
        looked_at=looked_at,
        unit="files",
        counts=counts,
        skipped=skipped,
        findings=_named(ended, int(found[1])),
    )


def _named(ended: Ended, number: int) -> tuple[str, ...]:
    """The findings, in ruff's full or concise form; nothing in any other."""
    return named(_told(ended), number=number, cwd=ended.cwd)


def _told(ended: Ended) -> Iterator[tuple[str, str]]:
    before = ""
    for line in lines(ended.stdout.path):
        if place := _PLACE.match(line):
            code = _FINDING.match(before)
            yield code[1] if code else "", place[1]
        elif short := _CONCISE.match(line):
            yield short[2], short[1]
        before = line


def _files(ended: Ended) -> tuple[set[str], set[str]]:
    """The files of Python that ruff opened, and those of them that are exempt from every rule."""
    checked: set[str] = set()
    exempt: set[str] = set()
    claimed = 0
    for line in lines(ended.stderr.path):
        if match := _CHECKING.match(line):
            checked.add(match[1])
        elif (match := _EXEMPT.match(line)) and match[2].count(",") > _EVERY_RULE:
            exempt.add(match[1])
        elif match := _CHECKED.match(line):
            claimed += int(match[1])
    if ended.exit_code == 0 and len(checked) != claimed:
        raise NotUnderstoodError(f"ruff opened {len(checked)} of {claimed} files")
    # A project's pyproject.toml is linted too, but a project without Python is not looked at by that.
    checked = {name for name in checked if not name.endswith(".toml")}
    return checked, exempt | {name for name in checked if _has(Path(name), _WHOLE_FILE.match)}


def _has(path: Path, says: Callable[[bytes], object]) -> bool:
    with path.open("rb") as stream:
        return any(says(line) for line in iter(lambda: stream.readline(4096), b""))


def _read_format(ended: Ended) -> Reading:
    if ended.exit_code not in (0, _FOUND_SOMETHING):
        raise NotUnderstoodError("ruff was misused or broken, or a file is no Python")
    if any("No Python files found" in line for line in tail(ended.stderr)):
        return Reading(outcome=Outcome.VACUOUS, reason="ruff found no Python file", unit="files")
    said = last_line(ended.stdout)
    match = re.fullmatch(
        r"(?:(\d+) files? would be reformatted)?(?:, )?(?:(\d+) files? already formatted)?", said
    )
    if not said or match is None:
        raise NotUnderstoodError("ruff format --check ended without a number of files")
    wrong, right = int(match[1] or 0), int(match[2] or 0)
    outcome = Outcome.FAILED if wrong else Outcome.PASSED
    findings = _named(ended, wrong) if wrong else ()
    return Reading(outcome=outcome, reason=said, looked_at=wrong + right, unit="files", findings=findings)
