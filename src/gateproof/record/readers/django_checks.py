"""Reads Django's system checks, which tell how many were silenced but not how many ran."""

from __future__ import annotations

import re
from itertools import pairwise

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement, options
from gateproof.record.readers.silenced import silenced_checks
from gateproof.record.readers.text import last_line, lines

_CLOSING = re.compile(r"^System check identified (no|\d+) issues? \((\d+) silenced\)\.$")
_ISSUE = re.compile(r"^.{0,500}?: \((\w+\.[A-Z]\d+)\) ")
_MOST_NAMED = 5
_ONE_TAG = "it runs the checks of one tag only"
_TAKE_A_VALUE = (
    "--tag",
    "-t",
    "--fail-level",
    "--database",
    "--settings",
    "--pythonpath",
    "--verbosity",
    "-v",
)
_STRICT_ENOUGH = ("WARNING", "INFO", "DEBUG")
_REFUSES = {"--tag": _ONE_TAG, "-t": _ONE_TAG, "--list-tags": "it lists tags and checks nothing"}
# Other commands check the system first and say so in the same words.
_CHECKS = Requirement(options=("check",), why="only `manage.py check` checks the whole project")


def django_check(*, silenced: int = 0, at_least: int = 1) -> Reader:
    """`manage.py check` over one whole project; `silenced` says how many silenced findings are accepted.

    What is silenced is named; where no file of the project names it, nothing passes.
    Django does not say how many checks it ran, so what is counted is the project.
    """
    return Reader(
        name="django-check",
        read=lambda ended: _read(ended, silenced),
        at_least=at_least,
        refuses=_REFUSES,
        requires=(_CHECKS,),
    )


def django_check_deploy(*, settings: str | None = None, silenced: int = 0, at_least: int = 1) -> Reader:
    """`manage.py check --deploy --fail-level WARNING`; with `settings`, under these and no others."""
    needs = (
        _CHECKS,
        Requirement(options=("--deploy",), why="without --deploy nothing about production is checked"),
        Requirement(
            options=("--fail-level",),
            values=_STRICT_ENOUGH,
            why="without --fail-level WARNING, check --deploy exits 0 whatever it warns of",
        ),
    )
    return Reader(
        name="django-check-deploy",
        read=lambda ended: _read(ended, silenced),
        arguments=lambda files: (f"--settings={settings}",) if settings else (),
        at_least=at_least,
        refuses=_REFUSES,
        requires=needs,
    )


def _read(ended: Ended, allowed: int) -> Reading:
    closings = [match for match in map(_CLOSING.match, _closing_lines(ended)) if match]
    if len(closings) != 1:
        raise NotUnderstoodError("Django did not end by saying how many issues it identified")
    issues, silenced = int(closings[0][1].replace("no", "0")), int(closings[0][2])
    every = [match[1] for line in lines(ended.stderr.path) if (match := _ISSUE.match(line))]
    found = sorted(set(every))
    outcome, reason = _outcome(ended, issues, silenced - allowed, found)
    named = silenced_checks(ended.cwd) if silenced else ()
    if silenced and not named and outcome is Outcome.PASSED:
        outcome, reason = Outcome.VACUOUS, f"{silenced} findings are silenced, and no file says which"
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=1,
        unit="projects",
        counts=(("issues", issues), ("silenced checks", silenced)),
        skipped=named,
        # An issue without a code cannot be named, and so the rest of them is not all of it. Fewer lines would show.
        findings=tuple(found) if len(every) == issues and silenced <= allowed else (),
    )


def _closing_lines(ended: Ended) -> tuple[str, str]:
    return last_line(ended.stdout), last_line(ended.stderr)


def _outcome(ended: Ended, issues: int, too_many_silenced: int, found: list[str]) -> tuple[Outcome, str]:
    named = ", ".join(found[:_MOST_NAMED]) or "not named"
    if ended.exit_code != 0:
        return Outcome.FAILED, f"{issues} issues: {named}"
    if apps := _operands(ended.argv):
        return Outcome.VACUOUS, f"only {', '.join(apps)} was checked, not the project"
    if too_many_silenced > 0:
        return Outcome.VACUOUS, f"{too_many_silenced} more findings are silenced than accepted"
    if issues:
        return Outcome.PASSED, f"no issue at the level that fails; {issues} below it: {named}"
    return Outcome.PASSED, "no issues"


def _operands(argv: tuple[str, ...]) -> list[str]:
    """The app labels, which narrow a check to some apps."""
    words = argv[argv.index("check") :] if "check" in argv else ()
    named = [word for before, word in pairwise(options(words)) if before not in _TAKE_A_VALUE]
    return [word for word in named if not word.startswith("-")] + list(words[len(options(words)) + 1 :])
