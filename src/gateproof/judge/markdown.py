"""What a Markdown document says: headings with what stands below them, links, tables; code left out."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+(?P<words>.*)")
_CLOSING = re.compile(r"(?:^|(?<=[ \t]))#+$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_INLINE = re.compile(
    r"(?P<picture>!?)\[(?P<words>(?:[^\[\]]|!?\[[^\[\]]*\]\([^()\s]*\)|\[[^\[\]]*\])*)\]"
    r"\([ \t]*(?:<(?P<angled>[^<>]*)>|(?P<plain>(?:[^()\s]|\([^()\s]*\))+))(?:[ \t]+[\"'(][^)]*)?[ \t]*\)"
)
_DEFINED = re.compile(r" {0,3}\[(?P<words>[^\]^][^\]]*)\]:[ \t]*<?(?P<target>[^\s>]+)>?")
_HTML = re.compile(
    r"<(?P<tag>a|img)\b[^<>]*?\b(?:href|src)\s*=\s*[\"'](?P<target>[^\"'<>]+)[\"']", re.IGNORECASE
)
_LINKED = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_AUTO = re.compile(r"<(?P<target>https?://[^\s<>]+)>")
_OWN = re.compile(
    r"https?://[^/\s]+/(?P<owner>[^/\s]+)/(?P<repository>[^/\s]+?)(?:\.git)?/(?:-/)?(?:blob|tree|raw|edit)/(?P<rest>.+)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link or a picture."""

    words: str
    target: str
    line: int
    is_picture: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading, and what stands below it up to the next one of its level."""

    words: str
    level: int
    line: int
    body: str


def prose(text: str) -> list[str]:
    """The lines with fenced code and comments emptied, so that line numbers stay."""
    if "<!--" in text:
        text = _without_comments(text)
    return outside_fences(text)


def _without_comments(text: str) -> str:
    """Each comment as its line ends. A pattern would read to the end from every beginning that has none."""
    kept, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end + 3
    return "".join([*kept, text[place:]])


def outside_fences(text: str) -> list[str]:
    """The lines with fenced code emptied."""
    if "```" not in text and "~~~" not in text:
        return [line.rstrip("\r") for line in text.split("\n")]
    lines, fence = [], ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
            lines.append("")
        elif mark:
            fence = mark[1]
            lines.append("")
        else:
            lines.append(line.rstrip("\r"))
    return lines


def sections(text: str) -> tuple[Section, ...]:
    """Every heading with its body; the body keeps its code, which may be what a section is there for."""
    lines, raw = prose(text), text.split("\n")
    heads = list(_heads(lines))
    ends = _ends([(number, level) for number, level, _, _ in heads], len(raw))
    return tuple(
        Section(words=words, level=level, line=number + 1, body="\n".join(raw[first:end]))
        for (number, level, words, first), end in zip(heads, ends, strict=True)
    )


def _ends(heads: list[tuple[int, int]], last: int) -> list[int]:
    """Where each heading's section ends: at the next one of its level or above. Found from the end, in one pass."""
    begins = dict.fromkeys(range(1, 7), last)
    ends = []
    for number, level in reversed(heads):
        ends.append(min(begins[above] for above in range(1, level + 1)))
        begins[level] = number
    return ends[::-1]


def _heads(lines: list[str]) -> Iterator[tuple[int, int, str, int]]:
    for number, line in enumerate(lines):
        if head := _HEADING.match(line):
            yield number, len(head["level"]), _heading_words(head["words"]), number + 1
        elif line.strip() and number + 1 < len(lines) and not line.lstrip().startswith(("|", "-", ">", "#")):
            under = _UNDERLINE.match(lines[number + 1])
            if under and len(under[1]) > 1:
                yield number, 1 if under[1][0] == "=" else 2, line.strip(), number + 2


def _heading_words(words: str) -> str:
    """The words without the row of # that may close them."""
    return _CLOSING.sub("", words.rstrip(" \t")).rstrip(" \t")


def links(text: str) -> tuple[Link, ...]:
    """Every link and picture, those inside link texts included; none in code."""
    found: list[Link] = []
    for number, line in enumerate(prose(text), 1):
        if "]" in line or "<" in line:
            found += _in_line(_CODE.sub("", line) if "`" in line else line, number)
    return tuple(found)


def _in_line(line: str, number: int) -> Iterator[Link]:
    for match in _INLINE.finditer(line):
        yield Link(
            words=match["words"],
            target=match["angled"] or match["plain"] or "",
            line=number,
            is_picture=bool(match["picture"]),
        )
        yield from _in_line(match["words"], number)
    for pattern in (_DEFINED, _HTML, _AUTO):
        for match in (
            pattern.finditer(line) if pattern is not _DEFINED else filter(None, [_DEFINED.match(line)])
        ):
            groups = match.groupdict()
            is_picture = (groups.get("tag") or "").lower() == "img"
            yield Link(
                words=groups.get("words") or "", target=match["target"], line=number, is_picture=is_picture
            )


def anchor(words: str) -> str:
    """The anchor that git hosts give a heading."""
    bare = _LINKED.sub(r"\1", words)
    kept = (c for c in bare.lower() if c in " -_" or unicodedata.category(c)[0] in "LNM")
    return "".join(kept).replace(" ", "-").strip()


def anchors(text: str) -> frozenset[str]:
    """Every anchor that a link into this document may name."""
    seen: dict[str, int] = {}
    found = {label.lower() for label in re.findall(r"^\(([\w-]+)\)=", text, re.MULTILINE)}
    found |= set(re.findall(r"\b(?:id|name)\s*=\s*[\"']([^\"']+)[\"']", text))
    for section in sections(text):
        name = anchor(section.words)
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.add(f"{name}-{count}" if count else name)
    return frozenset(found)


def resolved(source: str, target: str) -> str | None:
    """The path inside the ZIP that a relative target leads to, without its anchor; None for any other."""
    bare = unquote(target.partition("#")[0].partition("?")[0])
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", bare):
        return None
    if not bare:
        return source
    base = "" if bare.startswith("/") else posixpath.dirname(source)
    path = posixpath.normpath(posixpath.join(base, bare.lstrip("/")))
    return "" if path == "." else path


def own_path(target: str, repositories: frozenset[str]) -> str | None:
    """The path that an absolute link into the project's own repository leads to.

    `…/owner/name/blob/main/docs/x.md` is `docs/x.md`; a branch's own name may hold slashes, so the caller
    tries the shorter tails too.
    """
    found = _OWN.match(target)
    if found is None:
        return None
    name = f"{found['owner']}/{found['repository']}".lower()
    if repositories and name not in repositories:
        return None
    return unquote(found["rest"].partition("#")[0].partition("?")[0]).partition("/")[2] or None


def plain(words: str) -> str:
    """Words without their Markdown dress."""
    bare = _LINKED.sub(r"\1", words)
    return re.sub(r"[*_`~]+", "", bare).strip()
