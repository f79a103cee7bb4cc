"""The exam is the buyer's: the ZIP's own copy of the checklist is compared with theirs, and never judged by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateproof.judge.checklist import Checklist, Item
from gateproof.judge.codes import Code
from gateproof.judge.verdict import Proof
from gateproof.judge.words import alternatives, runs
from gateproof.model import Finding

_COMMANDS = frozenset({"ran", "ci"})
_COUNT = re.compile(r"(?P<what>[^<>=]+?) *(?P<sign>>=|<=|==|>|<|=) *(?P<number>\d+)")


def compare_own(
    buyer: Checklist, own: tuple[str, Checklist | str] | None, sealed: str | None
) -> Iterator[Finding]:
    """Where the ZIP's own copy asks less than the buyer's, and where the sealed verdict was made by another."""
    if own is None:
        return
    path, copy = own
    if isinstance(copy, str):
        yield Code.UNREADABLE_CHECKLIST.at(path, copy)
        return
    if sealed is not None and sealed != copy.sha256:
        yield Code.OTHER_CHECKLIST.at(path)
    if copy.sha256 == buyer.sha256 and _proofs(copy) == _proofs(buyer):
        return
    if not any(item.proofs for item in copy.items) and any(item.proofs for item in buyer.items):
        yield Code.WEAKER_PROOF.at(path, "It names no proof at all.")
        return
    for item in buyer.items:
        theirs = copy.item(item.id)
        if theirs is None:
            yield Code.MISSING_ITEM.at(path, f"{item.id}: {item.title}")
        else:
            yield from _weaker(path, item, theirs)


def _weaker(path: str, item: Item, theirs: Item) -> Iterator[Finding]:
    for proof in item.proofs:
        if not any(_at_least(other, proof) for other in theirs.proofs):
            yield Code.WEAKER_PROOF.at(
                f"{path}:{theirs.line}", f"{item.id} has nothing as strong as `{proof}`."
            )


def _at_least(theirs: Proof, asked: Proof) -> bool:
    """Whether a proof shows all that the asked one would."""
    if theirs.kind != asked.kind:
        return False
    if _same(theirs.argument, asked.argument):
        return True
    if asked.kind in _COMMANDS:
        allowed: Sequence[Sequence[str]] = alternatives(asked.argument)
        return all(any(runs(one, other) for other in allowed) for one in alternatives(theirs.argument))
    if asked.kind == "count":
        return _counts_as_much(theirs.argument, asked.argument)
    return False


def _counts_as_much(theirs: str, asked: str) -> bool:
    one, other = _COUNT.fullmatch(theirs), _COUNT.fullmatch(asked)
    if not one or not other or not _same(one["what"], other["what"]) or other["sign"] != ">=":
        return False
    return one["sign"] in (">=", "=", "==") and int(one["number"]) >= int(other["number"])


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())


def _proofs(checklist: Checklist) -> list[tuple[str, list[str]]]:
    return [(item.id, [str(proof) for proof in item.proofs]) for item in checklist.items]
