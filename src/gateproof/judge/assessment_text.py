"""An assessment in words: a table for a tired person, a mapping for a program, a comparison of several ZIPs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from gateproof.findings import printable
from gateproof.judge.assess import Assessment, ItemVerdict
from gateproof.judge.codes import remedy_of
from gateproof.judge.verdict import Judgement, Verdict


def lines(assessment: Assessment, *, width: int = 100) -> Iterator[str]:
    """The report for a person, safe to print on any terminal; what is open comes with its reason."""
    yield f"{printable(assessment.bundle)}, by {printable(assessment.checklist.name)}"
    yield ""
    wide = max(len(one.item.id) for one in assessment.items)
    for one in assessment.items:
        yield from _item(one, wide, width)
    for finding in assessment.findings:
        yield ""
        yield f"{finding.code} {finding.path}".rstrip()
        yield from _wrapped(finding.sentence, "  ", width)
        if remedy := remedy_of(finding.code):
            yield from _wrapped(remedy, "  ", width)
    if assessment.facts:
        yield ""
        yield from (
            f"{fact.what}: {printable(fact.value)}{f' ({printable(fact.where)})' if fact.where else ''}"
            for fact in assessment.facts
        )
    yield from (f"note: {printable(note)}" for note in assessment.notes)
    yield ""
    yield altogether(assessment)


def altogether(assessment: Assessment) -> str:
    """The result in one sentence."""
    counts = Counter(one.judgement.verdict for one in assessment.items)
    listed = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    awaiting = sum(one.judgement.awaits_delivery for one in assessment.items)
    verb = "is" if awaiting == 1 else "are"
    more = f"; {awaiting} {verb} decided by the delivery" if awaiting else ""
    count = len(assessment.findings)
    found = f"; {count} finding{'s' if count > 1 else ''}" if count else ""
    open_ = len(assessment.items) - len(assessment.done)
    return f"{len(assessment.done)} Done, {open_} Not Done ({listed}){more}{found}."


def _item(one: ItemVerdict, wide: int, width: int) -> Iterator[str]:
    box = "[x]" if one.is_done else "[ ]"
    lead = f"{box} {one.item.id:{wide}}  "
    verdict = "Done" if one.is_done else f"Not Done, {one.judgement.verdict}"
    title = printable(one.item.title)
    room = max(20, width - len(lead))
    yield lead + (title if len(title) <= room else f"{title[: room - 1]}…")
    indent = " " * len(lead)
    yield from _wrapped(f"{verdict}: {_reason(one.judgement)}", indent, width)
    further = [(proof, judged) for proof, judged in one.proofs if not judged.is_met]
    for proof, judged in further[1:] if further and further[0][1].reason in one.judgement.reason else further:
        if judged.reason not in one.judgement.reason:
            yield from _wrapped(f"also {judged.verdict}, {proof}: {_reason(judged)}", indent, width)


def _reason(judgement: Judgement) -> str:
    said = printable(judgement.reason)
    seen = [printable(path) for path in judgement.evidence if path not in judgement.reason][:2]
    return f"{said} [{', '.join(seen)}]" if seen else said


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width=max(40, width),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_mapping(assessment: Assessment) -> dict[str, Any]:
    """The same for a program; only values that JSON has."""
    return {
        "zip": assessment.bundle,
        "checklist": {"name": assessment.checklist.name, "sha256": assessment.checklist.sha256},
        "exitCode": assessment.exit_code,
        "done": len(assessment.done),
        "notDone": len(assessment.items) - len(assessment.done),
        "open": [one.item.id for one in assessment.open],
        "items": [_as_mapping(one) for one in assessment.items],
        "findings": [
            {"code": f.code, "path": f.path, "sentence": f.sentence, "remedy": remedy_of(f.code)}
            for f in assessment.findings
        ],
        "facts": [{"what": fact.what, "value": fact.value, "where": fact.where} for fact in assessment.facts],
        "notes": list(assessment.notes),
    }


def _as_mapping(one: ItemVerdict) -> dict[str, Any]:
    return {
        "id": one.item.id,
        "parent": one.item.parent,
        "title": one.item.title,
        "done": one.is_done,
        **_judgement(one.judgement),
        "proofs": [{"proof": str(proof), **_judgement(judged)} for proof, judged in one.proofs],
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "evidence": list(judgement.evidence),
        "awaitsDelivery": judgement.awaits_delivery,
    }


COLUMNS = ("done", "open", "tests", "formatter", "audit", "manage.py", "secrets", "findings")


def comparison(assessments: Sequence[Assessment]) -> Iterator[str]:
    """Several ZIPs side by side, a line each."""
    rows = [("ZIP", *COLUMNS), *(_row(one) for one in assessments)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(assessment: Assessment) -> tuple[str, ...]:
    facts = {fact.what: fact.value for fact in assessment.facts}
    secrets = sum(fact.what == "literal SECRET_KEY" for fact in assessment.facts)
    short = (
        facts.get(name, "-").removesuffix(" that CI runs").replace(", not run by CI", " (not in CI)")
        for name in ("test runner", "formatter", "dependency audit", "manage.py")
    )
    return (
        printable(assessment.bundle),
        str(len(assessment.done)),
        str(len(assessment.items) - len(assessment.done)),
        *short,
        str(secrets),
        str(len(assessment.findings)),
    )
