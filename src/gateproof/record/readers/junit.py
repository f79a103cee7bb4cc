"""Reads pytest, from the JUnit file that it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader

REPORT = "junit.xml"
_BLOCK = 64 * 1024
_LARGEST = 256 * 1024 * 1024
_NO_TEST_FOUND = 5
_TESTS_FAILED = 1
_COUNTERS = ("tests", "failures", "errors", "skipped")
_ONLY_LISTS = "it lists tests and runs none"
_REFUSES = {
    "--collect-only": _ONLY_LISTS,
    "--co": _ONLY_LISTS,
    "--setup-plan": "it shows what would run and runs no test",
    "--setup-only": "it runs fixtures and no test",
    "--fixtures": _ONLY_LISTS,
    "--markers": _ONLY_LISTS,
    "--last-failed": "it runs only what failed the last time",
    "--lf": "it runs only what failed the last time",
    "--stepwise": "it starts where the last run stopped",
    "--sw": "it starts where the last run stopped",
}


def pytest_tests(*, at_least: int = 1) -> Reader:
    """Tests run by pytest; `looked_at` counts those that ran to their end and passed or failed."""
    return Reader(
        name="pytest",
        read=_read,
        arguments=lambda files: (f"--junitxml={files / REPORT}",),
        environment={"PYTEST_ADDOPTS": None},
        at_least=at_least,
        refuses=_REFUSES,
    )


@dataclass(slots=True)
class _Report:
    """What a JUnit file says: its own counters, and every test with the worst that it met."""

    claimed: dict[str, int] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)
    expected_failures: int = 0
    suites: int = 0


def _read(ended: Ended) -> Reading:
    if ended.exit_code == _NO_TEST_FOUND:
        return Reading(outcome=Outcome.VACUOUS, reason="pytest found no test", unit="tests")
    if ended.exit_code not in (0, _TESTS_FAILED):
        raise NotUnderstoodError("pytest was stopped, misused or broken")
    return _reading(ended, _parse(ended.files / REPORT))


def _reading(ended: Ended, report: _Report) -> Reading:
    names = {kind: tuple(name for name, met in report.tests.items() if met == kind) for kind in _RANK}
    looked_at = len(names["passed"]) + len(names["failed"])
    if names["failed"]:
        outcome, reason = (
            Outcome.FAILED,
            f"{len(names['failed'])} of {len(report.tests)} tests failed: {names['failed'][0]}",
        )
    elif ended.exit_code != 0:
        outcome, reason = (
            Outcome.FAILED,
            "no test failed, but pytest says no (a coverage floor, or a warning made an error)",
        )
    elif report.tests and not looked_at:
        outcome, reason = Outcome.SKIPPED, f"all {len(report.tests)} tests were skipped or expected to fail"
    else:
        outcome, reason = Outcome.PASSED, f"{looked_at} tests passed"
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=looked_at,
        unit="tests",
        counts=(("skipped", len(names["skipped"])), ("expected failures", len(names["expected"]))),
        passed=names["passed"],
        failed=names["failed"],
        skipped=names["skipped"],
    )


_RANK = {"passed": 0, "expected": 1, "skipped": 2, "failed": 3}
"""A test that has several entries (its body, its teardown) counts as the worst of them."""


def _parse(path: Path) -> _Report:
    """Streams the file; refuses document types, so that no entity can be declared or expanded."""
    if not path.is_file():
        raise NotUnderstoodError(f"pytest left no {path.name}: it did not come to its end")
    if path.stat().st_size > _LARGEST:
        raise NotUnderstoodError(f"{path.name} is larger than {_LARGEST} bytes")
    report = _Report()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = _starter(report)
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as broken:
        raise NotUnderstoodError(f"{path.name} is broken: {broken}") from None
    _must_agree(report, path.name)
    return report


def _refuse_doctype(*_: object) -> None:
    raise NotUnderstoodError("the report declares a document type, which pytest never writes")


def _starter(report: _Report) -> Callable[[str, dict[str, str]], None]:
    current = ""

    def met(kind: str) -> None:
        if _RANK[kind] >= _RANK.get(report.tests.get(current, "passed"), 0):
            report.tests[current] = kind

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal current
        if tag == "testsuite":
            report.suites += 1
            for counter in _COUNTERS:
                report.claimed[counter] = report.claimed.get(counter, 0) + int(attributes[counter])
        elif tag == "testcase":
            current = f"{attributes['classname']}::{attributes['name']}"
            report.tests.setdefault(current, "passed")
        elif tag in ("failure", "error"):
            met("failed")
        elif tag == "skipped":
            met("expected" if attributes.get("type") == "pytest.xfail" else "skipped")

    return start


def _must_agree(report: _Report, name: str) -> None:
    """The file's own counters may count subtests too, never fewer than the tests that it lists."""
    if not report.suites:
        raise NotUnderstoodError(f"{name} holds no test suite")
    failed = sum(met == "failed" for met in report.tests.values())
    claimed = report.claimed
    if claimed["tests"] < len(report.tests) and claimed["tests"] < len(report.tests):
        raise NotUnderstoodError(f"{name} claims {claimed['tests']} tests and lists {len(report.tests)}")
    if bool(failed) != bool(claimed["failures"] + claimed["errors"]):
        raise NotUnderstoodError(f"{name} claims {claimed['failures']} failures and lists {failed}")
