"""Claims: whether the documents agree with each other, with the evidence, and with what is out of scope."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateproof.evidence.subject import EVIDENCE
from gateproof.judge import markdown
from gateproof.judge.bundle import Bundle
from gateproof.judge.codes import Code
from gateproof.judge.project import repositories
from gateproof.judge.statuses import Says, Status, statuses
from gateproof.judge.verdict import Judgement
from gateproof.model import Finding

CLAIMING = ("README.md", "STATUS.md", "docs/STATUS.md", "docs/README.md", "docs/acceptance_matrix.md")
"""The documents that say what is done."""
MATRIX = "docs/acceptance_matrix.md"
_SCOPE = re.compile(r"out[ -]of[ -]scope|not in scope|non-goals", re.IGNORECASE)
MARK = re.compile(r"<!--\s*claim:\s*(?P<key>[\w.-]+)\s*-->(?P<text>[^<]*)<!--\s*/claim\s*-->")
_HALF_MARK = re.compile(r"<!--\s*claim:(?P<key>[^<>]*?)-->")
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|none|isn't|aren't|doesn't|don't|excluded?|out of scope)\b", re.IGNORECASE
)
_TERM = re.compile(
    r"[ \t]*[-*+][ \t]+(?:\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`|(?P<plain>[^:—\u2013.]+?)(?=\s*(?:[:—\u2013.]|$)))"
)
_GENERATORS = frozenset({"docs/conf.py", "docs/source/conf.py", "mkdocs.yml"})
_BADGE = re.compile(r"/actions/workflows/(?P<file>[\w.-]+\.ya?ml)(?:/badge\.svg)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A number between claim marks."""

    key: str
    text: str
    path: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """Everything that the documents claim, before it is compared with anything."""

    documents: tuple[str, ...]
    statuses: tuple[Status, ...]
    marks: tuple[Mark, ...]
    out_of_scope: tuple[str, ...]
    """The terms of the list."""
    scope_place: str | None
    """Where the list stands; None where there is none."""
    links: int
    """How many links and pictures the documents have."""
    findings: tuple[Finding, ...]
    """What is wrong without looking at any evidence: links, badges, claims about what is out of scope."""


def read_claims(bundle: Bundle, *, checklist: str | None = None) -> Claims:
    """What the documents of a bundle claim; the checklist itself is no claim and is left out."""
    documents = [path for path in _documents(bundle) if path != checklist]
    texts = {path: text for path in documents if (text := bundle.text(path)) is not None}
    claiming = {path: text for path, text in texts.items() if path in CLAIMING}
    terms, place = _scope(texts)
    links = {path: markdown.links(text) for path, text in texts.items()}
    return Claims(
        documents=tuple(claiming),
        statuses=tuple(one for path, text in claiming.items() for one in statuses(path, text)),
        marks=tuple(one for path, text in texts.items() for one in _marks(path, text)),
        out_of_scope=terms,
        scope_place=place,
        links=sum(map(len, links.values())),
        findings=(*_links(links, bundle), *_claimed_anyway(claiming, terms), *_half_marks(texts)),
    )


def _documents(bundle: Bundle) -> Iterator[str]:
    for path in sorted(bundle.sizes):
        if path.endswith(".md") and (("/" not in path) or path.startswith("docs/")):
            yield path


def status_findings(
    claims: Claims, verdicts: Mapping[str, Judgement], ids: Collection[str], later: Collection[str] = ()
) -> Iterator[Finding]:
    """Statuses of one id that differ, and those that differ from its verdict.

    `ids` are the checklist's own, and `later` those of them that only sealing or the delivery decides:
    no other may be left to the delivery.
    """
    by_id: dict[str, list[Status]] = {}
    for status in claims.statuses:
        by_id.setdefault(status.id, []).append(status)
    sections = {item.partition(".")[0] for item in ids}
    for name, said in sorted(by_id.items()):
        first = [next((one for one in said if one.says is says), None) for says in Says]
        if len(differing := [one for one in first if one is not None]) > 1:
            one, other, *_ = differing
            detail = f"{name} is {one.words!r} here and {other.words!r} in {other.place}."
            yield Code.STATUSES_DIFFER.at(one.place, detail)
        if name in verdicts:
            yield from _against_verdict(name, said, verdicts[name], may_wait=name in later)
        elif name not in ids and name.partition(".")[0] in sections and "." in name:
            yield Code.UNKNOWN_ITEM.at(said[0].place, f"{name}.")


def _against_verdict(
    name: str, said: Iterable[Status], judgement: Judgement, *, may_wait: bool
) -> Iterator[Finding]:
    if judgement.awaits_delivery:
        return
    for status in said:
        is_true = may_wait if status.says is Says.LATER else (status.says is Says.DONE) == judgement.is_met
        if not is_true:
            detail = (
                f"{name} is {status.words!r} there and {judgement.verdict} by evidence: {judgement.reason}."
            )
            yield Code.NOT_THE_VERDICT.at(status.place, detail)


def number_findings(claims: Claims, numbers: Mapping[str, int]) -> Iterator[Finding]:
    """Numbers in claim marks that are not those of the evidence."""
    for mark in claims.marks:
        place = f"{mark.path}:{mark.line}"
        known = numbers.get(mark.key)
        if known is None:
            yield Code.UNKNOWN_NUMBER.at(place, f"{mark.key}.")
        elif number_of(mark.text) != known:
            yield Code.NUMBER_DIFFERS.at(
                place, f"{mark.key} is {known}, and {mark.text.strip()!r} is claimed."
            )


def numbers_of(bundle: Bundle, items: int) -> dict[str, int]:
    """Everything that evidence about this source counts, by `record.key`, and how many items the checklist has.

    How many are Done is no number that a document can hold: a ZIP and its delivery rightly differ in it.
    """
    numbers: dict[str, int] = {}
    if not bundle.unsound:
        here = [run for run in bundle.runs if run.git_tree == bundle.git_tree and run.attempt.counts]
        for run in sorted(here, key=lambda run: run.attempt.run):
            for counts in (*(command.counts for command in run.commands), run.counts):
                numbers |= {f"{run.name}.{key}": count for key, count in counts}
    numbers["checklist.items"] = items
    return numbers


def number_of(text: str) -> int | None:
    """The number in a text such as `1,234`; None for anything else."""
    bare = re.sub(r"[\s,_\u202f\u00a0]", "", markdown.plain(text))
    return int(bare) if bare.isascii() and bare.isdigit() else None


def _marks(path: str, text: str) -> Iterator[Mark]:
    for number, line in enumerate(markdown.outside_fences(text) if "<!--" in text else (), 1):
        for found in MARK.finditer(_without_code(line)):
            yield Mark(key=found["key"], text=found["text"], path=path, line=number)


def _half_marks(texts: Mapping[str, str]) -> Iterator[Finding]:
    for path, text in texts.items():
        for number, line in enumerate(markdown.outside_fences(text) if "<!--" in text else (), 1):
            for found in _HALF_MARK.finditer(MARK.sub("", _without_code(line))):
                yield Code.UNKNOWN_NUMBER.at(
                    f"{path}:{number}", f"The mark {found['key'].strip()!r} has no end."
                )


def _without_code(line: str) -> str:
    return re.sub(r"`[^`]*`", "", line)


def _scope(texts: Mapping[str, str]) -> tuple[tuple[str, ...], str | None]:
    """The terms of every such list, and where the first one stands."""
    terms: list[str] = []
    place = None
    for path, text in texts.items():
        # Most documents do not say the words at all, and finding headings takes longer than finding that out.
        for section in markdown.sections(text) if _SCOPE.search(text) else ():
            if _SCOPE.search(section.words):
                place = place or f"{path}:{section.line}"
                terms += filter(None, map(_term, section.body.split("\n")))
    return tuple(dict.fromkeys(terms)), place


def _term(line: str) -> str:
    found = _TERM.match(line)
    if found is None:
        return ""
    words = (found["bold"] or found["code"] or found["plain"] or "").strip(" :.*`")
    return words if len(words) > 2 else ""


def _claimed_anyway(texts: Mapping[str, str], terms: Iterable[str]) -> Iterator[Finding]:
    listed = [(term, re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)) for term in terms]
    for path, text in texts.items():
        inside = [
            range(section.line, section.line + section.body.count("\n") + 2)
            for section in markdown.sections(text)
            if _SCOPE.search(section.words)
        ]
        for number, line in enumerate(markdown.prose(text), 1):
            if any(number in lines for lines in inside) or _NEGATED.search(line):
                continue
            for term, pattern in listed:
                if pattern.search(line):
                    yield Code.OUT_OF_SCOPE.at(f"{path}:{number}", f"{term!r}.")


def _links(links: Mapping[str, tuple[markdown.Link, ...]], bundle: Bundle) -> Iterator[Finding]:
    own = repositories(bundle)
    anchors: dict[str, frozenset[str]] = {}
    for path, listed in links.items():
        for link in listed:
            yield from _link(path, link, bundle, own, anchors)


def _link(
    path: str, link: markdown.Link, bundle: Bundle, own: frozenset[str], anchors: dict[str, frozenset[str]]
) -> Iterator[Finding]:
    place = f"{path}:{link.line}"
    badge = _BADGE.search(link.target)
    if badge is not None:
        if not bundle.has(f".github/workflows/{badge['file']}"):
            yield Code.BROKEN_BADGE.at(place, badge["file"])
        return
    target = markdown.resolved(path, link.target)
    if target is None:
        target = markdown.own_path(link.target, own) if own else None
        if target is None:
            return
    if not re.search(r"[./]", link.target.partition("#")[0]) and not _is_there(target, bundle):
        return  # A bare word is a label of Sphinx and its like, not a path.
    if target.startswith("..") or not _is_there(target, bundle):
        yield Code.BROKEN_LINK.at(place, link.target)
        return
    name = link.target.partition("#")[2]
    text = bundle.text(target) if name and target.endswith(".md") else None
    if text is not None:
        if target not in anchors:
            anchors[target] = markdown.anchors(text)
        if name.lower() not in anchors[target] and not re.fullmatch(r"L\d+(-L\d+)?", name):
            yield Code.BROKEN_ANCHOR.at(place, link.target)


def _is_there(path: str, bundle: Bundle) -> bool:
    if not bundle.has_evidence and (path == EVIDENCE or path.startswith(f"{EVIDENCE}/")):
        return True  # It comes with the release.
    if _GENERATORS & bundle.sizes.keys() and any(bundle.has(path + ending) for ending in (".md", ".rst")):
        return True  # Sphinx and MkDocs take a page without its ending.
    folder = f"{path.rstrip('/')}/"
    return path == "" or bundle.has(path) or any(name.startswith(folder) for name in bundle.sizes)
