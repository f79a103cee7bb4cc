"""Proofs that a recorded run gives, and every way in which one does not."""

from __future__ import annotations

import dataclasses

import pytest

from bundles import ELSEWHERE, bundle_of, complaint, judged, run
from gateproof.judge.bundle import Bundle, EvidenceRun
from gateproof.judge.verdict import Verdict
from gateproof.model import Finding, Outcome

FAILED = Outcome.FAILED
MET, UNMET, UNPROVEN = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN
STALE, CONTRADICTED = Verdict.STALE, Verdict.CONTRADICTED
RAN = "ran: manage.py test"

CASES = [
    ("it passed", [run()], MET, "ran and passed: 12 tests, 12 tests passed"),
    ("no record", [], UNPROVEN, "no sealed evidence"),
    ("another command", [run("python manage.py check")], UNPROVEN, "no record shows that"),
    ("a part of it", [run("python manage.py test shop")], UNPROVEN, "weaker than that, it tests only shop"),
    ("no command at all", [run("")], UNPROVEN, "no record shows that"),
    ("it failed", [run(outcome=FAILED)], UNMET, "FAILED, 2 tests failed"),
    ("it looked at nothing", [run(outcome=Outcome.VACUOUS)], UNMET, "VACUOUS"),
    ("on another source", [run(tree=ELSEWHERE)], STALE, "passed on another source"),
    ("failed on another source", [run(outcome=FAILED, tree=ELSEWHERE)], STALE, "FAILED on another source"),
    ("failed, then passed", [run(outcome=FAILED), run(minute=1)], CONTRADICTED, "failed 1 of 2 times"),
    ("passed, then failed", [run(), run(outcome=FAILED, minute=1)], UNMET, "2 tests failed"),
    (
        "failed later, before it came to this",
        [run(), run("setup", FAILED, minute=1)],
        UNMET,
        "2 tests failed",
    ),
    ("passed beside stray files", [run(clean=False)], UNPROVEN, "beside files that the commit has not"),
    ("it did not end", [run(ended=False)], UNPROVEN, "did not end"),
    ("a record that argues", [run(contradictions=("it ran nothing",))], CONTRADICTED, "argues with itself"),
    ("one leg of two failed", [run(), run(outcome=FAILED, leg="py3.12-linux")], UNMET, "py3.12-linux"),
    ("it was waived", [run(outcome=Outcome.WAIVED)], Verdict.WAIVED, "2 tests failed"),
    ("waived later", [run(), run(outcome=Outcome.WAIVED, minute=1)], Verdict.WAIVED, "2 tests failed"),
    ("waived beside stray files", [run(outcome=Outcome.WAIVED, clean=False)], UNPROVEN, "beside files"),
    (
        "one leg of two waived",
        [run(), run(outcome=Outcome.WAIVED, leg="py3.12-linux")],
        Verdict.WAIVED,
        "py3.12",
    ),
    ("both legs passed", [run(), run(leg="py3.12-linux")], MET, "ran and passed"),
    ("passed here, failed elsewhere", [run(), run(outcome=FAILED, tree=ELSEWHERE)], MET, "ran and passed"),
]


@pytest.mark.parametrize(
    ("runs", "verdict", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_command_is_proven_by_the_attempt_that_decides(
    runs: list[EvidenceRun], verdict: Verdict, words: str
) -> None:
    judgement = judged(RAN, bundle_of({}, *runs))

    assert judgement.verdict is verdict
    assert words in judgement.reason


def test_the_evidence_of_both_legs_is_linked() -> None:
    judgement = judged(RAN, bundle_of({}, run(), run(leg="py3.12-linux")))

    assert len(judgement.evidence) == 2
    assert judgement.evidence[0].startswith("evidence/gates/test/")


def test_a_command_that_passed_in_a_gate_whose_deciding_attempt_did_not_run_it_is_unproven() -> None:
    later = run("python manage.py check", minute=1)

    assert "did not run it" not in judged(RAN, bundle_of({}, run())).reason
    assert judged(RAN, bundle_of({}, run(), later)).verdict is UNPROVEN


def test_stale_evidence_says_which_files_differ() -> None:
    bundle = bundle_of({}, run(tree=ELSEWHERE), differing={ELSEWHERE: ("a.py", "b.py", "c.py", "d.py")})

    assert "(4 files differ: a.py, b.py, c.py and 1 more)" in judged(RAN, bundle).reason


def test_one_file_is_said_in_the_singular() -> None:
    bundle = bundle_of({}, run(tree=ELSEWHERE), differing={ELSEWHERE: ("a.py",)})

    assert "(1 file differs: a.py)" in judged(RAN, bundle).reason


UNSOUND = (Finding(code="V011", path="evidence/x", sentence="Not signed."),)


@pytest.mark.parametrize("proof", [RAN, "test: a.b", "count: test.tests >= 1", "record: gates/test"])
def test_evidence_that_is_not_sound_proves_nothing(proof: str) -> None:
    judgement = judged(proof, bundle_of({}, run(), unsound=UNSOUND * 2))

    assert judgement.verdict is CONTRADICTED
    assert "V011 evidence/x: Not signed and 1 more" in judgement.reason


NAME = "shop.tests.test_a.Case.test_replay"


@pytest.mark.parametrize(
    "asked", [NAME, "test_replay", "shop.tests.test_replay", "shop/tests/test_a.py::Case::test_replay"]
)
def test_a_test_is_known_by_its_name_and_its_modules(asked: str) -> None:
    assert judged(f"test: {asked}", bundle_of({}, run(passed=[NAME]))).verdict is MET


@pytest.mark.parametrize(
    "name", ["test_replay (shop.tests.test_a.Case.test_replay)", "a/b.py::test_replay[x-y]"]
)
def test_as_runners_write_them(name: str) -> None:
    assert judged("test: test_replay", bundle_of({}, run(passed=[name]))).verdict is MET


@pytest.mark.parametrize(
    ("runs", "verdict", "words"),
    [
        ([run(passed=["x.test_other"])], UNPROVEN, "no record names the test"),
        ([run(passed=["x.test_replay_twice"])], UNPROVEN, "no record names the test"),
        ([run(passed=["other.test_replay"])], UNPROVEN, "no record names the test"),
        ([run(outcome=FAILED, failed=[NAME])], UNMET, "failed in test"),
        ([run(passed=[NAME]), run(outcome=FAILED, failed=[NAME], name="b")], UNMET, "failed in b"),
        ([run(passed=[NAME], tree=ELSEWHERE)], STALE, "another source"),
        ([run(outcome=FAILED, passed=[NAME])], UNMET, "2 tests failed"),
    ],
)
def test_a_test_that_is_not_shown_to_pass(runs: list[EvidenceRun], verdict: Verdict, words: str) -> None:
    judgement = judged("test: shop.tests.test_replay", bundle_of({}, *runs))

    assert judgement.verdict is verdict
    assert words in judgement.reason


def seeded(**counts: int) -> Bundle:
    return bundle_of({}, run(name="seed", counts={key.replace("_", "."): n for key, n in counts.items()}))


@pytest.mark.parametrize(
    ("argument", "verdict"),
    [
        ("seed.orders.refunded >= 1", MET),
        ("seed.orders.refunded >= 4", UNMET),
        ("seed.orders.refunded = 3", MET),
        ("seed.orders.refunded == 2", UNMET),
        ("seed.orders.refunded < 4", MET),
        ("seed.orders.refunded > 3", UNMET),
        ("seed.orders.refunded <= 2", UNMET),
        ("seed.orders.lost >= 1", UNPROVEN),
        ("other.orders.refunded >= 1", UNPROVEN),
    ],
)
def test_a_number_is_compared_with_what_was_counted(argument: str, verdict: Verdict) -> None:
    assert judged(f"count: {argument}", seeded(orders_refunded=3)).verdict is verdict


def test_a_number_from_another_source_is_stale() -> None:
    bundle = bundle_of({}, run(name="seed", counts={"rows": 3}, tree=ELSEWHERE))

    assert judged("count: seed.rows >= 1", bundle).verdict is STALE


def test_a_record_is_known_by_its_kind_and_name() -> None:
    bundle = bundle_of({}, run(name="fresh", kind="deploy"))

    assert judged("record: deploy/fresh", bundle).verdict is MET
    assert judged("record: gates/fresh", bundle).verdict is UNPROVEN


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("ran", "A=1"),
        ("ran", "x | A=1"),
        ("ci", "A=1"),
        ("test", "a test"),
        ("count", "seed.rows"),
        ("count", "rows >= 1"),
        ("record", "fresh"),
        ("record", "other/fresh"),
    ],
)
def test_an_argument_that_asks_nothing_is_a_mistake(kind: str, argument: str) -> None:
    assert complaint(kind, argument)


def test_a_gate_and_a_deployment_of_one_name_do_not_decide_for_each_other() -> None:
    here = bundle_of({}, run(kind="deploy"), run(outcome=FAILED, minute=1))

    assert judged("record: deploy/test", here).verdict is MET
    assert judged("record: gates/test", here).verdict is UNMET


def test_the_last_attempt_on_another_source_is_told() -> None:
    bundle = bundle_of({}, run(tree=ELSEWHERE, minute=2), run(tree="c" * 40, outcome=FAILED, minute=1))

    assert judged(RAN, bundle).reason == "'manage.py test' passed on another source"


def test_one_lie_is_told_alone() -> None:
    lies = (*UNSOUND, Finding(code="V012", path="evidence/y", sentence="Torn."))

    assert judged(RAN, bundle_of({}, run(), unsound=lies[:1])).reason.endswith("V011 evidence/x: Not signed")
    assert judged(RAN, bundle_of({}, run(), unsound=lies)).reason.endswith("Not signed and 1 more")


@pytest.mark.parametrize("proof", [RAN, "record: gates/test"])
def test_the_full_stop_of_a_reason_is_left_out(proof: str) -> None:
    assert judged(proof, bundle_of({}, run(reason="All passed."))).reason.endswith(" All passed")


@pytest.mark.parametrize(("outcome", "said"), [(FAILED, "FAILED, it broke"), (None, "not started, it broke")])
def test_a_command_that_did_not_pass_in_an_attempt_that_did_is_unmet(
    outcome: Outcome | None, said: str
) -> None:
    whole = run()
    command = dataclasses.replace(whole.commands[0], outcome=outcome, reason="it broke")
    judgement = judged(RAN, bundle_of({}, dataclasses.replace(whole, commands=(command,))))

    assert judgement.verdict is UNMET
    assert judgement.reason == f"'manage.py test' in test: {said}"
    assert judgement.evidence == (whole.place,)


def test_a_number_is_that_of_the_attempt_that_decides() -> None:
    runs = [run(name="seed", counts={"rows": rows}, minute=minute) for rows, minute in ((0, 1), (3, 2))]

    assert judged("count: seed.rows >= 1", bundle_of({}, *runs)).verdict is MET


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("tests/checks.py", "checks"),
        ("tests/test_a.py::test_x", "tests/test_a.py::test_x"),
        ("test_a.py::test_x", "test_a.test_x"),
    ],
)
def test_the_ending_of_a_file_is_no_part_of_a_name(name: str, asked: str) -> None:
    assert judged(f"test: {asked}", bundle_of({}, run(passed=[name]))).verdict is MET
