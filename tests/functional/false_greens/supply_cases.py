"""False greens of the audit of all locks, and what true ones look like."""

from __future__ import annotations

import json
from typing import Any

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, Case, table, text
from gateproof.model import Outcome
from gateproof.record.readers import dependency_audit

WHOLE: dict[str, Any] = {
    "outcome": "PASSED",
    "reason": "3 pins of 1 locks have no known vulnerability",
    "failed": [],
    "unknown": [],
    "waived": [],
    "locks": [{"lock": "a.txt", "pinned": 3}],
    "pinned": 3,
    "audited": 3,
    "skipped": [],
    "vulnerabilities": [],
    "licences": {"judged": 3, "failed": [], "unknown": [], "waived": [], "notes": []},
    "advisories": {"source": "PyPI", "updated": "2026-11-20T12:00:00Z", "sha256": "", "count": 0},
    "scanner": {"name": "pip-audit", "version": "2.10.1"},
    "started": "2026-11-24T12:00:00Z",
    "finished": "2026-11-24T12:00:01Z",
}
FOUND: dict[str, Any] = {
    "package": "six",
    "version": "1",
    "id": "PYSEC-1",
    "aliases": [],
    "fixed": [],
    "ignored": None,
}
FAKE = "python fake.py --json"
check = table("gateproof audit --json", dependency_audit())


def says(name: str, expects: Outcome, words: str, code: int = 0, argv: str = FAKE, **changes: Any) -> Case:
    """A program that reports as the audit does, and ends in `code`."""
    program = f"import sys\nprint({json.dumps(WHOLE | changes)!r})\nsys.exit({code})\n"
    return check(name, expects, words, argv=argv, files={"fake.py": text(program)})


CASES = (
    says("every pin was audited", PASSED, "3 pins of 1 locks"),
    says(
        "a vulnerable pin",
        FAILED,
        "six",
        1,
        outcome="FAILED",
        failed=["six"],
        reason="six",
        vulnerabilities=[FOUND],
    ),
    says("what is let be is no pass", Outcome.WAIVED, "old", outcome="WAIVED", waived=["old"], reason="old"),
    says(
        "an audit that could not find out",
        ERRORED,
        "old",
        4,
        outcome="ERRORED",
        unknown=["old"],
        reason="old",
    ),
    says("a pin less than pinned", ERRORED, "2 of 3 pins", audited=2),
    says("a skipped package", ERRORED, "come to ERRORED", skipped=["six"]),
    says("a vulnerability that nobody speaks of", ERRORED, "not the same", vulnerabilities=[FOUND]),
    says("a waiver that calls itself a pass", ERRORED, "come to WAIVED", waived=["old"]),
    says("a pass that ended in 4", ERRORED, "ended with 4", 4),
    says(
        "a licence less than pinned",
        ERRORED,
        "2 of 3 pins were judged",
        licences=WHOLE["licences"] | {"judged": 2},
    ),
    says(
        "a licence that is not allowed, and a pass",
        ERRORED,
        "come to FAILED",
        licences=WHOLE["licences"] | {"failed": ["six"]},
    ),
    says("without the report", VACUOUS, "--json", argv="python fake.py"),
    check(
        "no lock at all", ERRORED, "JSON", files={"pyproject.toml": text('[tool.gateproof]\nproduct = "x"\n')}
    ),
)
