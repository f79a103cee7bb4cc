"""The proof of the demo from start to end: a real browser, each role at both widths, and a record that holds it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.cloning import cloned
from gateproof.config import load_settings
from gateproof.deploy.screens import LOCK, ROLES, WIDTHS, prove_screens
from gateproof.errors import NO
from gateproof.model import Outcome
from gateproof.record.ledger import records

pytestmark = pytest.mark.acceptance


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This repository, with the environment that the proof needs."""
    return cloned(tmp_path / "source", LOCK)


def test_each_role_is_pictured_at_each_width_and_the_record_holds_it(clone: Path) -> None:
    proof = prove_screens(clone, load_settings(clone), tell=lambda line: None)

    assert [(name, reading.outcome) for name, reading in proof.steps] == [("walkthrough", Outcome.PASSED)], (
        proof.steps
    )
    (record,) = records(clone)
    kept = record.folder / "files"
    pictures = {path.stem for path in kept.rglob("*.png")}
    said = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in kept.rglob("*.json")}
    assert pictures == set(said)
    for role in ROLES:
        for width in WIDTHS:
            assert any(name.startswith(f"{role}-") and name.endswith(f"-{width}") for name in pictures)
    # Somebody else was refused, and that is pictured too.
    assert any(one["status"] in (403, 404) for one in said.values())


def test_a_store_that_says_something_else_is_no_proof(clone: Path) -> None:
    page = clone / "purelaka" / "orders" / "templates" / "orders" / "detail.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("{{ order.get_status_display }}", "Yours"), encoding="utf-8", newline="\n")

    proof = prove_screens(clone, load_settings(clone), tell=lambda line: None)

    assert proof.exit_code == NO, proof.steps
    (record,) = records(clone)
    assert "Awaiting payment" in (record.folder / "output.log").read_text(encoding="utf-8")
