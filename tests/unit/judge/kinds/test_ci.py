"""CI runs a command and it can make CI red; or why not."""

from __future__ import annotations

import pytest

from bundles import bundle_of, judged
from gateproof.judge.verdict import Verdict


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
    ],
)
def test_it_does_not_and_why(lines: list[str], proof: str, words: str) -> None:
    judgement = judged(proof, bundle_of(project(*lines)))

    assert judgement.verdict is Verdict.UNMET
    assert words in judgement.reason


def test_no_ci_file_at_all_is_said() -> None:
    assert "there is no CI file" in judged("ci: ruff check", bundle_of({})).reason
    jenkins = judged("ci: ruff check", bundle_of({"Jenkinsfile": "x"}))
    assert "Jenkinsfile is of a kind that is not read" in jenkins.reason
