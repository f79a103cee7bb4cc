"""A rehearsed delivery, assessed as a buyer would: real gates, really sealed, read from the ZIP alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.test_rehearsal import shop, signers_of
from functional.project import gate

CHECKLIST = """## S1
- [ ] S1.1 totals `ran: good.py run_checks --fail-on-issues` `count: totals.looked_at >= 3`
- [ ] S1.2 tag `zip: from-git`
- [ ] S1.3 proofs `evidence: indexed` `evidence: only-sealed` `evidence: utf-8` `evidence: not-empty`
- [ ] S1.4 clean `zip: clean`
- [ ] S1.5 agree `claims: consistent`
"""


@pytest.mark.acceptance
def test_a_rehearsal_is_done_but_for_its_tag(tmp_path: Path) -> None:
    files = {
        "docs/07_sales_ready.md": CHECKLIST,
        "STATUS.md": "- S1.1: Done\n- S1.2: Not Done\n- S1.3: Done\n",
    }
    project = shop(tmp_path, gate("totals"), files)
    done = project.run("invoke", "release", "--rehearse")
    assert done.returncode == 0, done.stdout

    assessed = project.run(
        "gateproof", "assess", "dist/rehearsal", "--signers", str(signers_of(project)), "--json"
    )

    report = json.loads(assessed.stdout)
    assert {item["id"]: item["verdict"] for item in report["items"]} == {
        "S1.1": "MET",
        "S1.2": "UNPROVEN",
        "S1.3": "MET",
        "S1.4": "MET",
        "S1.5": "MET",
    }
    assert report["items"][0]["evidence"][0].startswith("evidence/gates/totals/")
    assert "a rehearsal has no tag" in report["items"][1]["reason"]
    assert assessed.returncode == 1
