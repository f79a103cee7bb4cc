"""The state of a pin is what the bundle's own record and own audit bear out; what they do not is told as unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bundles import HERE, bundle_of, run
from gateproof.evidence.statement import AUDITED_FIELD, VULNERABILITIES, Statement
from gateproof.judge.audited import Audited, audited
from gateproof.judge.bundle import EvidenceRun
from gateproof.judge.changes import compare
from gateproof.judge.changes_text import as_mapping, table
from gateproof.judge.pinstates import PinStates, digest_of
from gateproof.model import Finding, Outcome

LOCK = "requirements/store.txt"
DJANGO = {
    "name": "django",
    "version": "5.2.1",
    "licence": "BSD-3-Clause",
    "declared": {"License": "BSD"},
    "files": [],
}
RECORD = json.dumps({"packages": [DJANGO], "texts": {}})
FILES = {LOCK: "django==5.2.1\n", "requirements/licences.json": RECORD}
UNASKED = "(licence unknown; advisories not known)"
FOUND: dict[str, Any] = {
    "id": "PYSEC-1",
    "annotations": [{"package": "pkg:pypi/django@5.2.1", "aliases": [], "fixed": [], "ignored": None}],
}


def vulns(*found: Any, **ours: Any) -> Statement:
    return Statement(
        predicate_type=VULNERABILITIES,
        subject=(),
        predicate={
            "scanner": {
                "db": {"uri": "all.zip", "lastUpdate": "2026-11-20T12:00:00Z"},
                "result": list(found),
            },
            AUDITED_FIELD: {"locks": [LOCK], "complete": True} | ours,
        },
    )


def an_audit(*found: Any, minute: int = 0, outcome: Outcome = Outcome.PASSED, **about: Any) -> EvidenceRun:
    ran = run("gateproof audit --json", outcome, name="audit", minute=minute, **about)
    return replace(ran, audited=audited([vulns(*found)]))


def told(*runs: EvidenceRun, files: dict[str, str] = FILES, lock: str = LOCK, **changes: Any) -> str:
    return PinStates(bundle_of(files, *runs, **changes)).told("django", "5.2.1", lock)


def test_licence_and_advisories_are_told() -> None:
    assert told(an_audit()) == "BSD-3-Clause; no advisory known on 2026-11-20"
    assert told(an_audit(FOUND, outcome=Outcome.FAILED)) == "BSD-3-Clause; PYSEC-1"


def test_the_latest_audit_decides() -> None:
    assert told(an_audit(), an_audit(FOUND, minute=5)).endswith("; PYSEC-1")


@pytest.mark.parametrize(
    "ran",
    [
        run(),
        an_audit(tree="b" * 40),
        an_audit(clean=False),
        an_audit(ended=False),
        replace(an_audit(), audited=audited([vulns(complete=False)])),
        replace(an_audit(), audited=audited([vulns(complete="yes")])),
        replace(an_audit(), audited=audited([vulns(locks=["requirements/suite.txt"])])),
    ],
    ids=["no-audit", "of-another-source", "unclean", "not-ended", "not-all", "a-word-for-it", "another-lock"],
)
def test_what_was_not_asked_is_never_told_as_nothing(ran: EvidenceRun) -> None:
    assert told(ran) == "BSD-3-Clause; advisories not known"


def test_evidence_that_is_not_sound_says_nothing() -> None:
    broken = (Finding(code="V020", path="evidence", sentence="Broken."),)
    assert told(an_audit(), unsound=broken).endswith("; advisories not known")
    assert told().endswith("; advisories not known")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"scanner": {}},
        {"scanner": {"result": [], "db": None}},
        {"scanner": {"result": "none", "db": {"lastUpdate": "2026"}}},
        {
            "scanner": {
                "result": [{**FOUND, "annotations": [{"package": "django"}]}],
                "db": {"lastUpdate": "2026"},
            }
        },
    ],
)
def test_a_statement_that_is_not_understood_is_no_audit(said: Any) -> None:
    statement = Statement(predicate_type=VULNERABILITIES, subject=(), predicate=said)
    assert audited([statement]) is None


def test_a_statement_of_an_older_suite_finds_but_does_not_clear() -> None:
    old = vulns(FOUND)
    said = {key: value for key, value in old.predicate.items() if key != AUDITED_FIELD}
    of_old = audited([replace(old, predicate=said)])
    assert of_old == Audited(
        locks=frozenset(), known=frozenset({("django", "5.2.1", "PYSEC-1")}), day="2026-11-20"
    )


@pytest.mark.parametrize(
    "files",
    [
        {LOCK: "django==5.2.1\n"},
        {**FILES, "requirements/licences.json": "{"},
        {**FILES, "requirements/licences.json": RECORD.replace("5.2.1", "5.2.0")},
        {**FILES, "requirements/licences.json": RECORD.replace("BSD-3-Clause", "")},
        {LOCK: FILES[LOCK], "licences.json": RECORD},
    ],
    ids=["none", "broken", "of-another-version", "empty", "elsewhere"],
)
def test_a_licence_that_no_record_bears_out_is_unknown(files: dict[str, str]) -> None:
    assert told(files=files).startswith("licence unknown; ")


def test_what_a_person_determined_holds_for_exactly_what_was_read() -> None:
    settings = '[[tool.gateproof.audit.determined]]\npackage = "django"\nof = "{}"\nlicence = "MIT"\nreason = "read"\n'
    assert told(files={**FILES, "pyproject.toml": settings.format(digest_of(DJANGO))}).startswith("MIT; ")
    assert told(files={**FILES, "pyproject.toml": settings.format("0" * 64)}).startswith("BSD-3-Clause; ")


def test_a_change_shows_each_side_by_its_own_evidence() -> None:
    before = bundle_of({LOCK: "django==5.2.0\ngone==1\n"})
    after = bundle_of({**FILES, LOCK: "django==5.2.1\nnew==1\n"}, an_audit(FOUND), git_tree=HERE)
    changes = compare(before, after)

    assert list(table(changes.dependencies))[2:] == [
        f"| `django` | changed | 5.2.0 {UNASKED} | 5.2.1 (BSD-3-Clause; PYSEC-1) | requirements/store.txt |",
        f"| `gone` | removed | 1 {UNASKED} |  | requirements/store.txt |",
        "| `new` | added |  | 1 (licence unknown; no advisory known on 2026-11-20) | requirements/store.txt |",
    ]
    django, *_ = as_mapping(changes)["dependencies"]
    assert (django["before"], django["state_after"]) == ("5.2.0", "BSD-3-Clause; PYSEC-1")
