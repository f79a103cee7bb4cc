"""Finds each test and what it met in the lines that unittest writes with `-v`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

DOUBLE_RULE = "=" * 70
RULE = "-" * 70
# What the test before it wrote without a line end may stand before a name; what this one wrote, or another
# process at that moment, before its outcome. An id that ends as the name does is known anywhere.
_STARTED = re.compile(r"([\w.]+) \((?=[\w.<>]+\.\1\)(?! [(\[])|[\w.<>]+\)(?: \.\.\. |$))([\w.<>]+)\)")
_MET = re.compile(r"(ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)$")
# Another process wrote before the line ended.
_MET_AMID = re.compile(r"(?:^|(?<= \.\.\. ))(ok)")
_FIXTURES = ("setUpClass", "tearDownClass", "setUpModule", "tearDownModule")
_BAD = ("FAIL", "ERROR", "unexpected success")


@dataclass(slots=True)
class NamedTests:
    """The tests that were started, by what they met."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    """Nothing was said of their end."""

    @property
    def ran(self) -> int:
        """How many unittest would say it ran."""
        return sum(map(len, (self.passed, self.failed, self.skipped, self.expected, self.silent)))

    def add(self, name: str, met: str) -> None:
        """Put one test where it belongs."""
        if met.startswith("skipped"):
            self.skipped.append(name)
        elif met in _BAD:
            self.failed.append(name)
        else:
            {"ok": self.passed, "expected failure": self.expected}.get(met, self.silent).append(name)


def named_tests(lines: Iterable[str]) -> NamedTests:
    """Every test of a run, up to the first rule: below it stand only failures and the sum."""
    tests = NamedTests()
    name, met = "", ""
    for line in lines:
        if line in {RULE, DOUBLE_RULE}:
            break
        started = _STARTED.search(line)
        if started and not _is_a_fixture(started[1]):
            following = _test_id(started[1], started[2])
            # A test that fails, and fails again while it is taken down, is named twice and ran once.
            if name and not (following == name and _end_of(line) in _BAD):
                tests.add(name, met)
            name, met = following, ""
        # The last word on a test is unittest's; what the test itself wrote comes before it.
        if name and not (started and _is_a_fixture(started[1])):
            met = _worse(met, _end_of(line))
    if name:
        tests.add(name, met)
    return tests


def _end_of(line: str) -> str:
    said = _MET.search(line) or _MET_AMID.search(line)
    return said[1] if said else ""


def _worse(before: str, now: str) -> str:
    """A subtest's failure or skip stays, whatever is said after it."""
    return before if before in _BAD or (before.startswith("skipped") and now not in _BAD) else now or before


def _is_a_fixture(word: str) -> bool:
    return word in _FIXTURES


def _test_id(method: str, where: str) -> str:
    """The dotted name; before Python 3.11 the part in brackets lacks the method."""
    last = where.rpartition(".")[2]
    is_whole = method == last or (last.startswith("test") and method.endswith(last))
    return where if is_whole else f"{where}.{method}"
