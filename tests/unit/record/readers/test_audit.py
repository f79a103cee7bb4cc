"""The reader of `gateproof audit --json` believes no report that does not follow from its own parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateproof.evidence.statement import VULNERABILITIES
from gateproof.model import Outcome
from gateproof.record.readers import decide, dependency_audit
from unit.record.readers.builder import ended

ARGV = "gateproof audit --json"
VULNERABLE: dict[str, Any] = {
    "package": "django",
    "version": "5.2.1",
    "id": "PYSEC-1",
    "aliases": [],
    "fixed": [],
    "ignored": None,
}
IGNORED = {**VULNERABLE, "ignored": {"reason": "It is not called.", "until": "2026-12-31"}}


def report(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "outcome": "PASSED",
        "reason": "2 pins of 1 locks have no known vulnerability",
        "failed": [],
        "unknown": [],
        "waived": [],
        "locks": [{"lock": "requirements/store.txt", "pinned": 2}],
        "pinned": 2,
        "audited": 2,
        "skipped": [],
        "vulnerabilities": [],
        "licences": None,
        "advisories": {"source": "all.zip", "updated": "2026-11-20T12:00:00Z", "sha256": "ab", "count": 3},
        "scanner": {"name": "pip-audit", "version": "2.10.1"},
        "started": "2026-11-24T12:00:00Z",
        "finished": "2026-11-24T12:00:01Z",
    }
    return whole | changes


def read(folder: Path, said: Any, exit_code: int = 0, argv: str = ARGV) -> Any:
    return decide(dependency_audit(), ended(folder, argv=argv, stdout=json.dumps(said), exit_code=exit_code))


WAIVED = {"outcome": "WAIVED", "waived": ["The advisories are old; let be: no network"]}
FAILED = {"outcome": "FAILED", "failed": ["django==5.2.1 has PYSEC-1"], "vulnerabilities": [VULNERABLE]}


@pytest.mark.parametrize(
    ("changes", "exit_code", "outcome"),
    [
        ({}, 0, Outcome.PASSED),
        (WAIVED, 0, Outcome.WAIVED),
        ({**WAIVED, "vulnerabilities": [IGNORED]}, 0, Outcome.WAIVED),
        (FAILED, 1, Outcome.FAILED),
        ({"outcome": "ERRORED", "unknown": ["It is old"]}, 4, Outcome.ERRORED),
        (
            {"outcome": "ERRORED", "unknown": ["left was skipped"], "skipped": ["left"], "audited": 1},
            4,
            Outcome.ERRORED,
        ),
    ],
)
def test_what_the_audit_saw_is_what_the_gate_saw(
    tmp_path: Path, changes: dict[str, Any], exit_code: int, outcome: Outcome
) -> None:
    assert read(tmp_path, report(**changes), exit_code).outcome is outcome


NOT_A_PASS: list[tuple[str, dict[str, Any] | str, int]] = [
    ("too few were audited", report(audited=1), 0),
    ("nothing was pinned", report(pinned=0, audited=0), 0),
    ("something was skipped", report(skipped=["left"]), 0),
    ("something is unknown", report(unknown=["It is old"]), 0),
    ("a vulnerability nobody ignored", report(vulnerabilities=[VULNERABLE]), 0),
    ("an ignored one that is not waived", report(vulnerabilities=[IGNORED]), 0),
    ("waived without saying so", report(waived=["It is old"]), 0),
    ("waived with nothing to waive", report(outcome="WAIVED"), 0),
    ("a failure without a finding", report(outcome="FAILED", failed=["x"]), 1),
    ("a pass that ended in 4", report(), 4),
    ("a failure that ended in 0", report(**FAILED), 0),
    ("a waiver that ended in 4", report(**WAIVED), 4),
    ("a number that is none", report(audited="2"), 0),
    ("no report", "", 0),
    ("a part is missing", {name: value for name, value in report().items() if name != "skipped"}, 0),
    ("no advisories are named", {name: value for name, value in report().items() if name != "advisories"}, 0),
]


@pytest.mark.parametrize(
    ("said", "exit_code"), [row[1:] for row in NOT_A_PASS], ids=[row[0] for row in NOT_A_PASS]
)
def test_a_report_that_argues_with_itself_is_neither_green_nor_waived(
    tmp_path: Path, said: Any, exit_code: int
) -> None:
    assert read(tmp_path, said, exit_code).outcome not in (Outcome.PASSED, Outcome.WAIVED)


def licences(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {"judged": 2, "failed": [], "unknown": [], "waived": [], "notes": []}
    return {"licences": whole | changes}


@pytest.mark.parametrize(
    ("changes", "exit_code", "outcome"),
    [
        (licences(), 0, Outcome.PASSED),
        (licences(failed=["left is under GPL-3.0-only"]) | {"outcome": "FAILED"}, 1, Outcome.FAILED),
        (licences(unknown=["left is unknown"], judged=1) | {"outcome": "ERRORED"}, 4, Outcome.ERRORED),
        (licences(waived=["left is let be"]) | {"outcome": "WAIVED"}, 0, Outcome.WAIVED),
        # What argues with itself could not be found out.
        (licences(judged=1), 0, Outcome.ERRORED),
        (licences(failed=["left is under GPL-3.0-only"]), 0, Outcome.ERRORED),
        (licences(unknown=["left is unknown"]), 0, Outcome.ERRORED),
        (licences(waived=["left is let be"]), 0, Outcome.ERRORED),
        ({"licences": None}, 0, Outcome.ERRORED),
    ],
)
def test_a_gate_that_asks_for_licences_is_green_when_each_was_judged(
    tmp_path: Path, changes: dict[str, Any], exit_code: int, outcome: Outcome
) -> None:
    command = ended(tmp_path, argv=ARGV, stdout=json.dumps(report(**changes)), exit_code=exit_code)

    assert decide(dependency_audit(licences=True), command).outcome is outcome


@pytest.mark.parametrize("changes", [{}, WAIVED], ids=["passed", "waived"])
def test_without_its_numbers_it_is_worthless(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert read(tmp_path, report(**changes), argv="gateproof audit").outcome is Outcome.VACUOUS


def test_a_waiver_does_not_excuse_looking_at_too_little(tmp_path: Path) -> None:
    command = ended(tmp_path, argv=ARGV, stdout=json.dumps(report(**WAIVED)))

    assert decide(dependency_audit(at_least=3), command).outcome is Outcome.VACUOUS


def test_the_evidence_names_the_day_of_the_advisories(tmp_path: Path) -> None:
    reading = read(tmp_path, report(**WAIVED, vulnerabilities=[IGNORED]))
    ((kind, predicate),) = reading.predicates

    assert kind == VULNERABILITIES
    assert predicate["scanner"]["uri"] == "pkg:pypi/pip-audit@2.10.1"
    assert predicate["scanner"]["db"]["lastUpdate"] == "2026-11-20T12:00:00Z"
    assert predicate["scanner"]["result"][0]["id"] == "PYSEC-1"
    assert predicate["metadata"]["scanStartedOn"] == "2026-11-24T12:00:00Z"
    assert dict(reading.counts)["ignored advisories"] == 1
    assert reading.skipped == ("PYSEC-1 of django==5.2.1 (ignored until 2026-12-31: It is not called.)",)


def test_where_the_report_of_pip_audit_goes_is_asked_for() -> None:
    files: Callable[[Path], tuple[str, ...]] = dependency_audit().arguments

    assert files(Path("/x"))[0].startswith("--report=")
