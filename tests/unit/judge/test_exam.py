"""The exam is the buyer's: the ZIP's own copy is compared, and a weaker proof is a finding."""

from __future__ import annotations

import pytest

from gateproof.judge.checklist import Checklist, parse
from gateproof.judge.exam import compare_own
from gateproof.judge.proofs import CHECKS

OWN = "docs/list.md"


def checklist(*proofs: str, ids: str = "one two three") -> Checklist:
    names = ids.split()[: max(1, len(proofs))]
    lines = [
        f"- [ ] {name} {''.join(f'`{p}` ' for p in proof.split(' & ') if p)}"
        for name, proof in zip(names, proofs, strict=False)
    ]
    return parse(("## S1\n" + "\n".join(lines) + "\n").encode(), "list.md", CHECKS)


def codes(buyer: Checklist, own: Checklist | str | None, sealed: str | None = None) -> list[str]:
    copy = None if own is None else (OWN, own)
    return [finding.code for finding in compare_own(buyer, copy, sealed)]


def test_the_same_checklist_is_no_finding() -> None:
    assert codes(checklist("zip: clean"), checklist("zip: clean")) == []


def test_no_own_copy_is_no_finding() -> None:
    assert codes(checklist("zip: clean"), None) == []


AS_STRONG = [
    ("ran: manage.py check", "ran: manage.py check --deploy"),
    ("ran: manage.py check --fail-level WARNING", "ran: manage.py check --fail-level INFO"),
    ("ci: ruff format --check | black --check", "ci: black --check"),
    ("count: seed.rows >= 3", "count: seed.rows >= 5"),
    ("count: seed.rows >= 3", "count: seed.rows = 5"),
    ("count: seed.rows >= 3", "count: seed.rows == 5"),
    ("count: seed.rows >= 3", "count: seed.rows = 3"),
    ("zip: clean", "zip: clean & file: LICENSE"),
    ("link: a.md -> b.md", "link: a.md  ->  b.md"),
]
WEAKER = [
    ("ran: manage.py check --deploy", "ran: manage.py check"),
    ("ran: manage.py check --fail-level WARNING", "ran: manage.py check --fail-level ERROR"),
    ("ci: black --check", "ci: ruff format --check | black --check"),
    ("ran: manage.py test", "ci: manage.py test"),
    ("count: seed.rows >= 3", "count: seed.rows >= 2"),
    ("count: seed.rows >= 3", "count: seed.lines >= 5"),
    ("count: seed.rows = 3", "count: seed.rows >= 3"),
    ("zip: clean & file: LICENSE", "zip: clean"),
    ("zip: clean", "zip: ide"),
    ("tag: v1", "tag: v2"),
]


@pytest.mark.parametrize(("asked", "theirs"), AS_STRONG)
def test_what_asks_as_much_is_no_finding(asked: str, theirs: str) -> None:
    assert codes(checklist(asked), checklist(theirs)) == []


@pytest.mark.parametrize(("asked", "theirs"), WEAKER)
def test_what_asks_less_is_one(asked: str, theirs: str) -> None:
    assert codes(checklist(asked), checklist(theirs)) == ["J010"]


def test_an_item_that_is_left_out_is_named() -> None:
    assert codes(checklist("zip: clean", "file: LICENSE"), checklist("zip: clean")) == ["J011"]


def test_a_copy_without_any_proof_is_one_finding() -> None:
    assert codes(checklist("zip: clean", "file: LICENSE"), checklist("", "")) == ["J010"]


def test_a_copy_that_cannot_be_read_is_said() -> None:
    assert codes(checklist("zip: clean"), "it is UTF-16") == ["J012"]


def test_a_verdict_sealed_by_another_checklist_is_said() -> None:
    own = checklist("zip: clean")

    assert codes(own, own, sealed=own.sha256) == []
    assert codes(own, own, sealed="0" * 64) == ["J013"]
