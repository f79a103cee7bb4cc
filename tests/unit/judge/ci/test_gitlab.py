"""What GitLab's file runs."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bundles import bundle_of
from gateproof.judge.ci.reading import CiReading, read_ci


def ci(text: str, files: dict[str, str] | None = None) -> CiReading:
    return read_ci(bundle_of({".gitlab-ci.yml": dedent(text), **(files or {})}))


def test_a_job_runs_its_lines_after_those_before_it() -> None:
    reading = ci("""
        variables: {LEVEL: WARNING}
        before_script: [prepare]
        .hidden: {script: [never]}
        gates:
          variables: {X: {value: "1"}}
          script:
            - check $LEVEL $X
            - cd app && other
    """)

    assert [str(step) for step in reading.effective] == ["prepare", "check WARNING 1", "other"]
    assert reading.files == (".gitlab-ci.yml",)


def test_extends_references_and_includes_are_followed() -> None:
    reading = ci(
        """
        include: [{local: /ci/more.yml}]
        .base: {before_script: [prepare], script: [base]}
        one: {extends: .base}
        two: {script: [!reference [.base, script], check]}
        """,
        {"ci/more.yml": "three: {script: [included]}\n"},
    )

    assert sorted(str(step) for step in reading.effective) == ["base", "base", "check", "included", "prepare"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("allow_failure: true", "allow_failure"),
        ("allow_failure: {exit_codes: 1}", "allow_failure"),
        ("when: manual", "when: manual"),
        ("rules: [{when: never}]", "no rule of its job"),
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"'}]", "no rule of its job"),
        ("rules: [{if: $CI_COMMIT_BRANCH, allow_failure: true}]", "a rule of its job"),
        ("only: [schedules]", "only on schedules"),
        ("only: {refs: [tags]}", "only on tags"),
        ("except: [branches]", "never runs on branches"),
        ("script: ['check || true']", "swallows"),
    ],
)
def test_a_job_that_cannot_fail_says_why(more: str, why: str) -> None:
    script = "" if more.startswith("script") else "script: [check]\n  "
    (step,) = ci(f"gates:\n  {script}{more}\n").steps

    assert any(why in weakness for weakness in step.weaknesses)


@pytest.mark.parametrize(
    "more",
    ["rules: [{if: $CI_COMMIT_BRANCH}]", "only: [main]", "when: on_success", "rules: [{changes: [x]}]"],
)
def test_a_job_that_a_push_starts_counts(more: str) -> None:
    assert len(ci(f"gates:\n  script: [check]\n  {more}\n").effective) == 1


def test_a_pipeline_that_no_push_starts_does_not_count() -> None:
    assert not ci("workflow: {rules: [{when: never}]}\ngates: {script: [check]}\n").effective


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("include: https://example.org/x.yml\na: {script: [b]}\n", "includes what is not in the ZIP"),
        ("include: missing.yml\n", "missing.yml is not in the ZIP"),
        ("a: [b\n", "is not read"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, note: str) -> None:
    assert any(note in one for one in ci(text).notes)
