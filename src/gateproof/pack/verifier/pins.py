"""The sealed list of changed pins, held against the locks, the licences and the audits in the same ZIP."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateproof.evidence import layout
from gateproof.evidence.statement import VULNERABILITIES, Statement
from gateproof.evidence.subject import EVIDENCE, FILE, SourceFile
from gateproof.findings import printable
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.contents import Pack
from gateproof.pack.zipreader import ZipLieError

NAME = "pins.json"
PATH = f"{EVIDENCE}/{NAME}"
MOST = 4 << 20
"""Bytes of a lock or a record that is read; none comes near."""
FOLDER = "requirements"
"""In a folder of this name every `.txt` that pins something is a lock."""
_QUOTED = re.compile(r'"([^"\n]*)"')
_PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*===?\s*(?P<version>[^\s;\\#,]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """What one sealed audit knew, and to which day."""

    day: str
    known: frozenset[tuple[str, str]]
    """`name==version` and the id of an advisory."""

    def about(self, pin: str) -> set[str]:
        return {id_ for one, id_ in self.known if one == pin}


def audits(statements: Iterable[Statement]) -> Iterator[Audit]:
    """Every audit among signed statements; what is not understood is none."""
    for statement in statements:
        if statement.predicate_type != VULNERABILITIES:
            continue
        try:
            scanner: Any = statement.predicate["scanner"]
            known = frozenset(
                (str(about["package"]).removeprefix("pkg:pypi/").replace("@", "=="), str(one["id"]))
                for one in scanner["result"]
                for about in one["annotations"]
            )
            yield Audit(day=str(scanner["db"]["lastUpdate"])[:10], known=known)
        except (KeyError, TypeError, AttributeError):
            continue


def check_pins(pack: Pack, files: Iterable[SourceFile], known: Iterable[Audit]) -> None:
    """Look at the list, where there is one; each thing in it that this ZIP does not bear out is a finding."""
    if PATH not in pack.entries or (raw := pack.read(NAME)) is None:
        return
    try:
        wrong = list(_Check(pack, files, tuple(known)).of(json.loads(raw)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        wrong = [f"It cannot be read: {type(error).__name__}."]
    for sentence in wrong:
        pack.notes.take(Code.PINS.at(PATH, printable(sentence)))


class _Check:
    def __init__(self, pack: Pack, files: Iterable[SourceFile], known: tuple[Audit, ...]) -> None:
        self._pack = pack
        self._digests = {file.path: file.sha256 for file in files}
        self._known = known
        self._known_pins: dict[str, Mapping[str, set[str]]] = {}
        self._known_licences: dict[str, Mapping[str, set[str]]] = {}

    def of(self, said: Mapping[str, Any]) -> Iterator[str]:
        locks = said["locks"]
        for path, digest in locks.items():
            if self._digests.get(path) != digest:
                yield f"The lock {path} is not the one that it is about."
        folders = {posixpath.dirname(path) for path in locks}
        for path in self._digests:
            folder = posixpath.dirname(path)
            beside = posixpath.basename(folder) == FOLDER and folder in folders and path.endswith(".txt")
            if beside and path not in locks and self._pins(path):
                yield f"It does not know of the lock {path}."
        if said["changes"] is None and not said["unknown"]:
            yield "It has no list, and does not say why."
        for change in said["changes"] or ():
            for lock in change["locks"]:
                if lock not in locks and change["after"]:
                    yield f"It speaks of {lock}, which is none of its locks."
                yield from self._change(change, lock)

    def _change(self, change: Mapping[str, Any], lock: str) -> Iterator[str]:
        name = change["name"]
        now = [one["version"] for one in change["after"]]
        if lock.endswith(".txt") and self._pins(lock).get(name, set()) != set(now):
            yield f"{lock} does not pin {name} at {' / '.join(now) or 'nothing'}."
        licences = self._licences(posixpath.dirname(lock))
        for one in change["after"]:
            pin = f"{name}=={one['version']}"
            if one["licence"] is not None and one["licence"] not in licences.get(pin, ()):
                yield f"The licence of {pin} is not {one['licence']} in the record beside {lock}."
            if one["advisories"] is not None and not any(
                audit.day == one["asked"] and audit.about(pin) == set(one["advisories"])
                for audit in self._known
            ):
                yield f"No audit in the evidence says of {pin} what is said here."

    def _pins(self, path: str) -> Mapping[str, set[str]]:
        if path not in self._known_pins:
            found: dict[str, set[str]] = {}
            for line in self._text(path).splitlines():
                if pin := _PIN.match(line.strip()):
                    found.setdefault(re.sub(r"[-_.]+", "-", pin["name"]).lower(), set()).add(pin["version"])
            self._known_pins[path] = found
        return self._known_pins[path]

    def _licences(self, folder: str) -> Mapping[str, set[str]]:
        """By pin: what the record says, and what a person determined."""
        if folder not in self._known_licences:
            record = json.loads(self._text(posixpath.join(folder, "licences.json")) or '{"packages": []}')
            # Not read as TOML: a stranger's may be made to take for ever.
            blocks = self._text("pyproject.toml").split("[[tool.gateproof.audit.determined]]")[1:]
            said = [set(_QUOTED.findall(block.partition("\n[")[0])) for block in blocks]
            self._known_licences[folder] = {
                f"{one['name']}=={one['version']}": {str(one["licence"])}.union(
                    *(words for words in said if one["name"] in words)
                )
                for one in record["packages"]
            }
        return self._known_licences[folder]

    def _text(self, path: str) -> str:
        entry = self._pack.entries.get(path)
        if entry is None or entry.mode != FILE or entry.size > min(MOST, layout.MAX_ENVELOPES):
            return ""
        try:
            return self._pack.zip.read(entry).decode("utf-8-sig", "replace")
        except ZipLieError:
            return ""
