"""Reads build, check-wheel-contents and twine, from the names of the archives that each made or looked at."""

from __future__ import annotations

import re

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import last_line, lines

_FOUND_SOMETHING = 1
_BUILT = re.compile(r"^Successfully built (\S.*\.(?:whl|tar\.gz))$")
_NOT_BUILT = re.compile(r"^ERROR (\S.*)$")
_CONTENTS = re.compile(r"^(\S.*\.whl): (OK|[A-Z]\d{3}: .+)$")
_CHECKED = re.compile(r"^Checking (\S.*): (PASSED|PASSED with warnings|FAILED|FAILED due to warnings)$")
_WIDE = {"COLUMNS": "4000", "NO_COLOR": "1", "FORCE_COLOR": None}
_ARCHIVES = "archives"


def build(*, at_least: int = 2) -> Reader:
    """Archives that `python -m build` made: by default both a wheel and an sdist are required."""
    return Reader(
        name="build",
        read=_read_build,
        environment=_WIDE,
        at_least=at_least,
        refuses={"--metadata": "it prints metadata and builds nothing"},
    )


def check_wheel_contents(*, at_least: int = 1) -> Reader:
    """Wheels whose contents check-wheel-contents looked at; for an empty folder it exits 0 and says nothing."""
    return Reader(name="check-wheel-contents", read=_read_contents, at_least=at_least)


def twine_check(*, at_least: int = 1) -> Reader:
    """Archives whose description `twine check --strict` rendered."""
    strict = Requirement(
        options=("--strict",), why="without --strict a description that is missing passes with warnings"
    )
    return Reader(
        name="twine-check", read=_read_twine, environment=_WIDE, at_least=at_least, requires=(strict,)
    )


def _read_build(ended: Ended) -> Reading:
    said = last_line(ended.stdout)
    if match := _BUILT.match(said):
        made = re.split(r", | and ", match[1])
        return Reading(
            outcome=Outcome.PASSED, reason=f"built {match[1]}", looked_at=len(made), unit=_ARCHIVES
        )
    wrong = next(
        (match[1] for line in (last_line(ended.stderr), said) if (match := _NOT_BUILT.match(line))), None
    )
    if ended.exit_code == _FOUND_SOMETHING and wrong:
        return Reading(outcome=Outcome.FAILED, reason=wrong, unit=_ARCHIVES)
    raise NotUnderstoodError("build did not end by naming what it built")


def _read_contents(ended: Ended) -> Reading:
    found = [match for line in lines(ended.stdout.path) if (match := _CONTENTS.match(line))]
    wheels = {match[1] for match in found}
    wrong = [match[2] for match in found if match[2] != "OK"]
    if ended.exit_code == 0 and not found:
        return Reading(outcome=Outcome.VACUOUS, reason="check-wheel-contents found no wheel", unit="wheels")
    if ended.exit_code not in (0, _FOUND_SOMETHING) or bool(ended.exit_code) != bool(wrong):
        raise NotUnderstoodError("check-wheel-contents did not say what it thinks of each wheel")
    outcome = Outcome.FAILED if wrong else Outcome.PASSED
    reason = wrong[0] if wrong else f"nothing is wrong with the contents of {len(wheels)} wheels"
    return Reading(outcome=outcome, reason=reason, looked_at=len(wheels), unit="wheels")


def _read_twine(ended: Ended) -> Reading:
    found = {
        match[1]: match[2] for line in lines(ended.stdout.path) if (match := _CHECKED.match(line.rstrip()))
    }
    wrong = [name for name, said in found.items() if said.startswith("FAILED")]
    if not found or ended.exit_code not in (0, _FOUND_SOMETHING) or bool(ended.exit_code) != bool(wrong):
        raise NotUnderstoodError("twine did not say what it thinks of each archive")
    outcome = Outcome.FAILED if wrong else Outcome.PASSED
    reason = f"{wrong[0]} {found[wrong[0]]}" if wrong else f"{len(found)} archives show their description"
    return Reading(outcome=outcome, reason=reason, looked_at=len(found), unit=_ARCHIVES)
