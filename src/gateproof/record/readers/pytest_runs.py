"""Reads pytest, from the JUnit file that it was asked for and from its closing line."""

from __future__ import annotations

import re

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers import junit
from gateproof.record.readers.contract import NotUnderstoodError, Reader
from gateproof.record.readers.text import tail

REPORT = "junit.xml"
_TESTS_FAILED = 1
_NO_TEST_FOUND = 5
_CLOSING = re.compile(r"^=+ (.+) in \d+\.\d+s(?: \(.+\))? =+$")
_NUMBER = re.compile(r"(\d+) ([a-z]+(?: [a-z]+)?)")
_STOPPED = re.compile(r"^!+ .+ !+$")
_ONLY_LISTS = "it lists tests and runs none"
_ONLY_SOME = "it runs only what another run left over"
_REFUSES = {
    "--collect-only": _ONLY_LISTS,
    "--co": _ONLY_LISTS,
    "--setup-plan": "it shows what would run and runs no test",
    "--setup-only": "it runs fixtures and no test",
    "--last-failed": _ONLY_SOME,
    "--lf": _ONLY_SOME,
    "--stepwise": _ONLY_SOME,
    "--sw": _ONLY_SOME,
}


def pytest_tests(*, at_least: int = 1) -> Reader:
    """Tests run by pytest; `looked_at` counts those that ran to their end and passed or failed."""
    return Reader(
        name="pytest",
        read=_read,
        # In its plain form pytest closes with numbers, which the report has to agree with.
        arguments=lambda files: (f"--junitxml={files / REPORT}", "--verbosity=0"),
        environment={"PYTEST_ADDOPTS": None, "FORCE_COLOR": None, "PY_COLORS": "0"},
        at_least=at_least,
        refuses=_REFUSES,
    )


def _read(ended: Ended) -> Reading:
    if ended.exit_code == _NO_TEST_FOUND:
        return Reading(outcome=Outcome.VACUOUS, reason="pytest found no test that it could run", unit="tests")
    if ended.exit_code not in {0, _TESTS_FAILED}:
        raise NotUnderstoodError("pytest was stopped, misused or broken")
    report, closing = junit.parse(ended.files / REPORT), _closing(tail(ended.stdout))
    passed, failed = report.named("passed"), report.named("failed")
    outcome, reason = _outcome(ended, report, closing)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=len(passed) + len(failed),
        unit="tests",
        counts=(
            ("skipped", len(report.named("skipped"))),
            ("expected failures", len(report.named("expected"))),
            ("unexpected passes", closing.get("xpassed", 0)),
            ("deselected", closing.get("deselected", 0)),
        ),
        passed=passed,
        failed=failed,
        skipped=report.named("skipped"),
    )


def _closing(last: list[str]) -> dict[str, int]:
    """The numbers of the closing line; raises NotUnderstoodError where there is none, or a stop after it."""
    numbers: dict[str, int] | None = None
    for line in last:
        if match := _CLOSING.match(line):
            numbers = {name: int(number) for number, name in _NUMBER.findall(match[1])}
        elif _STOPPED.match(line) and numbers is not None:
            raise NotUnderstoodError("pytest was stopped before every test had run")
    if numbers is None:
        raise NotUnderstoodError("pytest did not come to its closing line")
    return numbers


def _outcome(ended: Ended, report: junit.Report, closing: dict[str, int]) -> tuple[Outcome, str]:
    passed, failed = report.named("passed"), report.named("failed")
    if failed:
        return Outcome.FAILED, f"{len(failed)} of {len(report.tests)} tests failed, first {failed[0]}"
    if ended.exit_code != 0:
        return Outcome.FAILED, "no test failed, but pytest says no: perhaps less was covered than is required"
    claimed = closing.get("passed", 0) + closing.get("xpassed", 0)
    if claimed != len(passed):
        raise NotUnderstoodError(f"{len(passed)} tests passed by {REPORT}, and {claimed} by the closing line")
    if report.tests and not passed:
        return Outcome.SKIPPED, f"all {len(report.tests)} tests were skipped or expected to fail"
    return Outcome.PASSED, f"{len(passed)} tests passed"
