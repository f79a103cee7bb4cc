"""Which run of CI a release may rest on: exactly one kind, and nothing that GitHub did not say."""

from __future__ import annotations

from typing import Any

import pytest

from gateproof.judge.ci.trusted import WORKFLOW, distrust

COMMIT = "ab" * 20
GOOD: dict[str, Any] = {
    "path": WORKFLOW,
    "event": "push",
    "status": "completed",
    "conclusion": "success",
    "head_sha": COMMIT,
    "repository": {"full_name": "ada/shop"},
    "head_repository": {"full_name": "ada/shop"},
}


def test_a_successful_push_run_of_this_commit_is_trusted() -> None:
    assert distrust(GOOD, commit=COMMIT, repository="ada/shop") == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("path", ".github/workflows/other.yml"),
        ("event", "pull_request"),
        ("event", "workflow_dispatch"),
        ("status", "in_progress"),
        ("conclusion", "failure"),
        ("conclusion", None),
        ("head_sha", "cd" * 20),
        ("repository", {"full_name": "eve/shop"}),
        ("head_repository", {"full_name": "eve/shop"}),
        ("head_repository", None),
    ],
)
def test_any_other_run_is_not(key: str, value: object) -> None:
    reasons = distrust(GOOD | {key: value}, commit=COMMIT, repository="ada/shop")

    assert len(reasons) == 1
    assert reasons[0].startswith(f"Its {key} is ")


@pytest.mark.parametrize("key", sorted(GOOD))
def test_what_github_does_not_say_is_not_assumed(key: str) -> None:
    assert distrust({k: v for k, v in GOOD.items() if k != key}, commit=COMMIT, repository="ada/shop")


@pytest.mark.parametrize("answer", [None, [], "success"])
def test_another_answer_is_none(answer: object) -> None:
    assert distrust(answer, commit=COMMIT, repository="ada/shop")


def test_a_repository_that_nobody_named_is_not_any_repository() -> None:
    nameless = GOOD | {"repository": {"full_name": ""}, "head_repository": {"full_name": ""}}

    assert distrust(nameless, commit=COMMIT, repository="")
