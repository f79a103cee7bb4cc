"""What GitHub's workflows run, and why a command in them might not count."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from bundles import bundle_of
from gateproof.judge.ci.reading import CiReading, read_ci
from gateproof.judge.ci.steps import Step

PATH = ".github/workflows/ci.yml"


def ci(workflow: str, files: dict[str, str] | None = None) -> CiReading:
    return read_ci(bundle_of({PATH: dedent(workflow), "shop/a.py": "", **(files or {})}))


def workflow(steps: str = "- run: check", *, on: str = "push", top: str = "", job: str = "") -> str:
    parts = [f"on: {on}", dedent(top).strip(), "jobs:", "  gates:", "    runs-on: ubuntu-24.04"]
    parts += [indent(dedent(job).strip(), "    "), "    steps:", indent(dedent(steps).strip(), "      ")]
    return "\n".join(part for part in parts if part.strip()) + "\n"


def the(reading: CiReading, program: str = "check") -> Step:
    (found,) = [step for step in reading.steps if step.words[:1] == (program,)]
    return found


STRONG = [
    workflow(),
    workflow(on="[push, pull_request]"),
    workflow(on="\n  pull_request:"),
    workflow(on="\n  push:\n    branches: [main]"),
    workflow(on="\n  push:\n    branches: ['**']"),
    workflow(on="\n  push:\n    branches: ['feature/*']"),
    workflow(on="\n  push:\n    paths: ['**.py']"),
    workflow(on="\n  push:\n    paths-ignore: ['docs/**']"),
    workflow(on="\n  push:\n    branches-ignore: ['gh-pages']"),
    workflow(on="\n  push:\n    tags: ['v*']\n    branches: [main]"),
    workflow(on="\n  pull_request:\n    types: [opened, synchronize]"),
    workflow(job="if: github.event_name == 'push'"),
    workflow(job="if: github.repository == 'me/shop'"),
    workflow(job="continue-on-error: false"),
    workflow("- run: check\n  continue-on-error: ${{ false }}"),
    workflow("- run: check\n  if: always()"),
    workflow("- name: x\n  run: |\n    set -e\n    check"),
    workflow("- run: check | tee log\n  shell: bash"),
    workflow("- run: check | tee log\n  shell: bash -eo pipefail {0}"),
]
WEAK = [
    (workflow(on="workflow_dispatch"), "never runs on a push, only on workflow_dispatch"),
    (workflow(on="\n  schedule:\n    - cron: '0 0 * * *'"), "never runs on a push"),
    (workflow(on="\n  push:\n    tags: ['v*']"), "only on the push of a tag"),
    (workflow(on="\n  push:\n    branches: ['release/v1']"), "runs only on branches release/v1"),
    (workflow(on="\n  push:\n    branches: [nobody-pushes-here]"), "runs only on branches nobody-pushes-here"),
    (workflow(on="\n  push:\n    branches: ['**', '!**']"), "runs only on branches"),
    (workflow(on="\n  push:\n    branches-ignore: ['**']"), "ignores every branch"),
    (workflow(on="\n  push:\n    paths: ['docs/**']"), "no Python file"),
    (workflow(on="\n  push:\n    paths-ignore: ['**']"), "ignores every Python file"),
    (workflow(on="\n  pull_request:\n    types: [closed]"), "only when it is closed"),
    (workflow(job="if: false"), "never true on a push (if: false)"),
    (workflow(job="if: ${{ github.event_name == 'schedule' }}"), "never true on a push"),
    (workflow(job="if: vars.RUN == 'yes'"), "the ZIP cannot decide"),
    (workflow(job="continue-on-error: true"), "its job says continue-on-error: true"),
    (workflow("- run: check\n  continue-on-error: true"), "its step says continue-on-error: true"),
    (workflow("- run: check\n  continue-on-error: ${{ vars.X }}"), "continue-on-error"),
    (workflow("- run: check\n  if: failure()"), "never true on a push"),
    (workflow("- run: check || true"), "swallows its failure"),
    (workflow("- run: check | tee log"), "lost in the pipe"),
    (workflow("- run: |\n    check\n    other\n  shell: pwsh"), "goes on when it fails"),
    (workflow("- run: |\n    check\n    other\n  shell: bash {0}"), "goes on when it fails"),
    (workflow("- run: |\n    check\n    other", job="defaults:\n  run:\n    shell: pwsh"), "goes on"),
]  # fmt: skip


@pytest.mark.parametrize("text", STRONG)
def test_its_failure_makes_ci_red(text: str) -> None:
    assert the(ci(text)).weaknesses == ()


@pytest.mark.parametrize(("text", "why"), WEAK)
def test_it_cannot_make_ci_red_and_says_why(text: str, why: str) -> None:
    assert any(why in weakness for weakness in the(ci(text)).weaknesses)


def test_a_branch_that_the_readme_shows_is_one_that_people_push_to() -> None:
    text = workflow(on="\n  push:\n    branches: [production]")

    assert the(ci(text, {"README.md": "![b](https://x/y.svg?branch=production)"})).weaknesses == ()


def test_windows_runs_powershell_which_goes_on() -> None:
    text = workflow("- run: |\n    check\n    other").replace("ubuntu-24.04", "windows-latest")

    assert "goes on" in the(ci(text)).weaknesses[0]


def test_a_job_that_needs_one_that_never_runs_never_runs() -> None:
    text = """
        on: push
        jobs:
          never:
            if: false
            runs-on: x
            steps: [{run: other}]
          gates:
            needs: never
            runs-on: x
            steps: [{run: check}]
    """

    assert "needs the job never" in the(ci(text)).weaknesses[0]


def test_folders_and_variables_come_from_workflow_job_and_step() -> None:
    text = workflow(
        "- run: check $A $B $C ${{ env.C }}\n  env: {C: 3}\n  working-directory: app",
        top="env: {A: 1, B: 1}\ndefaults: {run: {working-directory: top}}",
        job="env: {B: 2}",
    )

    step = the(ci(text))

    assert step.words == ("check", "1", "2", "3", "3")
    assert (step.cwd, step.where) == ("app", f"{PATH}:9")


def test_a_matrix_is_one_cell_after_another() -> None:
    text = workflow(
        "- run: check ${{ matrix.python }} ${{ matrix.db }}",
        job="strategy:\n  matrix:\n    python: ['3.11', '3.12']\n    db: [a, b]\n"
        "    exclude: [{python: '3.11', db: b}]\n"
        "    include: [{python: '3.12', db: a, extra: 1}, {python: '3.13', db: c}]",
    )

    assert [" ".join(step.words[1:]) for step in ci(text).steps] == ["3.11 a", "3.12 a", "3.12 b", "3.13 c"]


def test_a_cell_that_may_fail_does_not_count() -> None:
    text = workflow(
        "- run: check ${{ matrix.python }}",
        job="continue-on-error: ${{ matrix.experimental }}\nstrategy:\n  matrix:\n"
        "    include: [{python: a, experimental: false}, {python: b, experimental: true}]",
    )

    assert [bool(step.weaknesses) for step in ci(text).steps] == [False, True]


def test_a_step_for_one_cell_is_asked_of_each() -> None:
    text = workflow("- run: check\n  if: matrix.db == 'a'", job="strategy: {matrix: {db: [a, b]}}")

    assert [bool(step.weaknesses) for step in ci(text).steps] == [False, True]


def test_a_composite_action_in_the_zip_is_read() -> None:
    action = (
        "inputs: {level: {default: low}}\nruns:\n  using: composite\n  steps:\n"
        "    - run: check ${{ inputs.level }} ${{ inputs.more }}\n      shell: bash\n"
    )
    files = {".github/actions/gates/action.yml": action}

    step = the(ci(workflow("- uses: ./.github/actions/gates\n  with: {more: x}"), files))

    assert step.words == ("check", "low", "x")
    assert step.where.startswith(".github/actions/gates/action.yml")


def test_a_reusable_workflow_in_the_zip_is_read() -> None:
    files = {
        ".github/workflows/shared.yml": "on:\n  workflow_call:\n    inputs: {x: {default: a}}\n"
        "jobs:\n  one:\n    runs-on: x\n    steps: [{run: 'check ${{ inputs.x }}'}]\n"
    }
    text = "on: push\njobs:\n  call:\n    uses: ./.github/workflows/shared.yml\n    with: {x: b}\n"

    found = [step for step in ci(text, files).steps if not step.weaknesses]

    assert [step.words for step in found] == [("check", "b")]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("on: push\njobs: {a: {uses: other/repo/.github/workflows/x.yml@v1}}\n", "is not in the ZIP"),
        (workflow("- uses: ./missing"), "./missing is not in the ZIP"),
        ("on: [push\n", "is not read"),
        (workflow("- run: if check"), "not understood"),
        (workflow(job="strategy: {matrix: '${{ fromJSON(vars.M) }}'}"), "while CI runs"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(text: str, note: str) -> None:
    assert any(note in one for one in ci(text).notes)


@pytest.mark.parametrize(
    ("uses", "command"),
    [
        ("astral-sh/ruff-action@v3", "ruff check ."),
        ("astral-sh/ruff-action@v3\n  with: {args: 'format --check', src: shop}", "ruff format --check shop"),
        ("psf/black@stable", "black --check --diff ."),
        (
            "pypa/gh-action-pip-audit@v1\n  with: {inputs: a.txt, ignore-vulns: X}",
            "pip-audit -r a.txt --ignore-vuln X",
        ),
        ("isort/isort-action@v1", "isort --check-only ."),
    ],
)
def test_an_action_that_is_known_is_the_command_that_it_stands_for(uses: str, command: str) -> None:
    assert [str(step) for step in ci(workflow(f"- uses: {uses}")).steps] == [command]


def test_a_workflow_that_is_no_text_is_said() -> None:
    reading = read_ci(bundle_of({PATH: b"\xff\xfe"}))

    assert reading.notes == (f"{PATH} is not readable as text",)


def test_ci_of_another_kind_is_named() -> None:
    reading = read_ci(bundle_of({".circleci/config.yml": ""}))

    assert (reading.files, reading.unread) == ((), (".circleci/config.yml",))
