"""CI runs what `nox -s gates` runs, nothing less and nothing hidden."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bundles import bundle_of
from gateproof.errors import NO, NOTHING_RAN, YES
from gateproof.judge.parity import Parity, parity

NOXFILE = """
import nox
from gateproof.nox import gate, gate_names

@gate(lock="lint")
def lint(session):
    session.run("ruff", "check", ".", reads=ruff_check())

@gate(lock="store", name="run-checks")
def business(session):
    session.run("python", "manage.py", "migrate", reads=exit_code())
    session.run("python", "manage.py", "run_checks", "--fail-on-issues", reads=run_checks())

@nox.session(requires=gate_names(), default=False)
def gates(session):
    confirm_all_gates(session)

@nox.session(default=False)
def acceptance(session):
    session.run("pytest", "-m", "acceptance")
"""
MATRIX = """
on: push
jobs:
  plan:
    runs-on: x
    outputs: {matrix: "${{ steps.plan.outputs.matrix }}"}
    steps: [{id: plan, run: invoke ci.matrix >> $OUT}]
  gate:
    needs: plan
    runs-on: x
    strategy: {matrix: "${{ fromJSON(needs.plan.outputs.matrix) }}"}
    steps: [{run: 'nox -s "$S"', env: {S: "${{ matrix.session }}"}}]
"""


def compared(*lines: str, noxfile: str = NOXFILE) -> Parity:
    steps = "".join(f"      - run: {line}\n" for line in lines)
    return read(f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}", noxfile)


def read(workflow: str, noxfile: str = NOXFILE) -> Parity:
    return parity(bundle_of({"noxfile.py": dedent(noxfile), ".github/workflows/ci.yml": workflow}))


@pytest.mark.parametrize("lines", [("nox -s gates",), ("nox -s lint", "nox -s run-checks"), ("nox -t gate",)])
def test_every_gate_is_run(lines: tuple[str, ...]) -> None:
    it = compared(*lines)

    assert it.findings == ()
    assert [(gate.gate, gate.commands, gate.in_ci) for gate in it.gates] == [
        ("lint", 1, 1),
        ("run-checks", 2, 2),
    ]
    assert (it.commands, it.exit_code) == (3, YES)
    assert it.lines() == ["CI runs 2 of 2 gates as `nox -s gates` does, 3 commands."]


def test_our_own_matrix_runs_every_gate() -> None:
    assert read(MATRIX).exit_code == YES


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (("nox -s lint",), ["J030", "J030"]),
        (("true",), ["J030", "J030", "J030"]),
        (("nox -s lint", "nox -s run-checks || true"), ["J031", "J031"]),
        (("nox -s gates", "ruff format --check ."), ["J032"]),
        (("nox -s gates", "nox -s acceptance"), ["J032"]),
        (("nox -s gates --install-only",), ["J031", "J031", "J031"]),
        (("nox -s gates", "if broken"), ["J033"]),
        (("ruff check .", "nox -s run-checks"), ["J030", "J032"]),
    ],
)
def test_what_differs_is_found(lines: tuple[str, ...], codes: list[str]) -> None:
    it = compared(*lines)

    assert [finding.code for finding in it.findings] == codes
    assert it.exit_code == NO
    assert it.as_mapping()["findings"][0]["code"] == codes[0]


def test_a_gate_whose_command_cannot_be_read_is_found() -> None:
    noxfile = NOXFILE + "\n@gate()\ndef secret(session):\n    helper(session)\n"

    assert [finding.code for finding in compared("nox -s gates", noxfile=noxfile).findings] == ["J033"]


def test_a_gate_whose_words_only_a_run_can_tell_is_compared_by_its_place() -> None:
    noxfile = (
        NOXFILE + "\n@gate()\ndef audit(session):\n    for call in calls:\n        session.run(*call.argv)\n"
    )

    assert compared("nox -s gates", noxfile=noxfile).exit_code == YES
    assert [one.code for one in compared("nox -s lint", "nox -s run-checks", noxfile=noxfile).findings] == [
        "J030"
    ]


@pytest.mark.parametrize("noxfile", ["import nox\n", "def broken("])
def test_no_gate_is_not_a_pass(noxfile: str) -> None:
    it = compared("nox", noxfile=noxfile)

    assert it.exit_code == NOTHING_RAN
    assert "declares no gate" in it.lines()[0]


def test_it_is_told_to_programs_whole() -> None:
    it = compared("nox -s lint", "pytest")
    told = it.as_mapping()

    assert told["commands"] == it.commands
    assert told["gates"] == [{"gate": g.gate, "commands": g.commands, "in_ci": g.in_ci} for g in it.gates]
    assert told["findings"] == [{"code": f.code, "path": f.path, "sentence": f.sentence} for f in it.findings]
    assert told.keys() == {"gates", "commands", "findings"}
    assert it.gates
    assert it.findings
