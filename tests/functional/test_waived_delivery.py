"""A delivery that rests on a waiver: its people may accept it, it says so everywhere, and strangers read no pass."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gateproof.evidence.attempts import Attempt
from gateproof.model import Outcome
from gateproof.pack.report_verification import lines
from gateproof.pack.verify import Answer, verify
from gateproof.record.ledger import Record
from gateproof.record.table import gate_rows, print_gates
from packs import NOW, Case, Pack, make_pack, signers_file
from said import listening

to_the_word = listening(Path(__file__).with_suffix(".said.json"), "gateproof.pack.", by_test=True)

WAIVED = Case(outcome=Outcome.WAIVED, reason="The advisories are old, and Ada lets them be.")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("waived"), cases=[Case(gate="lint"), WAIVED])


def verified(pack: Pack, folder: Path) -> Any:
    path = pack.write(folder / "delivery")
    return verify(path.parent, signers_file(folder, pack.signer), now=NOW)


def test_it_verifies_and_says_what_was_waived(whole: Pack, tmp_path: Path) -> None:
    verification = verified(whole.copy(), tmp_path)

    assert verification.answer is Answer.VERIFIED
    assert f"The gate unit on py3.11-linux is waived: {WAIVED.reason}" in verification.notes
    text = "\n".join(lines(verification))
    assert "gate unit on py3.11-linux: WAIVED" in text
    assert "gate lint on py3.11-linux: PASSED" in text


def test_a_verdict_that_tells_strangers_of_a_pass_is_refused(whole: Pack, tmp_path: Path) -> None:
    pack = whole.copy()

    def claim(predicate: dict[str, Any]) -> None:
        predicate["verificationResult"] = "PASSED"
        predicate["verifiedLevels"] = ["GATEPROOF_GATES_PASSED"]

    pack.sign_verdict(claim)
    pack.waived = False
    pack.make_beside()
    verification = verified(pack, tmp_path)

    assert verification.answer is Answer.REFUSED
    assert any("rests on a waived gate" in one.sentence for one in verification.findings)


def test_a_statement_beside_the_zip_that_forgets_the_waiver_is_refused(whole: Pack, tmp_path: Path) -> None:
    pack = whole.copy()
    pack.waived = False
    pack.make_beside()

    assert verified(pack, tmp_path).answer is Answer.REFUSED


def test_a_waiver_that_is_sealed_as_a_pass_is_refused(whole: Pack, tmp_path: Path) -> None:
    pack = whole.copy()
    path = next(name for name in pack.content if "/unit/" in name and name.endswith("intoto.jsonl"))

    def claim(statements: list[Any]) -> None:
        statements[-1]["predicate"]["result"] = "PASSED"

    pack.sign_statements(path, claim)
    pack.make_beside()
    verification = verified(pack, tmp_path)

    assert verification.answer is Answer.REFUSED
    assert any("its outcome is WAIVED" in one.sentence for one in verification.findings)


def test_the_table_shows_it_and_never_counts_it_as_passed() -> None:
    attempt = Attempt(
        gate="audit",
        leg="py3.11-linux",
        run="20260101T120000Z-00000000",
        outcome=Outcome.WAIVED,
        reason=WAIVED.reason,
        looked_at=200,
        unit="packages",
        is_clean=True,
        has_ended=True,
    )
    record = Record(
        folder=Path("ledger"),
        git_tree="a" * 40,
        attempt=attempt,
        call="c",
        started=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=1.0,
        unclean=(),
    )
    console = Console(file=io.StringIO(), width=120)
    rows = gate_rows(["audit"], [record])
    print_gates(rows, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]

    assert [(row.is_green, row.is_accepted) for row in rows] == [(False, True)]
    assert "0 of 1 gates passed, 1 waived." in text
    assert f"audit: WAIVED, {WAIVED.reason}" in text
    assert "  see " not in text
    assert rows[0].blame is None
