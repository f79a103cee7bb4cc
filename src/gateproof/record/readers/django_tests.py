"""Reads Django's own test runner, from its first line, its tests' lines and its last ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader
from gateproof.record.readers.text import lines, tail
from gateproof.record.readers.unittest_lines import RULE, NamedTests, named_tests

_FOUND = re.compile(r"^Found (\d+) test\(s\)\.$")
_RAN = re.compile(r"^Ran (\d+) tests? in \d+\.\d+s$")
_VERDICT = re.compile(
    r"^(OK|FAILED|NO TESTS RAN)(?: \(([a-z]+(?: [a-z]+)*=\d+(?:, [a-z]+(?: [a-z]+)*=\d+)*)\))?$"
)
_FAREWELL = re.compile(
    r"^(?:Destroying|Preserving) test database for alias .*\.\.\.$|^ *\w.* took \d+\.\d+s$"
)
_CLOSING_LINES = 3


def django_tests(*, at_least: int = 1) -> Reader:
    """Tests run by `manage.py test`; `looked_at` counts those that ran to their end and passed or failed."""
    return Reader(
        name="django-tests",
        read=_read,
        arguments=lambda files: ("--verbosity=2", "--no-color"),
        environment={"PYTHON_COLORS": "0", "NO_COLOR": "1", "FORCE_COLOR": None},
        at_least=at_least,
        refuses={"--debug-mode": "it tests with DEBUG on, as production never runs"},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Closing:
    ran: int
    verdict: str
    numbers: dict[str, int]


def _read(ended: Ended) -> Reading:
    found = next((int(match[1]) for line in lines(ended.stdout.path) if (match := _FOUND.match(line))), None)
    closing = _closing(tail(ended.stderr))
    if found is None:
        raise NotUnderstoodError("Django's runner did not say how many tests it found")
    if closing is None:
        raise NotUnderstoodError("Django's runner did not come to its closing lines")
    tests = named_tests(lines(ended.stderr.path))
    outcome, reason = _outcome(found, closing, tests)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=len(tests.passed) + len(tests.failed),
        unit="tests",
        counts=(
            ("found", found),
            ("skipped", len(tests.skipped)),
            ("expected failures", len(tests.expected)),
        ),
        passed=tuple(tests.passed),
        failed=tuple(tests.failed),
        skipped=(*tests.skipped, *(f"{name} (expected to fail)" for name in tests.expected)),
    )


def _closing(last: list[str]) -> _Closing | None:
    """The runner's closing lines, if nothing but its own farewell comes after them."""
    kept = [line for line in last if line.strip()]
    while kept and _FAREWELL.match(kept[-1]):
        kept.pop()
    if len(kept) < _CLOSING_LINES:
        return None
    rule, ran, verdict = kept[-_CLOSING_LINES:]
    ran_match, verdict_match = _RAN.match(ran), _VERDICT.match(verdict)
    if rule != RULE or ran_match is None or verdict_match is None:
        return None
    pairs = (pair.split("=") for pair in (verdict_match[2] or "").split(", ") if pair)
    numbers = {name: int(number) for name, number in pairs}
    return _Closing(ran=int(ran_match[1]), verdict=verdict_match[1], numbers=numbers)


def _outcome(found: int, closing: _Closing, tests: NamedTests) -> tuple[Outcome, str]:
    if closing.verdict == "FAILED":
        told = ", ".join(f"{number} {name}" for name, number in closing.numbers.items())
        return Outcome.FAILED, f"Django's runner says FAILED: {told}"
    if found == 0:
        return Outcome.VACUOUS, "no test was found"
    expected = closing.numbers.get("expected failures", 0)
    agrees = (tests.ran, len(tests.expected)) == (closing.ran, expected)
    if closing.ran > found or not agrees or tests.failed or tests.silent:
        told = (
            f"{found} found, {closing.ran} run in all, {tests.ran} named, {len(tests.failed)} of them failed"
        )
        raise NotUnderstoodError(f"the numbers of Django's runner do not agree: {told}")
    if not tests.passed:
        return Outcome.SKIPPED, f"none of the {found} tests found ran to its end: skipped or expected to fail"
    if closing.ran < found:
        return Outcome.SKIPPED, f"{found - closing.ran} of the {found} tests found never ran"
    return Outcome.PASSED, f"{len(tests.passed)} tests passed"
