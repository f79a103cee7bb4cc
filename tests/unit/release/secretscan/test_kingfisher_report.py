"""kingfisher's report is taken as it is, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gateproof.errors import UnknownError
from gateproof.release.secretscan.kingfisher import Hit, parse_report

Document = dict[str, Any]


def document(hits: int = 1) -> Document:
    place = {"path": "files/000001.py", "line": 3, "column_start": 5, "snippet": "[REDACTED]"}
    return {
        "findings": [{"rule": {"id": "a.rule"}, "finding": dict(place)} for _ in range(hits)],
        "audit": {"repositories": [{"scan": {"status": "completed"}}]},
        "metadata": {
            "kingfisher_version": "2.14.0",
            "summary": {"blobs_scanned": 7, "rules_applied": 500, "custom_rules_used": True},
        },
    }


def parse(report: Document, *, found_something: bool = True) -> Any:
    return parse_report(json.dumps(report).encode(), found_something=found_something)


def test_hits_and_numbers_are_taken() -> None:
    report = parse(document())
    assert report.hits == (Hit(name="000001.py", line=3, column=5, rule="a.rule"),)
    assert (report.files, report.rules, report.version) == (7, 500, "2.14.0")


@pytest.mark.parametrize("path", ["files\\000001.py", "000001.py", "files/000001.py!inner/x"])
def test_a_path_is_a_name_on_every_system(path: str) -> None:
    report = document()
    report["findings"][0]["finding"]["path"] = path
    assert parse(report).hits[0].name == "000001.py"


def _set(report: Document, path: str, value: object) -> Document:
    *folders, last = path.split(".")
    place: Any = report
    for name in folders:
        place = place[int(name)] if name.isdigit() else place[name]
    place[last] = value
    return report


WRONG: list[tuple[str, object]] = [
    ("findings", None),
    ("findings", [{}]),
    ("findings.0.finding.line", "3"),
    ("findings.0.finding.line", -1),
    ("metadata.summary.blobs_scanned", None),
    ("metadata.summary.blobs_scanned", True),
    ("metadata.summary", []),
    ("metadata", None),
    ("audit.repositories", []),
    ("audit.repositories", [{"scan": {"status": "partial"}}]),
    ("metadata.summary.custom_rules_used", False),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_report_that_is_not_understood_is_no_answer(path: str, value: object) -> None:
    with pytest.raises(UnknownError):
        parse(_set(document(), path, value))


@pytest.mark.parametrize("change", [lambda: (document(), False), lambda: (document(0), True)])
def test_an_exit_code_that_contradicts_the_report_is_no_answer(
    change: Callable[[], tuple[Document, bool]],
) -> None:
    report, found_something = change()
    with pytest.raises(UnknownError, match="contradicts"):
        parse(report, found_something=found_something)


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b"\xff"])
def test_what_is_no_report_is_no_answer(text: bytes) -> None:
    with pytest.raises(UnknownError):
        parse_report(text, found_something=False)
