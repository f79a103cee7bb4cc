"""`invoke assess` before anything is sealed: HEAD as the ZIP it would become, the ledger as its evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from functional.project import Project, gate
from gateproof.judge.assess import Assessment
from gateproof.judge.verdict import Verdict
from gateproof.pack.assessing import Exam
from gateproof.release.assessing import assess_repository

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CHECKLIST = """## S1
- [ ] S1.1 totals `ran: good.py run_checks --fail-on-issues`
- [ ] S1.2 deployed `record: deploy/totals`
- [ ] S1.3 clean `zip: clean`
- [ ] S1.4 counted `count: totals.looked_at >= 3`
- [ ] S1.5 gate `record: gates/totals`
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project.make(
        tmp_path_factory.mktemp("p") / "shop", gate("totals"), {"docs/07_sales_ready.md": CHECKLIST}
    )
    assert made.nox("-s", "totals").returncode == 0
    return made


def assessed(root: Path) -> Assessment:
    (assessment,) = assess_repository(
        root, Exam(checklist=Path("docs/07_sales_ready.md")), now=NOW
    ).assessments
    return assessment


def test_the_ledger_proves_what_ran_on_this_source_and_no_deployment(project: Project) -> None:
    verdicts = {one.item.id: one.judgement.verdict for one in assessed(project.root).items}

    assert verdicts == {
        "S1.1": Verdict.MET,
        "S1.2": Verdict.UNPROVEN,
        "S1.3": Verdict.MET,
        "S1.4": Verdict.MET,
        "S1.5": Verdict.MET,
    }


def test_after_a_commit_the_evidence_is_stale_and_says_which_file_differs(project: Project) -> None:
    project.write("new.py", "x = 1\n")
    project.commit()

    judgement = assessed(project.root).items[0].judgement

    assert judgement.verdict is Verdict.STALE
    assert "(1 file differs: new.py)" in judgement.reason
