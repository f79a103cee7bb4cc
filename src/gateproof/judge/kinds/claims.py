"""Proofs that rest on claims: documents that agree, numbers that are measured, links that lead somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from gateproof.judge.case import Case
from gateproof.judge.claims import MATRIX, number_findings, numbers_of, status_findings
from gateproof.judge.codes import Code
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.verdict import Judgement, contradicted, met, unmet, unproven
from gateproof.model import Finding

_LINKS = {Code.BROKEN_LINK.code, Code.BROKEN_ANCHOR.code, Code.BROKEN_BADGE.code}


def _claims(argument: str, case: Case) -> Judgement:
    return _ASKED[argument](case)


def _consistent(case: Case) -> Judgement:
    """Everything together: no document contradicts another, or the evidence."""
    if not case.claims.statuses:
        return unproven("no document gives a status to anything that has an id")
    found = (*_statuses(case), *_numbers(case), *case.claims.findings)
    said = f"{len(case.claims.statuses)} statuses and {len(case.claims.marks)} numbers agree"
    return _judged(found, f"{said} in {', '.join(case.claims.documents)}", case)


def _matrix(case: Case) -> Judgement:
    if not case.bundle.has(MATRIX):
        return unmet(f"there is no {MATRIX}")
    rows = [status for status in case.claims.statuses if status.path == MATRIX]
    if not rows:
        return unproven(f"{MATRIX} gives no status to anything that has an id", MATRIX)
    ids = {row.id for row in rows}
    found = [one for one in _statuses(case) if any(f"{name} is" in one.sentence for name in ids)]
    missing = [item for item in case.ids if item not in ids] if case.asks_for_all and not found else []
    if missing:
        return unmet(f"{MATRIX} has no row for {missing[0]}, and {len(missing) - 1} more", MATRIX)
    return _judged(found, f"{len(rows)} rows of {MATRIX} agree with STATUS and with the evidence", case)


def _numbers_agree(case: Case) -> Judgement:
    if not case.claims.marks:
        return unproven("no number stands between claim marks")
    return _judged(
        _numbers(case), f"{len(case.claims.marks)} claimed numbers are those of the evidence", case
    )


def _scope(case: Case) -> Judgement:
    place = case.claims.scope_place
    if place is None:
        return unmet("no document has a list of what is out of scope")
    if not case.claims.out_of_scope:
        return unmet(f"the list of what is out of scope is empty ({place})")
    found = [one for one in case.claims.findings if one.code == Code.OUT_OF_SCOPE.code]
    return _judged(
        found, f"{len(case.claims.out_of_scope)} things are out of scope and nothing claims them", case
    )


def _links(case: Case) -> Judgement:
    if not case.claims.links:
        return unproven("no document has a link, so none was followed")
    found = [one for one in case.claims.findings if one.code in _LINKS]
    return _judged(found, f"{case.claims.links:,} links and badges of the documents lead somewhere", case)


def _statuses(case: Case) -> tuple[Finding, ...]:
    return tuple(status_findings(case.claims, case.verdicts, case.ids, case.later))


def _numbers(case: Case) -> tuple[Finding, ...]:
    return tuple(number_findings(case.claims, numbers_of(case.bundle, len(case.ids))))


def _judged(found: Iterable[Finding], said: str, case: Case) -> Judgement:
    listed = tuple(found)
    if not listed:
        return met(said, *case.claims.documents)
    more = f", and {len(listed) - 1} more" if len(listed) > 1 else ""
    first = listed[0]
    paths = dict.fromkeys(one.path.partition(":")[0] for one in listed)
    return contradicted(f"{first.code} {first.path}: {first.sentence.rstrip('.')}{more}", *paths)


_ASKED: Mapping[str, Callable[[Case], Judgement]] = {
    "consistent": _consistent,
    "matrix": _matrix,
    "numbers": _numbers_agree,
    "out-of-scope": _scope,
    "links": _links,
}

CLAIMS = Kind(
    name="claims",
    sentence="The documents agree with each other and with the evidence; decided after all other items.",
    example="claims: consistent",
    judge=_claims,
    check=lambda argument: None if argument in _ASKED else f"claims are asked about as {', '.join(_ASKED)}",
    rests_on_claims=True,
)
