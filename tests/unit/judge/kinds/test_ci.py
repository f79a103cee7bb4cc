"""CI runs a command and it can make CI red; or why not."""

from __future__ import annotations

import pytest

from bundles import ELSEWHERE, bundle_of, judged, run
from gateproof.judge.bundle import EvidenceRun
from gateproof.judge.verdict import Verdict
from gateproof.model import Outcome


def project(*lines: str) -> dict[str, str]:
    steps = "".join(f"      - run: {line}\n" for line in lines)
    return {".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}"}


@pytest.mark.parametrize(
    ("lines", "proof", "words"),
    [
        (["ruff check ."], "ci: ruff check", "CI runs 'ruff check .' (.github/workflows/ci.yml:6)"),
        (["black --check ."], "ci: ruff format --check | black --check", "'black --check .'"),
        (["ruff check . || true", "ruff check ."], "ci: ruff check", ":7)"),
        (["MODE=prod check"], "ci: MODE=prod check", "CI runs 'check'"),
        (["A=1 MODE=prod check"], "ci: MODE=prod check", "CI runs 'check'"),
        (["pytest", "ruff check ."], "ci: ruff check", ":7)"),
        (["PYTEST_ADDOPTS=-q pytest"], "ci: pytest", "CI runs 'pytest'"),
        (["PYTEST_ADDOPTS=--co check pytest"], "ci: check", "CI runs 'check pytest'"),
    ],
)
def test_it_does(lines: list[str], proof: str, words: str) -> None:
    judgement = judged(proof, bundle_of(project(*lines)))

    assert judgement.verdict is Verdict.MET
    assert words in judgement.reason
    assert judgement.evidence == (".github/workflows/ci.yml",)


@pytest.mark.parametrize(
    ("lines", "proof", "words"),
    [
        (["ruff check . || true"], "ci: ruff check", "proves nothing: || true swallows its failure"),
        (["ruff check --exit-zero ."], "ci: ruff check", "proves nothing: with --exit-zero it cannot fail"),
        (["python manage.py test shop"], "ci: manage.py test", "proves nothing: it tests only shop"),
        (["MODE=dev check"], "ci: MODE=prod check", "MODE is dev there, not prod"),
        (["PYTEST_ADDOPTS=--co pytest"], "ci: pytest", "PYTEST_ADDOPTS has --co: it only lists tests"),
        (["check"], "ci: MODE=prod check", "MODE is not set there, not prod"),
        (["black --check ."], "ci: ruff format --check", "its formatter is black: 'black --check .'"),
        (["pytest"], "ci: manage.py test", "its test runner is pytest"),
        (
            ["python manage.py check"],
            "ci: manage.py check --deploy",
            "the nearest is 'python manage.py check'",
        ),
        (["python manage.py migrate"], "ci: manage.py check", "CI does not run 'manage.py check'"),
        (["true"], "ci: pip-audit", "CI does not run 'pip-audit'"),
        (
            ["ruff check --exit-zero . || true", "ruff check --exit-zero ."],
            "ci: ruff check",
            ":7) proves nothing",
        ),
        (["python manage.py test"], "ci: pytest", "its test runner is manage: 'python manage.py test'"),
        (
            ["python manage.py test --parallel 2"],
            "ci: manage.py test --keepdb",
            "the nearest is 'python manage.py",
        ),
    ],
)
def test_it_does_not_and_why(lines: list[str], proof: str, words: str) -> None:
    judgement = judged(proof, bundle_of(project(*lines)))

    assert judgement.verdict is Verdict.UNMET
    assert words in judgement.reason


GATED = {
    ".github/workflows/ci.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: nox -s audit}]}}\n",
    "noxfile.py": "@gate()\ndef audit(session):\n    session.run(*call.argv)\n",
}


@pytest.mark.parametrize(
    ("runs", "verdict"),
    [
        ([run("pip-audit -r a.txt", name="audit")], Verdict.MET),
        ([run("pip-audit -r a.txt", Outcome.FAILED, name="audit")], Verdict.UNMET),
        ([run("pip-audit --ignore-vuln X", name="audit")], Verdict.UNMET),
        ([run("pip-audit -r a.txt", name="other")], Verdict.UNMET),
        ([run("pip-audit -r a.txt", name="audit", tree=ELSEWHERE)], Verdict.UNMET),
        ([], Verdict.UNMET),
    ],
)
def test_where_a_session_does_not_say_what_it_runs_its_record_does(
    runs: list[EvidenceRun], verdict: Verdict
) -> None:
    assert judged("ci: pip-audit", bundle_of(GATED, *runs)).verdict is verdict


def test_no_ci_file_at_all_is_said() -> None:
    assert "there is no CI file" in judged("ci: ruff check", bundle_of({})).reason
    jenkins = judged("ci: ruff check", bundle_of({"Jenkinsfile": "x"}))
    assert "Jenkinsfile is of a kind that is not read" in jenkins.reason


def test_a_tool_of_another_family_is_no_answer() -> None:
    assert judged("ci: pytest", bundle_of(project("black --check ."))).reason == "CI does not run 'pytest'"


def test_the_record_of_a_session_whose_text_says_what_it_runs_is_not_asked() -> None:
    written = GATED | {"noxfile.py": "@gate()\ndef audit(session):\n    session.run('pytest')\n"}

    assert (
        judged("ci: pip-audit", bundle_of(written, run("pip-audit -r a.txt", name="audit"))).verdict
        is Verdict.UNMET
    )
