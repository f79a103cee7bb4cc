"""Parses the JUnit file that pytest writes, by blocks and without ever expanding an entity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from gateproof.record.readers.contract import NotUnderstoodError

LARGEST = 256 * 1024 * 1024
_BLOCK = 64 * 1024
_COUNTERS = ("tests", "failures", "errors", "skipped")
_RANK = {"passed": 0, "expected": 1, "skipped": 2, "failed": 3}
"""A test that has several entries (its body, its teardown) counts as the worst of them."""


@dataclass(slots=True)
class Report:
    """Every test with the worst that it met, and the file's own counters."""

    tests: dict[str, str] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)

    def named(self, met: str) -> tuple[str, ...]:
        """The tests that met this: passed, expected (to fail), skipped or failed."""
        return tuple(name for name, worst in self.tests.items() if worst == met)


def parse(path: Path, *, limit: int = LARGEST) -> Report:
    """What the file says; raises NotUnderstoodError for one that is missing, broken, huge or not pytest's."""
    if not path.is_file():
        raise NotUnderstoodError(f"there is no {path.name}: the run did not come to its end")
    if path.stat().st_size > limit:
        raise NotUnderstoodError(f"{path.name} is larger than {limit} bytes, which no report should be")
    report = Report()
    parser = expat.ParserCreate()
    # An entity can only be declared in a document type, so refusing that refuses every bomb.
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = _collector(report)
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, KeyError, ValueError) as broken:
        raise NotUnderstoodError(f"{path.name} is cut or broken: {broken}") from None
    _must_agree(report, path.name)
    return report


def _refuse_document_type(*_: object) -> None:
    raise NotUnderstoodError("the report declares a document type, which pytest never writes")


def _collector(report: Report) -> Callable[[str, dict[str, str]], None]:
    current = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal current
        if tag == "testsuite":
            for counter in _COUNTERS:
                report.claimed[counter] = report.claimed.get(counter, 0) + int(attributes[counter])
        elif tag == "testcase":
            # A test that a stopped run had only begun has no name, and the KeyError says so.
            current = f"{attributes['classname']}::{attributes['name']}"
            report.tests.setdefault(current, "passed")
        elif met := _met(tag, attributes):
            report.tests[current] = max(met, report.tests[current], key=_RANK.__getitem__)

    return start


def _met(tag: str, attributes: dict[str, str]) -> str | None:
    if tag in {"failure", "error"}:
        return "failed"
    if tag == "skipped":
        return "expected" if attributes.get("type") == "pytest.xfail" else "skipped"
    return None


def _must_agree(report: Report, name: str) -> None:
    """The file's own counters may count subtests too, but never fewer tests than it lists."""
    if not report.claimed:
        raise NotUnderstoodError(f"{name} holds no test suite")
    if report.claimed["tests"] < len(report.tests):
        raise NotUnderstoodError(
            f"{name} claims {report.claimed['tests']} tests and lists {len(report.tests)}"
        )
    failed, claimed = len(report.named("failed")), report.claimed["failures"] + report.claimed["errors"]
    if bool(failed) != bool(claimed):
        raise NotUnderstoodError(f"{name} claims {claimed} failures and lists {failed}")
