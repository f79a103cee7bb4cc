"""Corrections: the documents with every status and number as the evidence has it, offered as a diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from gateproof.judge.assess import Assessment, assess
from gateproof.judge.bundle import Bundle
from gateproof.judge.checklist import Checklist
from gateproof.judge.claims import MARK, Claims, number_of, numbers_of, read_claims
from gateproof.judge.proofs import rests_on_claims
from gateproof.judge.statuses import Says, Status
from gateproof.judge.verdict import Judgement, met

_BOX = re.compile(r"\[[ xX]\]")

Own = tuple[str, Checklist | str] | None
"""The ZIP's own copy of the checklist, as `assess` takes it."""


def corrected(checklist: Checklist, bundle: Bundle, *, now: datetime, own: Own = None) -> Mapping[str, str]:
    """The documents that claim something else than the evidence says, by path, with their text as it should be.

    What rests on claims is judged on the corrected documents, with its own rows taken for Done.
    What only sealing or the delivery decides is left to it, in these words; a box, which has no words, stays as it
    is, and so does a claim mark that no evidence counts: a person has to say what was meant.
    """
    verdicts = _verdicts(assess(checklist, bundle, now=now, own=own))
    on_claims = {item.id for item in checklist.items if any(map(rests_on_claims, item.proofs))}
    hoped = verdicts | {name: met("") for name in on_claims}
    new = _documents(bundle, hoped, own)
    after = overlaid(bundle, {path: text.encode("utf-8") for path, text in new.items()})
    new |= _documents(after, _verdicts(assess(checklist, after, now=now, own=own)), own)
    return {path: text for path, text in new.items() if text != bundle.text(path)}


def diff_lines(bundle: Bundle, documents: Mapping[str, str]) -> Iterator[str]:
    """The corrections as one unified diff that `git apply` takes."""
    for path, text in documents.items():
        before, after = ((bundle.text(path) or "").splitlines(keepends=True), text.splitlines(keepends=True))
        yield from difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")


def overlaid(bundle: Bundle, files: Mapping[str, bytes]) -> Bundle:
    """The bundle with these files as they will be; its evidence stays what it is about."""
    sizes = {**bundle.sizes, **{path: len(content) for path, content in files.items()}}
    return replace(
        bundle,
        sizes=sizes,
        read=lambda path: files[path] if path in files else bundle.read(path),
        blocks=None,
        cache={},
    )


def _verdicts(assessment: Assessment) -> dict[str, Judgement]:
    return {one.item.id: one.judgement for one in assessment.items}


def _documents(bundle: Bundle, verdicts: Mapping[str, Judgement], own: Own) -> dict[str, str]:
    claims = read_claims(bundle, checklist=own[0] if own else None)
    numbers = numbers_of(bundle, len(verdicts))
    paths = dict.fromkeys([*(one.path for one in claims.statuses), *(one.path for one in claims.marks)])
    texts = {path: bundle.text(path) or "" for path in paths}
    new = {path: _document(path, text, claims, verdicts, numbers) for path, text in texts.items()}
    return {path: text for path, text in new.items() if text != texts[path]}


def _document(
    path: str, text: str, claims: Claims, verdicts: Mapping[str, Judgement], numbers: Mapping[str, int]
) -> str:
    lines = text.split("\n")
    for status in claims.statuses:
        judgement = verdicts.get(status.id)
        if status.path != path or judgement is None:
            continue
        wanted = Says.LATER if judgement.awaits_delivery else Says.DONE if judgement.is_met else Says.OPEN
        if status.says is not wanted:
            lines[status.line - 1] = _line(lines[status.line - 1], status, wanted)
    for number in {mark.line for mark in claims.marks if mark.path == path}:
        lines[number - 1] = MARK.sub(lambda mark: _mark(mark, numbers), lines[number - 1])
    return "\n".join(lines)


def _line(line: str, status: Status, wanted: Says) -> str:
    if status.start < 0:
        box = {Says.DONE: "[x]", Says.OPEN: "[ ]", Says.LATER: r"\g<0>"}[wanted]
        return _BOX.sub(box, line, count=1)
    dress = re.match(r"[*_`]*", status.words)
    marks = dress[0] if dress else ""
    end = status.start + len(status.words)
    return f"{line[: status.start]}{marks}{wanted}{marks}{line[end:]}"


def _mark(mark: re.Match[str], numbers: Mapping[str, int]) -> str:
    known = numbers.get(mark["key"])
    if known is None or number_of(mark["text"]) == known:
        return mark[0]
    start, end = mark.start("text") - mark.start(), mark.end("text") - mark.start()
    return f"{mark[0][:start]}{known:,}{mark[0][end:]}"
