"""Where links lead, decided from names and targets alone, so that nothing has to be extracted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from gateproof.findings import Code
from gateproof.pack.inspect.rules import Caught, caught
from gateproof.pack.zipchecks import parents_of

MOST_HOPS = 40
"""As Linux has it; more is a circle."""

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")


class _EscapesError(Exception):
    """The way leads above the top."""


def link_findings(names: Collection[str], links: Mapping[str, str]) -> Iterator[Caught]:
    """What is wrong with `links`, path to target, among all packed `names`."""
    folders = parents_of(names) or ()
    places = {*names, *(folder.removesuffix("/") for folder in folders), ""}
    for name, target in links.items():
        if _ABSOLUTE.match(target):
            yield caught(Code.LINK_ABSOLUTE, name, f"It points to {target}.")
            continue
        try:
            end = _follow(name, links)
        except _EscapesError:
            yield caught(Code.LINK_ESCAPES, name, f"It points to {target}.")
            continue
        if end is None or end not in places:
            yield caught(Code.LINK_DANGLES, name, f"It points to {target}.")


def _follow(name: str, links: Mapping[str, str]) -> str | None:
    """The path that `name` comes to in the end; None for a circle. Raises _EscapesError on the way out."""
    hops = 0
    done: list[str] = []
    ahead = name.split("/")[::-1]
    while ahead:
        part = ahead.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not done:
                raise _EscapesError
            done.pop()
            continue
        done.append(part)
        target = links.get("/".join(done))
        if target is None:
            continue
        hops += 1
        if hops > MOST_HOPS:
            return None
        if _ABSOLUTE.match(target):
            raise _EscapesError
        done.pop()
        ahead.extend(target.replace("\\", "/").split("/")[::-1])
    return "/".join(done)
