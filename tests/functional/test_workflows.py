"""Our workflows and actions: what no linter asks of them, and each of these rules seen broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateproof.adopt.workflow import write_workflow
from gateproof.judge.yamltext import Table, listed, read_yaml, table, text_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
OF_PLAN = "    permissions:\n      contents: read # to check the source out\n    outputs"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def faults(text: str) -> Iterator[str]:
    """What is wrong with a workflow or an action, a sentence each."""
    document = table(read_yaml(text))
    if "runs" in document:
        yield from (
            fault for step in listed(table(document["runs"]).get("steps")) for fault in of_step(table(step))
        )
        return
    if document.get("permissions") != Table():
        yield "the workflow itself has permissions"
    if "pull_request_target" in text or "workflow_run" in text:
        yield "a stranger's pull request could run with our secrets"
    for name, value in table(document.get("jobs")).items():
        job = table(value)
        if "permissions" not in job:
            yield f"{name} does not say its permissions"
        may_write = "write" in table(job.get("permissions")).values() or job.get("permissions") == "write-all"
        if may_write and not job.get("environment"):
            yield f"{name} may write, and nobody protects it"
        if "uses" not in job and "timeout-minutes" not in job:
            yield f"{name} has no time limit"
        for step in map(table, listed(job.get("steps"))):
            yield from of_step(step)
            if "secrets." in str(step) and not job.get("environment"):
                yield f"{name} sees a secret outside of a protected environment"


def of_step(step: Table) -> Iterator[str]:
    uses, run = text_of(step.get("uses")), text_of(step.get("run"))
    if "${{" in run:
        yield "an expression stands inside run"
    if uses and not uses.startswith("./") and not PINNED.fullmatch(uses):
        yield f"{uses} is not pinned to a commit"
    if uses.startswith("actions/checkout@") and table(step.get("with")).get("persist-credentials") != "false":
        yield "the checkout keeps its credentials"


@pytest.mark.parametrize("path", [*FILES, *ACTIONS], ids=lambda path: path.parent.name + "/" + path.name)
def test_our_own_keep_the_rules(path: Path) -> None:
    assert list(faults(path.read_text(encoding="utf-8"))) == []


def test_what_init_writes_for_others_keeps_the_rules_and_stands_alone() -> None:
    text = write_workflow()

    assert list(faults(text)) == []
    assert "bootstrap" not in text
    assert "inputs." not in text
    jobs = table(table(read_yaml(text)).get("jobs"))
    assert list(jobs) == ["plan", "gate", "seal"]
    for name, value in jobs.items():
        runs = [text_of(table(step).get("run")) for step in listed(table(value).get("steps"))]
        assert sum(run.startswith('python -m pip install "gateproof[suite]==') for run in runs) == 1, name


def test_what_init_writes_comes_from_our_own() -> None:
    carried = ROOT / "src" / "gateproof" / "adopt" / "reusable.yml"

    assert carried.read_bytes() == (FOLDER / "reusable.yml").read_bytes(), "copy the one to the other"


def test_there_is_something_to_look_at() -> None:
    assert [path.name for path in FILES] == ["gates.yml", "release.yml", "reusable.yml"]
    assert len(ACTIONS) == 1


def test_what_people_start_never_runs_twice_at_once() -> None:
    for name in ("gates.yml", "release.yml"):
        assert "group" in table(
            table(read_yaml((FOLDER / name).read_text(encoding="utf-8"))).get("concurrency")
        )


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("reusable.yml", "permissions: {}", "permissions: {contents: read}", "itself has permissions"),
        ("reusable.yml", OF_PLAN, "    outputs", "plan does not say"),
        ("reusable.yml", "    timeout-minutes: 45\n", "", "gate has no time limit"),
        ("reusable.yml", "persist-credentials: false", "persist-credentials: true", "keeps its credentials"),
        ("reusable.yml", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "is not pinned"),
        ("reusable.yml", 'nox -s "$SESSION"', "nox -s ${{ matrix.session }}", "inside run"),
        ("reusable.yml", "contents: read", "contents: write", "nobody protects it"),
        ("release.yml", "    environment: release\n", "", "sees a secret outside"),
        ("gates.yml", "pull_request:", "pull_request_target:", "a stranger's pull request"),
    ],
)  # fmt: skip
def test_each_rule_is_seen_broken(name: str, old: str, new: str, why: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert old in text

    assert any(why in fault for fault in faults(text.replace(old, new)))


def test_a_gate_job_runs_its_gate_and_nothing_else_and_uploads_also_when_it_fails() -> None:
    jobs = table(table(read_yaml((FOLDER / "reusable.yml").read_text(encoding="utf-8"))).get("jobs"))
    steps = [table(step) for step in listed(table(jobs["gate"]).get("steps"))]

    assert [step["run"] for step in steps if "run" in step] == [
        'python scripts/bootstrap.py nox -s "$SESSION"'
    ]
    assert text_of(steps[-1]["uses"]).startswith("actions/upload-artifact@")
    assert steps[-1]["if"] == "always()"
    assert table(jobs["seal"])["if"] == "always()"
