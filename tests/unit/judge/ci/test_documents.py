"""The generated parts of documents: renewed from the noxfile and the settings, and seen when they are stale."""

from __future__ import annotations

import pytest

from bundles import bundle_of
from gateproof.judge.ci.documents import renewed, stale
from gateproof.judge.parity import parity

NOXFILE = """
@gate(lock="lint")
def lint(session):
    "Ruff finds nothing."
    session.run("ruff", "check", ".", reads=ruff_check())

@gate(python=["3.11", "3.12"])
def unit(session):
    "The tests pass."
    session.run("pytest", reads=pytest_tests())
"""
SETTINGS = """
[tool.gateproof]
product = "shop"
[tool.gateproof.ci]
documents = ["README.md", "ci.yml"]
"""
README = "# Shop\n<!-- gates:begin -->\nold\n<!-- gates:end -->\nbye\n"
WORKFLOW = "with:\n  # gates:begin python-version (made)\n  # gates:end\n"
FILES = {"noxfile.py": NOXFILE, "pyproject.toml": SETTINGS, "README.md": README, "ci.yml": WORKFLOW}


def fresh() -> dict[str, str]:
    return FILES | renewed(bundle_of(FILES))


def test_the_table_says_each_gate_and_where_it_runs() -> None:
    assert fresh()["README.md"] == (
        "# Shop\n<!-- gates:begin -->\n\n| gate | holds when | in CI on |\n| --- | --- | --- |\n"
        "| `lint` | Ruff finds nothing. | Python 3.11 on linux |\n"
        "| `unit` | The tests pass. | Python 3.11 and 3.12 on linux |\n\n<!-- gates:end -->\nbye\n"
    )


def test_the_workflow_gets_the_main_python_under_the_key_that_its_mark_names() -> None:
    assert '  python-version: "3.11"\n  # gates:end' in fresh()["ci.yml"]
    assert "  # 3 jobs." in fresh()["ci.yml"]


def test_what_was_renewed_is_not_stale() -> None:
    assert list(stale(bundle_of(fresh()))) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("noxfile.py", "Ruff finds nothing.", "Ruff finds little."),
        ("noxfile.py", "def lint", "def style"),
        ("noxfile.py", '"3.12"', '"3.13"'),
        ("pyproject.toml", "documents", 'python = "3.12"\ndocuments'),
        ("README.md", "`lint`", "`lnt`"),
        ("README.md", "gates:begin", "begin"),
        ("README.md", "gates:end", "gates:begin"),
        ("pyproject.toml", "README.md", "GONE.md"),
        ("pyproject.toml", "documents", "documnets"),
        ("pyproject.toml", "documents", 'everywhere = ["gone"]\ndocuments'),
        ("ci.yml", "3.11", "3.10"),
    ],
)
def test_a_change_of_either_side_is_seen(name: str, old: str, new: str) -> None:
    files = fresh()
    assert old in files[name]

    found = list(stale(bundle_of(files | {name: files[name].replace(old, new)})))

    assert found
    assert {finding.code for finding in found} == {"J034"}


def test_parity_is_red_for_a_stale_part() -> None:
    assert "J034" in {finding.code for finding in parity(bundle_of(FILES)).findings}


def test_a_project_that_names_no_document_is_not_asked_for_one() -> None:
    assert list(stale(bundle_of({"noxfile.py": NOXFILE}))) == []
