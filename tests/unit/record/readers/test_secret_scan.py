"""The secret scan's report: what it comes to, and what makes its green worth nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateproof.model import Outcome
from gateproof.record.readers import decide, secret_scan
from unit.record.readers.builder import ended

PASSED, FAILED, VACUOUS, SKIPPED, ERRORED, WAIVED = Outcome
ARGV = "gateproof secrets --json"
FINDING = {"code": "K001", "path": "a.py", "sentence": "The file holds a secret."}
ALLOWED = {"path": "a.7z", "rule": "not-looked-at", "reason": "fonts", "times": 1}
NONE = {"planted": 0, "found": 0}


def report(**changes: Any) -> str:
    whole = {
        "scanner": {"name": "kingfisher", "version": "2", "rules": 500},
        "files": 3,
        "scanned": 3,
        "members": 1,
        "canaries": {"planted": 4, "found": 4},
        "findings": [],
        "allowed": [],
    }
    return json.dumps(whole | changes)


@pytest.mark.parametrize(
    ("changes", "code", "outcome", "says"),
    [
        ({}, 0, PASSED, "3 files hold no secret"),
        ({"scanned": 2, "allowed": [ALLOWED]}, 0, PASSED, "3 files"),
        ({"findings": [FINDING]}, 1, FAILED, "1 findings, first K001 a.py: The file"),
        ({"scanned": 2, "findings": [FINDING]}, 1, FAILED, "K001"),
        ({}, 1, ERRORED, "ended with exit code 1"),
        ({"files": 0, "scanned": 0}, 1, VACUOUS, "no file"),
        ({"canaries": NONE}, 1, VACUOUS, "0 of 0 planted"),
        ({"canaries": {"planted": 4, "found": 3}}, 1, VACUOUS, "3 of 4 planted"),
        ({"canaries": {"planted": 4, "found": 3}, "findings": [FINDING]}, 1, VACUOUS, "3 of 4 planted"),
        ({"canaries": {"planted": 4, "found": 5}}, 0, ERRORED, "contradicts"),
        ({"scanned": 2}, 0, ERRORED, "contradicts"),
        ({"scanned": 4}, 0, ERRORED, "contradicts"),
        ({"files": -1}, 0, ERRORED, "counts -1"),
        ({"files": True}, 0, ERRORED, "counts True"),
        ({"findings": None}, 0, ERRORED, "lacks"),
        ({"scanner": {}}, 0, ERRORED, "lacks 'rules'"),
        ({"allowed": [{}]}, 0, ERRORED, "lacks 'times'"),
    ],
)
def test_a_report(tmp_path: Path, *, changes: dict[str, Any], code: int, outcome: Outcome, says: str) -> None:
    reading = decide(secret_scan(), ended(tmp_path, argv=ARGV, exit_code=code, stdout=report(**changes)))
    assert (reading.outcome, says in reading.reason) == (outcome, True), reading


def test_the_numbers_are_kept(tmp_path: Path) -> None:
    said = report(scanned=2, allowed=[ALLOWED])
    reading = decide(secret_scan(), ended(tmp_path, argv=ARGV, stdout=said))
    assert (reading.looked_at, reading.unit) == (2, "files")
    assert dict(reading.counts) == {
        "files": 3,
        "within archives": 1,
        "rules": 500,
        "canaries": 4,
        "findings": 0,
        "allowed": 1,
    }


def test_without_json_nothing_is_told(tmp_path: Path) -> None:
    reading = decide(secret_scan(), ended(tmp_path, argv="gateproof secrets", stdout=report()))
    assert (reading.outcome, "without --json" in reading.reason) == (VACUOUS, True)
