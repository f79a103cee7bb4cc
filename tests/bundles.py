"""Builders for bundles: files in a dictionary, and runs as their records tell them. No disk, no git, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from gateproof.evidence.attempts import Attempt
from gateproof.judge.bundle import Bundle, EvidenceRun, RanCommand
from gateproof.judge.case import Case
from gateproof.judge.proofs import CHECKS, judge_proof
from gateproof.judge.verdict import Judgement, Proof
from gateproof.model import Outcome

HERE, ELSEWHERE = "a" * 40, "b" * 40
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEG = "py3.11-linux"


def bundle_of(files: Mapping[str, str | bytes] | None = None, *runs: EvidenceRun, **changes: Any) -> Bundle:
    """A bundle of these files, with runs about the source HERE."""
    contents = {
        path: text.encode() if isinstance(text, str) else text for path, text in (files or {}).items()
    }
    told: dict[str, Any] = {"git_tree": HERE if runs else None, "has_evidence": bool(runs)}
    return Bundle(
        name="shop.zip",
        sizes={path: len(raw) for path, raw in contents.items()},
        read=contents.__getitem__,
        runs=runs,
        **(told | changes),
    )


def run(
    command: str = "python manage.py test",
    outcome: Outcome = Outcome.PASSED,
    *,
    name: str = "test",
    kind: str = "gates",
    leg: str = LEG,
    minute: int = 0,
    looked_at: int = 12,
    tree: str = HERE,
    clean: bool = True,
    ended: bool = True,
    passed: Iterable[str] = (),
    failed: Iterable[str] = (),
    counts: Mapping[str, int] | None = None,
    reason: str = "12 tests passed",
    contradictions: tuple[str, ...] = (),
) -> EvidenceRun:
    """One attempt that ran one command."""
    said = reason if outcome is Outcome.PASSED else "2 tests failed"
    attempt = Attempt(
        gate=name,
        leg=leg,
        run=f"20261124T12{minute:02}00Z-00000000",
        outcome=outcome,
        reason=said,
        looked_at=looked_at,
        unit="tests",
        is_clean=clean,
        has_ended=ended,
        contradictions=contradictions,
    )
    ran = RanCommand(
        argv=tuple(command.split()), cwd="", outcome=outcome, reason=said, looked_at=looked_at, unit="tests"
    )
    return EvidenceRun(
        kind=kind,
        attempt=attempt,
        git_tree=tree,
        place=f"evidence/{kind}/{name}/{leg}/{attempt.run}",
        commands=(ran,) if command else (),
        passed=tuple(passed),
        failed=tuple(failed),
        counts=tuple((counts or {}).items()),
    )


def judged(proof: str, bundle: Bundle) -> Judgement:
    """What a bundle makes of a proof, which must be written well."""
    kind, _, argument = proof.partition(": ")
    assert CHECKS[kind](argument) is None, CHECKS[kind](argument)
    return judge_proof(Proof(kind=kind, argument=argument), Case(bundle, now=NOON))


def complaint(kind: str, argument: str) -> str | None:
    """What is wrong with an argument that asks nothing."""
    return CHECKS[kind](argument)
