"""The kinds of proof: one table, which the checklist's reader, the judge and the docs all go by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateproof.judge.case import Case
from gateproof.judge.kinds.ci import CI
from gateproof.judge.kinds.claims import CLAIMS
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.kinds.delivery import SIGNED_BY, TAG, ZIP
from gateproof.judge.kinds.evidence import EVIDENCE_KIND, PICTURES
from gateproof.judge.kinds.files import COMPOSE, DOC, FILE, LINK, PINNED
from gateproof.judge.kinds.licences import LICENSED
from gateproof.judge.kinds.records import COUNT, RAN, RECORD, TEST
from gateproof.judge.verdict import Judgement, Proof

_ALL = (
    *(RAN, CI, TEST, COUNT, RECORD),
    *(ZIP, TAG, SIGNED_BY),
    *(FILE, DOC, LINK, COMPOSE, PINNED, LICENSED),
    *(EVIDENCE_KIND, PICTURES, CLAIMS),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""To add one, write a `Kind` in `judge/kinds/`, name it here, and see it say no in tests/unit/judge."""

CHECKS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {name: kind.check for name, kind in KINDS.items()}
)
"""What the checklist's reader asks of an argument."""


def judge_proof(proof: Proof, case: Case) -> Judgement:
    """What the bundle makes of one proof."""
    return KINDS[proof.kind].judge(proof.argument, case)


def rests_on_claims(proof: Proof) -> bool:
    """Whether it must be decided after all others."""
    return KINDS[proof.kind].rests_on_claims


def is_later(proof: Proof) -> bool:
    """Whether only sealing or the delivery decides it."""
    return KINDS[proof.kind].is_later(proof.argument)
