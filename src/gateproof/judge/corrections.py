"""Corrections: the documents with every status and number as the evidence has it, offered as a diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from gateproof.judge.assess import Assessment
from gateproof.judge.bundle import Bundle
from gateproof.judge.claims import MARK, Claims, number_of, numbers_of, read_claims
from gateproof.judge.statuses import Status
from gateproof.judge.verdict import Judgement

_BOX = re.compile(r"\[[ xX]\]")
WORDS = {True: "Done", False: "Not Done"}


def corrected(assessment: Assessment, bundle: Bundle, *, checklist: str | None = None) -> Mapping[str, str]:
    """The documents that claim something else than the evidence says, by path, with their text as it should be.

    A status of what only the delivery can say stays as it is. A claim mark that no evidence counts stays too: a
    person has to say what was meant. `checklist` is the path of the checklist itself, which is no claim.
    """
    claims = read_claims(bundle, checklist=checklist)
    verdicts = {one.item.id: one.judgement for one in assessment.items}
    numbers = numbers_of(bundle, verdicts)
    paths = dict.fromkeys([*(one.path for one in claims.statuses), *(one.path for one in claims.marks)])
    texts = {path: bundle.text(path) or "" for path in paths}
    new = {path: _document(path, text, claims, verdicts, numbers) for path, text in texts.items()}
    return {path: text for path, text in new.items() if text != texts[path]}


def diff_lines(bundle: Bundle, documents: Mapping[str, str]) -> Iterator[str]:
    """The corrections as one unified diff that `git apply` takes."""
    for path, text in documents.items():
        before, after = ((bundle.text(path) or "").splitlines(keepends=True), text.splitlines(keepends=True))
        yield from difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")


def _document(
    path: str, text: str, claims: Claims, verdicts: Mapping[str, Judgement], numbers: Mapping[str, int]
) -> str:
    lines = text.split("\n")
    # From the right to the left, so that the places of the others stay.
    for status in sorted(claims.statuses, key=lambda status: -status.start):
        judgement = verdicts.get(status.id)
        if status.path != path or judgement is None or judgement.awaits_delivery:
            continue
        if status.is_done != judgement.is_met:
            lines[status.line - 1] = _line(lines[status.line - 1], status, is_done=judgement.is_met)
    return "\n".join(MARK.sub(lambda mark: _mark(mark, numbers), line) for line in lines)


def _line(line: str, status: Status, *, is_done: bool) -> str:
    if status.start < 0:
        return _BOX.sub("[x]" if is_done else "[ ]", line, count=1)
    dress = re.match(r"[*_`]*", status.words)
    marks = dress[0] if dress else ""
    return f"{line[: status.start]}{marks}{WORDS[is_done]}{marks}{line[status.start + len(status.words) :]}"


def _mark(mark: re.Match[str], numbers: Mapping[str, int]) -> str:
    known = numbers.get(mark["key"])
    if known is None or number_of(mark["text"]) == known:
        return mark[0]
    inside = mark["text"]
    start = mark.start("text") - mark.start()
    return f"{mark[0][:start]}{known:,}{mark[0][start + len(inside) :]}"
