"""The table of kinds is the documentation, and our own checklist asks for nothing that there is not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from gateproof.judge.proofs import KINDS, is_later
from gateproof.judge.verdict import Proof

ROOT = Path(__file__).parents[3]
CHECKLIST = (ROOT / "docs" / "07_sales_ready.md").read_text(encoding="utf-8")


def test_the_page_lists_every_kind_as_the_table_has_it() -> None:
    page = (ROOT / "docs" / "assess.md").read_text(encoding="utf-8")
    between = page.partition("<!-- kinds: begin -->\n")[2].partition("<!-- kinds: end -->")[0]
    rows = [f"| `{kind.name}` | {kind.sentence} | `{kind.example}` |" for kind in KINDS.values()]

    assert between == "\n".join(["| kind | asks | example |", "| --- | --- | --- |", *rows, ""]).replace(
        " | black", " \\| black"
    )


@pytest.mark.parametrize(
    ("proof", "answer"),
    [
        ("tag: v1", True),
        ("zip: from-git", True),
        ("pictures: admin", True),
        ("evidence: utf-8", True),
        ("evidence: indexed in evidence", True),
        ("evidence: utf-8 in docs/proof", False),
        ("zip: clean", False),
        ("record: deploy/restore", False),
        ("signed: legal-review", False),
        ("claims: consistent", False),
    ],
)
def test_only_sealing_and_the_delivery_decide_some(proof: str, answer: bool) -> None:
    kind, _, argument = proof.partition(": ")

    assert is_later(Proof(kind=kind, argument=argument)) is answer


def test_every_test_that_our_checklist_names_exists() -> None:
    named = re.findall(r"`test: ([\w.]+)`", CHECKLIST)
    assert named

    for name in named:
        module, _, function = name.rpartition(".")
        path = ROOT / "purelaka" / f"{module.replace('.', '/')}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, name
