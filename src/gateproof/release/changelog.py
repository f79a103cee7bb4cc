"""The changelog, in the form of Keep a Changelog: read, and given its next release, with every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from gateproof.errors import RefusedError
from gateproof.judge.markdown import prose

CHANGELOG = "CHANGELOG.md"
UNRELEASED = "Unreleased"

_HEADING = re.compile(
    r"##[ \t]+\[?(?P<name>[^\]\s]+)\]?(?:\([^)]*\))?"
    r"(?:[ \t]+(?:[-\u2013\u2014][ \t]+)?(?P<date>\d{4}-\d\d-\d\d))?[ \t]*(?P<rest>.*)"
)
_LINK = re.compile(r" {0,3}\[(?P<name>[^\]]+)\]:[ \t]*(?P<target>\S+)")
_COMPARE = re.compile(r"(?P<base>.+/compare/)(?P<old>.+?)(?P<dots>\.{2,3})(?P<new>[^.][^/]*)")
_SAYS_NOTHING = re.compile(r"\s*(?:#.*|[-*+]\s*|<!--.*-->)?\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One release, or what is not released yet."""

    name: str
    """The version, or `Unreleased`."""
    day: date | None
    heading: str
    """The whole line, with its end."""
    body: str
    """Everything below it, up to the next one."""

    @property
    def is_unreleased(self) -> bool:
        return self.name.casefold() == UNRELEASED.casefold()

    @property
    def is_empty(self) -> bool:
        """Whether it tells nobody anything: headings, comments and bare bullets do not."""
        return all(_SAYS_NOTHING.fullmatch(line) for line in prose(self.body))


@dataclass(frozen=True, kw_only=True, slots=True)
class Changelog:
    """A changelog in parts that make the whole again, byte for byte."""

    preamble: str
    sections: tuple[Section, ...]
    """The newest first, as they are written."""
    links: str
    """The link definitions at the end."""

    def render(self) -> str:
        """The text, which `parse` reads back to the same."""
        listed = "".join(section.heading + section.body for section in self.sections)
        return f"{self.preamble}{listed}{self.links}"

    def section(self, name: str) -> Section | None:
        """The section of a version."""
        return next((one for one in self.sections if one.name == name), None)

    def released(self, version: str, day: date, *, tag: str = "") -> Changelog:
        """The changelog in which what was unreleased is `version`, above it an empty place for what comes next.

        Links that compare with the newest state compare with `tag` from now on.
        Raises RefusedError that names everything that is wrong: nothing unreleased, an empty one, a version
        that is there already, a comment that would swallow the new heading.
        """
        waiting = [one for one in self.sections if one.is_unreleased]
        mistakes = [
            *([f"it has no section [{UNRELEASED}]"] if not waiting else []),
            *([f"it has {len(waiting)} sections [{UNRELEASED}]"] if len(waiting) > 1 else []),
            *([f"its section [{UNRELEASED}] says nothing"] if any(one.is_empty for one in waiting) else []),
            *([f"it has a section {version} already"] if self.section(version) else []),
        ]
        if mistakes:
            raise RefusedError(
                f"{CHANGELOG} cannot become that of {version}: {'; '.join(mistakes)}. "
                "Write there what users of the release will notice, and commit it."
            )
        sections = (
            part
            for one in self.sections
            for part in (_released(one, version, day) if one.is_unreleased else [one])
        )
        new = replace(
            self, sections=tuple(sections), links=_linked(self.links, version, tag or f"v{version}")
        )
        if parse(new.render()) != new:
            raise RefusedError(
                f"{CHANGELOG} cannot become that of {version}: a comment or a code block around [{UNRELEASED}] "
                "would swallow the new heading; close it within its section."
            )
        return new


def parse(text: str) -> Changelog:
    """A changelog in its parts; any text is one, if need be without a section."""
    lines = _lines(text)
    bare = prose(text)[: len(lines)]
    end = _links_begin(lines, bare)
    heads = [(number, found) for number in range(end) if (found := _HEADING.fullmatch(bare[number]))]
    stops = [*(number for number, _ in heads[1:]), end]
    return Changelog(
        preamble="".join(lines[: heads[0][0] if heads else end]),
        sections=tuple(
            Section(
                name=found["name"],
                day=_day(found["date"]),
                heading=lines[head],
                body="".join(lines[head + 1 : stop]),
            )
            for (head, found), stop in zip(heads, stops, strict=bool(heads))
        ),
        links="".join(lines[end:]),
    )


def _lines(text: str) -> list[str]:
    """Lines with their ends. `splitlines` would also split at form feeds and the like, which Markdown does not."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def _end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :] or "\n"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _links_begin(lines: list[str], bare: list[str]) -> int:
    """The number of the line at which the last run of link definitions begins; behind the end where there is none."""
    begin = len(lines)
    for number in reversed(range(len(lines))):
        if _LINK.match(bare[number]):
            begin = number
        elif lines[number].strip():
            break
    return begin


def _released(section: Section, version: str, day: date) -> Iterator[Section]:
    """The empty section that comes next, and the one that this one becomes."""
    end = _end_of(section.heading)
    name = f"[{version}]" if f"[{section.name}]" in section.heading else version
    yield replace(section, body=end)
    yield Section(name=version, day=day, heading=f"## {name} - {day.isoformat()}{end}", body=section.body)


def _linked(links: str, version: str, tag: str) -> str:
    """The link definitions with that of the new version below the one that compares with the newest state."""
    lines = []
    for line in _lines(links):
        found = _LINK.match(line)
        compared = _COMPARE.fullmatch(found["target"]) if found else None
        if found is None or compared is None or found["name"].casefold() != UNRELEASED.casefold():
            lines.append(line)
            continue
        end = _end_of(line)
        base, dots = compared["base"], compared["dots"]
        lines.append(f"[{found['name']}]: {base}{tag}{dots}{compared['new']}{end}")
        lines.append(f"[{version}]: {base}{compared['old']}{dots}{tag}{end}")
    return "".join(lines)
