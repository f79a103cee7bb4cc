"""A whole checklist, judged: proofs, children, waivers, claims last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bundles import NOON, bundle_of, run
from gateproof.judge.assess import Assessment, assess
from gateproof.judge.bundle import DeliveryFacts, EvidenceRun
from gateproof.judge.checklist import Checklist, parse
from gateproof.judge.proofs import CHECKS, KINDS
from gateproof.judge.verdict import Verdict, worst
from gateproof.model import Outcome

MET, UNMET, UNPROVEN = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN
WAIVED, CONTRADICTED = Verdict.WAIVED, Verdict.CONTRADICTED


def checklist(*lines: str, section: str = "S1") -> Checklist:
    return parse("\n".join([f"## {section}", *lines, ""]).encode(), "list.md", CHECKS)


def judge(
    lines: list[str], files: Mapping[str, str] | None = None, *runs: EvidenceRun, own: Any = None
) -> Assessment:
    return assess(checklist(*lines), bundle_of(files or {}, *runs), now=NOON, own=own)


def verdicts(assessment: Assessment) -> list[Verdict]:
    return [one.judgement.verdict for one in assessment.items]


LICENSE = {"LICENSE": "MIT"}


def test_an_item_is_done_when_all_its_proofs_are_met() -> None:
    lines = ["- [ ] one `file: LICENSE` `file: NOTICE`"]

    assert verdicts(judge(lines, LICENSE)) == [UNMET]
    assert verdicts(judge(lines, LICENSE | {"NOTICE": "x"})) == [MET]


def test_without_a_proof_nothing_is_ever_done() -> None:
    assessment = judge(["- [x] one (**Done**)"])

    assert verdicts(assessment) == [UNPROVEN]
    assert "names no proof" in assessment.items[0].judgement.reason
    assert assessment.exit_code == 1


def test_a_parent_needs_its_children() -> None:
    assessment = judge(["- [ ] parent `file: LICENSE`", "  - [ ] child `file: NOTICE`"], LICENSE)

    assert verdicts(assessment) == [UNMET, UNMET]
    assert assessment.items[0].judgement.reason.startswith("S1.1.1 is not Done: there is no NOTICE")


def test_a_parent_needs_a_proof_of_its_own() -> None:
    assert verdicts(judge(["- [ ] parent", "  - [ ] child `file: LICENSE`"], LICENSE)) == [UNPROVEN, MET]


def waived(until: str) -> str:
    return f"- [ ] one `file: NOTICE` `waived: {until} by Ada: it is being written`"


def test_a_waiver_ticks_nothing_and_lets_a_milestone_pass() -> None:
    assessment = judge([waived("2026-11-24")])

    assert verdicts(assessment) == [WAIVED]
    assert "by Ada until 2026-11-24: it is being written; it is UNMET" in assessment.items[0].judgement.reason
    assert "- [ ]" in assessment.marked()
    assert assessment.open == ()
    assert assessment.exit_code == 0


def test_a_waiver_expires() -> None:
    assessment = judge([waived("2026-11-23")])

    assert verdicts(assessment) == [UNMET]
    assert "the waiver by Ada ended on 2026-11-23" in assessment.items[0].judgement.reason


def test_a_waiver_on_what_is_met_changes_nothing() -> None:
    assert verdicts(judge([waived("2026-12-31")], {"NOTICE": "x"})) == [MET]


def test_a_waived_child_does_not_make_its_parent_done() -> None:
    lines = ["- [ ] parent `file: LICENSE`", "  " + waived("2026-12-31")]

    assert verdicts(judge(lines, LICENSE)) == [WAIVED, WAIVED]


def test_a_waived_child_hides_no_open_one() -> None:
    lines = [
        "- [ ] parent `file: LICENSE`",
        "  " + waived("2026-12-31"),
        "  - [ ] child `file: COPYING`",
    ]

    assert verdicts(judge(lines, LICENSE)) == [UNMET, WAIVED, UNMET]


def test_a_waived_proof_of_its_own_hides_no_open_child() -> None:
    lines = [
        "- [ ] parent `file: NOTICE` `ran: manage.py test`",
        "  - [ ] child `file: COPYING`",
    ]
    run_of_gate = run(outcome=Outcome.WAIVED)

    assert verdicts(judge(lines, {"NOTICE": "x"}, run_of_gate)) == [UNMET, UNMET]
    assert verdicts(judge(lines[:1], {"NOTICE": "x"}, run_of_gate)) == [WAIVED]


CLAIMS = "- [ ] agree `claims: consistent`"
FILE = "- [ ] licence `file: LICENSE`"


@pytest.mark.parametrize(
    ("status", "files", "verdict"),
    [
        ("- S1.1: Done", LICENSE, MET),
        ("- S1.1: Not Done", {}, MET),
        ("- S1.1: Done", {}, CONTRADICTED),
        ("- S1.1: Not Done", LICENSE, CONTRADICTED),
        ("- S1.9: Done", LICENSE, CONTRADICTED),
        ("- S1.1.9: Done", LICENSE, CONTRADICTED),
        ("nothing", LICENSE, UNPROVEN),
    ],
)
def test_a_status_must_be_the_verdict(status: str, files: dict[str, str], verdict: Verdict) -> None:
    assessment = judge([FILE, CLAIMS], files | {"STATUS.md": status})

    assert assessment.items[1].judgement.verdict is verdict


def test_rows_that_rest_on_claims_are_decided_last() -> None:
    files = LICENSE | {"STATUS.md": "- S1.1: Done\n- S1.2: Done\n"}

    assert verdicts(judge([FILE, CLAIMS], files)) == [MET, MET]


def test_a_row_about_claims_that_says_otherwise_is_one_more_contradiction() -> None:
    files = LICENSE | {"STATUS.md": "- S1.1: Done\n- S1.2: Not Done\n"}

    assessment = judge([FILE, CLAIMS], files)

    assert verdicts(assessment) == [MET, CONTRADICTED]
    assert [finding.code for finding in assessment.findings] == ["J021"]


def test_what_the_delivery_decides_contradicts_no_status() -> None:
    lines = ["- [ ] tag `tag: v1`", CLAIMS]

    assert verdicts(judge(lines, {"STATUS.md": "- S1.1: Done\n"})) == [UNPROVEN, MET]


LATER = "Decided by the delivery"


@pytest.mark.parametrize(
    ("says", "delivery", "verdict"),
    [
        (LATER, None, MET),
        (LATER, DeliveryFacts(is_whole=True, tag="v1"), MET),
        (LATER, DeliveryFacts(is_whole=True, tag=None), MET),
        ("Done", DeliveryFacts(is_whole=True, tag="v1"), MET),
        ("Not Done", DeliveryFacts(is_whole=True, tag="v1"), CONTRADICTED),
        ("Done", DeliveryFacts(is_whole=True, tag=None), CONTRADICTED),
    ],
)
def test_a_document_may_leave_to_the_delivery_what_only_that_can_say(
    says: str, delivery: DeliveryFacts | None, verdict: Verdict
) -> None:
    files = {"STATUS.md": f"- S1.1: {says}\n- S1.1.1: {says}\n"}
    source = checklist("- [ ] all `file: STATUS.md`", "  - [ ] tag `tag: v1`", CLAIMS)

    found = assess(source, bundle_of(files, delivery=delivery), now=NOON)

    assert verdicts(found)[2] is verdict


@pytest.mark.parametrize("files", [{}, LICENSE])
def test_what_evidence_decides_cannot_be_left_to_the_delivery(files: dict[str, str]) -> None:
    assessment = judge([FILE, CLAIMS], files | {"STATUS.md": f"- S1.1: {LATER}\n"})

    assert verdicts(assessment)[1] is CONTRADICTED
    assert f"S1.1 is '{LATER}' there and" in assessment.items[1].judgement.reason


def test_numbers_between_claim_marks_are_those_of_the_evidence() -> None:
    line = "- S1.1: Done, <!-- claim: test.rows -->1,234<!-- /claim --> rows"
    lines = [FILE, "- [ ] numbers `claims: numbers`"]

    good = judge(lines, LICENSE | {"STATUS.md": line}, run(counts={"rows": 1234}))
    bad = judge(lines, LICENSE | {"STATUS.md": line}, run(counts={"rows": 1235}))
    none = judge(lines, LICENSE | {"STATUS.md": line})

    assert verdicts(good)[1] is MET
    assert "J023 STATUS.md:1" in bad.items[1].judgement.reason
    assert "J024 STATUS.md:1" in none.items[1].judgement.reason


def test_the_marked_copy_carries_the_verdict_and_its_reason() -> None:
    marked = judge([FILE, "- [x] two `file: NOTICE`"], LICENSE).marked()

    assert "- [x] licence `file: LICENSE` (**Done** — LICENSE is there, 3 bytes)\n" in marked
    assert "- [ ] two `file: NOTICE` (**Not Done** — UNMET: there is no NOTICE)\n" in marked


def test_what_is_sealed_names_the_checklist_by_its_digest() -> None:
    assessment = judge([FILE], LICENSE)

    assert assessment.as_fact() == {
        "name": "list.md",
        "sha256": assessment.checklist.sha256,
        "done": 1,
        "items": {"S1.1": "MET"},
    }


def test_failing_evidence_keeps_an_item_open() -> None:
    lines = ["- [ ] tests `ran: manage.py test`"]

    assert verdicts(judge(lines, {}, run(outcome=Outcome.FAILED))) == [UNMET]
    assert verdicts(judge(lines, {}, run())) == [MET]


def test_nothing_asked_is_not_a_pass() -> None:
    assert worst([]).verdict is UNPROVEN


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_example_of_every_kind_is_well_written(name: str) -> None:
    kind, _, argument = KINDS[name].example.partition(": ")

    assert kind == name
    assert CHECKS[name](argument) is None
    assert KINDS[name].sentence.endswith(".")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_says_no_to_an_empty_zip(name: str) -> None:
    example = KINDS[name].example
    if name == "zip":
        return  # An empty bundle has nothing unclean in it; reading a ZIP without a file is refused before.

    assessment = judge([f"- [ ] one `{example}`"])

    assert not assessment.done


def test_only_the_projects_own_checklist_asks_the_matrix_for_every_item() -> None:
    lines, files = (
        [FILE, "- [ ] matrix `claims: matrix`"],
        {"docs/acceptance_matrix.md": "| S1.1 | x | Done |"},
    )
    own, other = ("docs/list.md", checklist(*lines)), ("docs/list.md", checklist(*lines, "- [ ] more"))

    assert verdicts(judge(lines, LICENSE | files, own=own)) == [MET, UNMET]
    assert verdicts(judge(lines, LICENSE | files, own=other)) == [MET, MET]
    assert verdicts(judge(lines, LICENSE | files)) == [MET, MET]


def test_the_zips_own_checklist_is_no_claim() -> None:
    wrong = {"docs/list.md": "<!-- claim: checklist.items -->9<!-- /claim -->", "README.md": "- S1.1: Done"}

    assert verdicts(judge([FILE, CLAIMS], LICENSE | wrong, own=("docs/list.md", checklist(FILE)))) == [
        MET,
        MET,
    ]
    assert verdicts(judge([FILE, CLAIMS], LICENSE | wrong)) == [MET, CONTRADICTED]


def test_an_own_checklist_that_asks_less_is_found_beside_the_verdicts() -> None:
    assessment = judge([FILE], LICENSE, own=("docs/list.md", checklist("- [ ] licence")))

    assert [one.code for one in assessment.findings] == ["J010"]
    assert assessment.exit_code == 1


def test_a_child_that_is_worse_than_its_parent_is_named_and_one_that_is_better_is_not() -> None:
    parent, child = "- [ ] parent `file: {}`", "  - [ ] child `{}`"

    worse = judge([parent.format("LICENSE"), child.format("file: NOTICE")], LICENSE)
    better = judge([parent.format("NOTICE"), child.format("tag: v1")], LICENSE)
    assert worse.items[0].judgement.reason == "S1.1.1 is not Done: there is no NOTICE"
    assert better.items[0].judgement.reason == "there is no NOTICE"
    without = judge(["- [ ] parent", "  - [ ] child `file: NOTICE`"])
    assert without.items[0].judgement.reason == "it names no proof"
