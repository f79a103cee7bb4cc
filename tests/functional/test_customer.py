"""The customer's own document, reproduced: their project as they describe it comes to their 7 Done and 49 Not Done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from functional.customer import CHECKLIST, customer_zip
from gateproof.judge.assess import Assessment
from gateproof.judge.checklist import Checklist
from gateproof.pack.assessing import Assessed, Exam, assess_zips, load_checklist

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Assessed:
    path = customer_zip(tmp_path_factory.mktemp("customer"))
    return assess_zips([path], Exam(checklist=CHECKLIST), now=NOW)


@pytest.fixture(scope="module")
def assessment(assessed: Assessed) -> Assessment:
    (one,) = assessed.assessments
    return one


@pytest.fixture(scope="module")
def checklist() -> Checklist:
    return load_checklist(CHECKLIST)


def test_it_comes_to_exactly_the_customers_own_boxes(assessment: Assessment, checklist: Checklist) -> None:
    theirs = {item.id for item in checklist.items if item.is_ticked}

    assert {one.item.id for one in assessment.done} == theirs
    assert (len(assessment.done), len(assessment.items) - len(assessment.done)) == (7, 49)


def test_every_item_of_theirs_is_asked_for_a_proof(checklist: Checklist) -> None:
    assert [item.id for item in checklist.items if not item.proofs] == []


MET, UNMET, UNPROVEN, CONTRADICTED = "MET", "UNMET", "UNPROVEN", "CONTRADICTED"
NO_EVIDENCE = "no sealed evidence is in the ZIP"
REASONS = [
    ("S0.1", UNMET, "C001 .env"),
    ("S0.2", UNPROVEN, "decided by the delivery"),
    ("S0.2.1", UNMET, "and 4 more"),
    ("S0.3", UNPROVEN, NO_EVIDENCE),
    ("S0.4", UNPROVEN, NO_EVIDENCE),
    ("S0.5", CONTRADICTED, "AC-02 is 'Done' here and 'Not Done' in STATUS.md:4"),
    ("S1.1", MET, ".github/workflows/ci.yml:12"),
    ("S1.2", MET, "makemigrations --check --dry-run"),
    ("S1.3", MET, "ruff format --check ."),
    ("S1.4", MET, "pip-audit -r requirements.txt"),
    ("S1.5", UNMET, "CI does not run 'manage.py check --deploy --fail-level WARNING'"),
    ("S1.6", UNMET, "the nearest is 'python manage.py test'"),
    ("S2.1", MET, "docker-compose.prod.yml parses and has the services db, web"),
    ("S2.2", UNPROVEN, NO_EVIDENCE),
    ("S2.2.1", UNPROVEN, NO_EVIDENCE),
    ("S2.2.2", UNPROVEN, NO_EVIDENCE),
    ("S2.2.3", UNPROVEN, NO_EVIDENCE),
    ("S2.2.4", UNPROVEN, NO_EVIDENCE),
    ("S2.2.5", UNPROVEN, NO_EVIDENCE),
    ("S2.3", UNMET, "no section 'Environment' and none 'Troubleshooting'"),
    ("S2.4", UNPROVEN, NO_EVIDENCE),
    ("S3.1", UNPROVEN, NO_EVIDENCE),
    ("S3.2", UNMET, "there is no docs/runbook.md"),
    ("S4.1", MET, "seed_demo.py is there"),
    ("S4.2", UNPROVEN, NO_EVIDENCE),
    ("S4.3", UNMET, "there is no docs/demo_walkthrough.md"),
    ("S4.4", UNPROVEN, "no screenshot of admin"),
    ("S5.1", MET, "docs/acceptance_matrix.md is there"),
    ("S5.2", CONTRADICTED, "AC-02"),
    ("S5.3", UNMET, "line 3 names it without a link"),
    ("S6.A", CONTRADICTED, "AC-02"),
    ("S6.B", UNMET, "CI does not run 'manage.py check --deploy"),
    ("S6.C", UNMET, "there is no docs/data_governance.md"),
    ("S6.D", UNPROVEN, NO_EVIDENCE),
    ("S6.E", UNMET, "there is no docs/release_process.md"),
    ("S6.F", UNMET, "there is no docs/backup_restore.md"),
    ("S7.1", UNMET, "docs/proof/migrate.txt: it is empty"),
    ("S7.2", UNMET, "docs/proof/check.txt: it is UTF-16-LE"),
    ("S7.3", UNMET, "there is no proof index docs/proof_index.md"),
    ("S7.4", UNPROVEN, "decided by the delivery"),
    ("S7.4.1", UNPROVEN, "decided by the delivery"),
    ("S7.4.2", UNPROVEN, "decided by the delivery"),
    ("S7.4.3", UNPROVEN, "decided by the delivery"),
    ("S8.1", UNMET, "there is no LICENSE"),
    ("S8.2", UNMET, "there is no docs/configuration.md"),
    ("S8.3", UNMET, "there is no docs/handover.md"),
    ("S8.4", UNMET, "there is no docs/upgrades.md"),
    ("S8.5", UNPROVEN, NO_EVIDENCE),
    ("S8.6", UNPROVEN, NO_EVIDENCE),
    ("S8.7", UNPROVEN, NO_EVIDENCE),
    ("S8.8", UNMET, "there is no docs/alerting.md"),
    ("S8.9", UNPROVEN, NO_EVIDENCE),
    ("S8.10", UNMET, "there is no docs/webhooks.md"),
    ("S8.11", UNMET, "pins django==5.2 without a hash"),
    ("S8.12", UNMET, "there is no docs/backup_restore.md"),
    ("S8.13", UNPROVEN, NO_EVIDENCE),
]


@pytest.mark.parametrize(("item", "verdict", "words"), REASONS)
def test_each_item_has_its_verdict_for_the_right_reason(
    assessment: Assessment, item: str, verdict: str, words: str
) -> None:
    one = assessment.item(item)

    assert one
    assert one.judgement.verdict == verdict
    assert words in one.judgement.reason


def test_the_marked_copy_is_their_document_with_their_own_boxes(
    assessment: Assessment, checklist: Checklist
) -> None:
    marked = assessment.marked().splitlines()
    original = checklist.text.splitlines()

    assert len(marked) == len(original)
    assert [line[:6] for line in marked] == [line[:6] for line in original]


def test_the_table_ends_in_the_sum_and_the_exit_code_is_no(assessed: Assessed) -> None:
    assert assessed.text("table").rstrip().endswith("5 are decided by the delivery; 1 finding.")
    assert "7 Done, 49 Not Done (7 MET, 23 UNMET, 23 UNPROVEN, 3 CONTRADICTED)" in assessed.text("table")
    assert assessed.exit_code == 1


def test_their_own_copy_without_proofs_is_said_to_ask_less(assessment: Assessment) -> None:
    assert [finding.code for finding in assessment.findings] == ["J010"]


def test_the_report_is_the_same_twice(assessed: Assessed, tmp_path: Path) -> None:
    again = assess_zips([customer_zip(tmp_path)], Exam(checklist=CHECKLIST), now=NOW)

    assert again.text("json") == assessed.text("json")
