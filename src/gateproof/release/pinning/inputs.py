"""What `.in` files ask for: their requirements, what they include, and one digest of all of it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from packaging.requirements import InvalidRequirement, Requirement

from gateproof.errors import UsageError
from gateproof.model import Finding
from gateproof.release.pinning.codes import Code
from gateproof.release.pinning.locks import body_of, digest_of, logical_lines

Texts = Mapping[str, str]
"""The text of every `.in` and `.txt` of the folder, by path with `/` from the repository's top."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One `.in` file."""

    path: str
    wanted: tuple[Requirement, ...]
    includes: tuple[str, ...]
    """Files named by `-r` and `-c`, by path from the repository's top."""
    findings: tuple[Finding, ...]


def read_input(path: str, texts: Texts) -> Input:
    """Read an `.in` file; what is not understood is a finding, as is a file that it includes and that is not there."""
    wanted: list[Requirement] = []
    includes: list[str] = []
    findings: list[Finding] = []
    for number, line in logical_lines(texts[path]):
        option, _, name = line.partition(" ")
        if option in {"-r", "-c", "--requirement", "--constraint"}:
            included = posixpath.normpath(posixpath.join(posixpath.dirname(path), name.strip()))
            includes.append(included)
            if included not in texts:
                findings.append(Code.NOT_UNDERSTOOD.at(f"{path}:{number}", f"{name.strip()} is not there."))
            continue
        try:
            asked = Requirement(line)
        except InvalidRequirement:
            findings.append(Code.NOT_UNDERSTOOD.at(f"{path}:{number}", line))
            continue
        if asked.url:
            findings.append(Code.NOT_UNDERSTOOD.at(f"{path}:{number}", line))
        wanted.append(asked)
    return Input(path=path, wanted=tuple(wanted), includes=tuple(includes), findings=tuple(findings))


def all_wanted(path: str, texts: Texts) -> tuple[Requirement, ...]:
    """Every requirement of an `.in` file, those of the `.in` files that it includes among them."""
    reached = (each for each in sorted(_reached(path, texts)) if each.endswith(".in") and each in texts)
    inputs = (read_input(each, texts) for each in reached)
    return tuple(one for each in inputs for one in each.wanted)


def inputs_digest(path: str, texts: Texts) -> str:
    """SHA-256 of everything that the lock of `path` follows from: the file, and what it includes.

    An included lock counts by its pins, not by its stamp.
    """
    return digest_of(
        "".join(f"{each}\0{body_of(texts.get(each, ''))}\0" for each in sorted(_reached(path, texts)))
    )


def in_order(texts: Texts) -> tuple[str, ...]:
    """The `.in` files, each after the locks that it is held to. Raises UsageError for a circle."""
    graph = {
        path: {lock_input(each) for each in _reached(path, texts)} & (texts.keys() - {path})
        for path in sorted(texts)
        if path.endswith(".in")
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        raise UsageError(
            f"These include each other: {' -> '.join(circle.args[1])}; cut the circle."
        ) from None


def lock_of(path: str) -> str:
    """`requirements/store.in` is pinned by `requirements/store.txt`."""
    return path.removesuffix(".in") + ".txt"


def lock_input(path: str) -> str:
    """The `.in` file that a lock, or an `.in` file itself, stands for."""
    return path.removesuffix(".txt") + ".in" if path.endswith(".txt") else path


def _reached(path: str, texts: Texts) -> set[str]:
    seen: set[str] = set()
    ahead = [path]
    while ahead:
        each = ahead.pop()
        if each not in seen:
            seen.add(each)
            ahead += read_input(each, texts).includes if each.endswith(".in") and each in texts else ()
    return seen
