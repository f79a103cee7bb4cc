"""Proofs about the proofs: no empty file, readable text, pictures that decode, nothing unindexed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from gateproof.evidence import layout
from gateproof.evidence.subject import EVIDENCE
from gateproof.judge import markdown
from gateproof.judge.bundle import Bundle
from gateproof.judge.case import Case
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.kinds.files import leads_to
from gateproof.judge.pictures import picture_problem
from gateproof.judge.project import repositories
from gateproof.judge.verdict import Judgement, by_sealing, met, unmet, unproven

_ARGUMENT = re.compile(r"(?P<check>[a-z0-9-]+)(?: in (?P<folder>[\w./-]+?))?/?(?: by (?P<index>[\w./-]+))?")
_PICTURES = (".png", ".jpg", ".jpeg")
_BINARY = (*_PICTURES, ".gif", ".webp", ".pdf", ".zip", ".gz", ".ico", ".woff", ".woff2", ".mp4", ".webm")
_OWN = frozenset({layout.INDEX, layout.PAGE, layout.SUMS, layout.SUMS_SIGNATURE})

Check = Callable[[str, Bundle], str]
"""What is wrong with a file, or nothing."""


def _evidence(argument: str, case: Case) -> Judgement:
    asked = _ARGUMENT.fullmatch(argument)
    if asked is None:
        return unproven(f"{argument!r} asks nothing")
    folder = asked["folder"] or EVIDENCE
    files = case.bundle.below(folder)
    if not files:
        is_to_come = folder == EVIDENCE and not case.bundle.is_sealed
        return (
            by_sealing(f"there is no {EVIDENCE}/ yet")
            if is_to_come
            else unproven(f"there is no {folder}/ in the ZIP")
        )
    if asked["check"] == "indexed":
        return _indexed(asked["index"] or f"{folder}/{layout.INDEX}", folder, files, case.bundle)
    check, about = CHECKS[asked["check"]]
    looked_at = [path for path in files if about(path)]
    if not looked_at:
        return unproven(f"{folder}/ holds no file that this is about")
    wrong = [(path, why) for path in looked_at if (why := check(path, case.bundle))]
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return unmet(f"{wrong[0][0]}: {wrong[0][1]}{more}", *(path for path, _ in wrong[:10]))
    return met(f"{len(looked_at):,} files of {folder}/ hold: {SENTENCES[asked['check']]}", folder)


def _not_empty(path: str, bundle: Bundle) -> str:
    if not bundle.sizes[path]:
        return "it is empty"
    if bundle.sizes[path] < 4096 and not bundle.read(path).strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return "it holds nothing but blanks"
    return ""


def _utf_8(path: str, bundle: Bundle) -> str:
    raw = bundle.read(path)
    if encoding := _encoding(raw):
        return f"it is {encoding}; capture it as UTF-8"
    if b"\0" in raw:
        return "it holds NUL bytes"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"it is not UTF-8 (byte {error.start})"
    return ""


def _encoding(raw: bytes) -> str:
    """The name of another Unicode encoding, by its mark or by where its NULs stand."""
    marks = ((b"\xff\xfe\0\0", "UTF-32-LE"), (b"\0\0\xfe\xff", "UTF-32-BE"), (b"\xff\xfe", "UTF-16-LE"))
    for mark, name in (*marks, (b"\xfe\xff", "UTF-16-BE")):
        if raw.startswith(mark):
            return name
    head = raw[:512]
    odd, even = head[1::2], head[::2]
    if len(head) >= 4 and odd.count(0) > len(odd) * 0.6 and even.count(0) < len(even) * 0.1:
        return "UTF-16-LE without a mark"
    if len(head) >= 4 and even.count(0) > len(even) * 0.6 and odd.count(0) < len(odd) * 0.1:
        return "UTF-16-BE without a mark"
    return ""


def _decodes(path: str, bundle: Bundle) -> str:
    return picture_problem(bundle.read(path))


def _is_sealed_kind(path: str, bundle: Bundle) -> str:
    del bundle
    inside = path.partition(f"{EVIDENCE}/")[2]
    return "" if layout.kind_of(inside) else "it is nothing that sealing writes"


def _indexed(index: str, folder: str, files: tuple[str, ...], bundle: Bundle) -> Judgement:
    text = bundle.text(index)
    if text is None:
        return unmet(f"there is no proof index {index}")
    own = repositories(bundle)
    targets = [link.target for link in markdown.links(text)]
    named = {path for target in targets if (path := markdown.resolved(index, target)) is not None}
    listed = {path for path in files if path in named or any(leads_to(index, t, path, own) for t in targets)}
    missing = sorted(set(files) - listed - {index} - {f"{folder}/{name}" for name in _OWN})
    dangling = sorted(path for path in named if path.startswith(f"{folder}/") and not _is_there(path, bundle))
    if dangling:
        return unmet(f"{index} links to {dangling[0]}, which is not there", index)
    if missing:
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        return unmet(f"{index} does not link {missing[0]}{more}", index)
    return met(f"{index} links all {len(listed)} files of {folder}/", index)


def _is_there(path: str, bundle: Bundle) -> bool:
    return bundle.has(path) or any(True for _ in bundle.below(path))


def _pictures(argument: str, case: Case) -> Judgement:
    subjects = [part.strip().lower() for part in argument.split(",")]
    if not case.bundle.is_sealed and not case.bundle.has_evidence:
        return by_sealing(f"there is no {EVIDENCE}/ yet")
    pictures = [path for path in sorted(case.bundle.sizes) if path.lower().endswith(_PICTURES)]
    sealed = [path for path in pictures if path.startswith(f"{EVIDENCE}/")]
    found: list[str] = []
    for subject in subjects:
        ours = [path for path in sealed if subject in re.split(r"[^a-z0-9]+", path.lower())]
        if not ours:
            elsewhere = next((path for path in pictures if subject in path.lower()), "")
            hint = f"; {elsewhere} is not in evidence/" if elsewhere else ""
            return unproven(f"there is no screenshot of {subject} in evidence/{hint}")
        for path in ours:
            if problem := picture_problem(case.bundle.read(path)):
                return unmet(f"{path}: {problem}", path)
        found += ours
    if case.bundle.unsound:
        return unproven("the sealed evidence is not sound, so its pictures show nothing")
    return met(f"{len(found)} screenshots decode", *found[:10])


def _texts(path: str) -> bool:
    return not path.lower().endswith(_BINARY)


CHECKS: Mapping[str, tuple[Check, Callable[[str], bool]]] = {
    "not-empty": (_not_empty, lambda path: True),
    "utf-8": (_utf_8, _texts),
    "pictures": (_decodes, lambda path: path.lower().endswith(_PICTURES)),
    "only-sealed": (_is_sealed_kind, lambda path: True),
}
SENTENCES: Mapping[str, str] = {
    "not-empty": "none is empty",
    "utf-8": "each is UTF-8 text without NUL",
    "pictures": "each decodes",
    "only-sealed": "each is of a kind that sealing writes",
}


def _check(argument: str) -> str | None:
    asked = _ARGUMENT.fullmatch(argument)
    if asked and (asked["check"] in CHECKS or asked["check"] == "indexed"):
        return None
    return f"evidence is asked about as {', '.join(_names())}, such as `evidence: utf-8 in docs/proof`"


def _names() -> Iterator[str]:
    yield from CHECKS
    yield "indexed"


def _folder(argument: str) -> str:
    asked = _ARGUMENT.fullmatch(argument)
    return (asked and asked["folder"]) or EVIDENCE


def _check_pictures(argument: str) -> str | None:
    wrong = [part for part in argument.split(",") if not re.fullmatch(r"\s*[a-z0-9]+\s*", part.lower())]
    return f"{wrong[0].strip()!r} is not one word that a screenshot's name could hold" if wrong else None


EVIDENCE_KIND = Kind(
    name="evidence",
    sentence="The proof files are not empty, readable, decodable, indexed, or only what sealing writes.",
    example="evidence: indexed in docs/proof by docs/proof_index.md",
    judge=_evidence,
    check=_check,
    is_later=lambda argument: _folder(argument) == EVIDENCE,
)
PICTURES = Kind(
    name="pictures",
    sentence="The sealed evidence has a screenshot of each of these, and it decodes.",
    example="pictures: admin, ops, analyst, customer",
    judge=_pictures,
    check=_check_pictures,
    is_later=lambda argument: True,
)
