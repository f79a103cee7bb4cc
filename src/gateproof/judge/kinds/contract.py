"""What a kind of proof is: how its argument is written, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateproof.judge.case import Case
from gateproof.judge.verdict import Judgement


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of proof; `judge.proofs.KINDS` is the table of them."""

    name: str
    sentence: str
    """What it asks, for the docs."""
    example: str
    judge: Callable[[str, Case], Judgement]
    check: Callable[[str], str | None] = lambda argument: None
    """What is wrong with an argument, in a sentence; None where it is well written."""
    rests_on_claims: bool = False
    """Whether it must be decided after all others."""
    is_later: Callable[[str], bool] = lambda argument: False
    """Whether only sealing or the delivery decides it, so that no document inside the ZIP can know."""
