"""Reads Django's own test runner (and so unittest), from its first and its last lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader
from gateproof.record.readers.text import lines, tail

_FOUND = re.compile(r"^Found (\d+) test\(s\)\.$")
_RAN = re.compile(r"^Ran (\d+) tests? in \d+\.\d+s$")
_VERDICT = re.compile(
    r"^(OK|FAILED|NO TESTS RAN)(?: \(([a-z]+(?: [a-z]+)*=\d+(?:, [a-z]+(?: [a-z]+)*=\d+)*)\))?$"
)
_AFTERWARDS = re.compile(
    r"^(?:Destroying|Preserving) test database for alias |^.* took \d+\.\d+s$|^Used shuffle seed: "
)
_RULE = "-" * 70
_STARTED = re.compile(r"^(\w+) \(([\w.<>]+)\)(?: \.\.\. ?(.*))?$")
_ENDED = re.compile(r"(?:^|\.\.\. |.*?)(ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)$")
_MOST_BYTES = 64 * 1024 * 1024
_QUIET = "it hides the numbers that a reader needs"


def django_tests(*, at_least: int = 1) -> Reader:
    """Tests run by `manage.py test`; `looked_at` counts those that ran to their end and passed or failed."""
    return Reader(
        name="django-tests",
        read=_read,
        arguments=lambda files: ("--verbosity=2", "--no-color"),
        environment={"PYTHON_COLORS": "0", "NO_COLOR": "1", "FORCE_COLOR": None},
        at_least=at_least,
        refuses={"--debug-mode": "it tests with DEBUG on"},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Closing:
    ran: int
    verdict: str
    numbers: dict[str, int]


def _read(ended: Ended) -> Reading:
    found = next((int(m[1]) for line in lines(ended.stdout.path) if (m := _FOUND.match(line))), None)
    closing = _closing(tail(ended.stderr))
    if found is None:
        raise NotUnderstoodError("Django's runner did not say how many tests it found")
    if closing is None:
        raise NotUnderstoodError("Django's runner did not come to its closing lines")
    if closing.ran > found:
        raise NotUnderstoodError(f"{found} tests were found and {closing.ran} are said to have run")
    return _reading(ended, found, closing)


def _closing(last: list[str]) -> _Closing | None:
    """The runner's closing lines, if nothing but its own farewell comes after them."""
    kept = [line for line in last if line.strip()]
    while kept and _AFTERWARDS.match(kept[-1]):
        kept.pop()
    if len(kept) < len(("rule", "ran", "verdict")):
        return None
    rule, ran, verdict = kept[-3:]
    ran_match, verdict_match = _RAN.match(ran), _VERDICT.match(verdict)
    if rule != _RULE or ran_match is None or verdict_match is None:
        return None
    pairs = (pair.split("=") for pair in (verdict_match[2] or "").split(", ") if pair)
    return _Closing(ran=int(ran_match[1]), verdict=verdict_match[1], numbers={k: int(v) for k, v in pairs})


def _reading(ended: Ended, found: int, closing: _Closing) -> Reading:
    skipped, expected = closing.numbers.get("skipped", 0), closing.numbers.get("expected failures", 0)
    names = _names(ended, closing)
    looked_at = len(names.passed) + len(names.failed) if names else max(0, closing.ran - skipped - expected)
    outcome, reason = _outcome(found, closing, looked_at)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=looked_at,
        unit="tests",
        counts=(("found", found), ("skipped", skipped), ("expected failures", expected)),
        passed=tuple(names.passed) if names else (),
        failed=tuple(names.failed) if names else (),
        skipped=tuple(names.skipped) if names else (),
    )


def _outcome(found: int, closing: _Closing, looked_at: int) -> tuple[Outcome, str]:
    if closing.verdict == "FAILED":
        what = ", ".join(f"{number} {name}" for name, number in closing.numbers.items())
        return Outcome.FAILED, f"Django's runner says FAILED: {what}"
    if found == 0:
        return Outcome.VACUOUS, "no test was found"
    if looked_at == 0:
        return Outcome.SKIPPED, f"none of the {found} tests found ran to its end: skipped or expected to fail"
    if closing.ran < found:
        return Outcome.SKIPPED, f"{found - closing.ran} of the {found} tests found never ran"
    return Outcome.PASSED, f"{looked_at} tests passed"


@dataclass(slots=True)
class _Names:
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)


def _names(ended: Ended, closing: _Closing) -> _Names | None:
    """Every test with what it met, or None where the lines do not add up: a wrong name is worse than none."""
    if ended.stderr.size > _MOST_BYTES:
        return None
    names = _Names()
    for name, met in _tests(ended):
        kept = {"ok": names.passed, "expected failure": names.expected, "skipped": names.skipped}
        kept.get(met, names.failed).append(name)
    total = len(names.passed) + len(names.failed) + len(names.skipped) + len(names.expected)
    return names if total == closing.ran else None


def _tests(ended: Ended) -> Iterator[tuple[str, str]]:
    """Each test that was started, with the last thing said of it before the next one."""
    name, met = "", ""
    for line in lines(ended.stderr.path):
        if line in ("=" * 70, _RULE):
            break
        started = _STARTED.match(line)
        if started:
            if name and met:
                yield name, met
            name, met = _test_id(started[1], started[2]), ""
        if name and not met and (said := _ENDED.search(line)):
            met = "skipped" if said[1].startswith("skipped") else said[1]
    if name and met:
        yield name, met


def _test_id(method: str, where: str) -> str:
    """The dotted name; before Python 3.11 the part in brackets lacks the method."""
    return where if where.rpartition(".")[2] == method else f"{where}.{method}"
