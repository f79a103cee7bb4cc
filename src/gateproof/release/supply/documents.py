"""What a release says of its supply chain: bill of materials, licences, notices, advisories. From the source alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import gateproof
from gateproof.config import Settings
from gateproof.evidence.subject import EVIDENCE
from gateproof.git import git
from gateproof.record.ledger import records
from gateproof.release.supply import licences as recorded
from gateproof.release.supply.advisories import advisories_of
from gateproof.release.supply.keys import Key
from gateproof.release.supply.licences import Licences, Licensed
from gateproof.release.supply.licensing import UNKNOWN, effective
from gateproof.release.supply.locks import Lock, Pin, read_locks
from gateproof.release.supply.sbom import About, bill_of, pinned

BILL, LICENCES, NOTICES = "sbom.cdx.json", "licences.md", "third-party-notices.txt"
# Licences whose text is the same wherever it is printed: it has no place for a name.
_SAME_EVERYWHERE = ("Apache-2.0", "MPL-2.0", "LGPL-3.0-only")
_RULE = "=" * 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Supply:
    """The pins of one source, and their licences."""

    locks: tuple[Lock, ...]
    licences: Licences
    known: Mapping[Key, str]
    """The licence of each pin that has one, as it is judged."""
    about: About

    def sealed(self) -> dict[str, bytes]:
        """The documents that travel inside the ZIP, in `evidence/`, by name."""
        return {
            BILL: bill_of(self.locks, self.licences, self.about, self.known).encode(),
            LICENCES: _table(self).encode(),
        }


def supply_of(clone: Path, commit: str, settings: Settings, *, version: str, git_tree: str) -> Supply | None:
    """The supply chain of a commit that is checked out; None where nothing is pinned by locks.

    The moment of the documents is that of the commit, so that they are the same whenever they are made.
    Raises UnknownError for a lock or a record of licences that cannot be read.
    """
    folder = settings.pins.folder
    if not any((clone / folder).glob("*.txt")):
        return None
    record = recorded.load(clone, folder) or recorded.NONE
    said = git("show", "--no-patch", "--format=%cI", commit, cwd=clone).decode().strip()
    return Supply(
        locks=read_locks(clone, folder),
        licences=record,
        known={key: one for key, one in effective(record, settings.audit).items() if one},
        about=About(
            product=settings.product,
            version=version,
            source=git_tree,
            moment=datetime.fromisoformat(said),
            tool_version=gateproof.__version__,
        ),
    )


def sealed_documents(
    clone: Path, commit: str, settings: Settings, *, version: str, git_tree: str
) -> dict[str, bytes]:
    """The documents for `evidence/`, by name: bill, licences, and what the clone's ledger says of advisories."""
    supply = supply_of(clone, commit, settings, version=version, git_tree=git_tree)
    known = advisories_of(records(clone, git_tree=git_tree))
    return known | (supply.sealed() if supply else {})


def beside_documents(
    clone: Path, sealed: str, settings: Settings, *, version: str, git_tree: str
) -> dict[str, bytes]:
    """The documents beside the ZIP of a sealed commit, by name: its own bill, byte for byte, and the notices."""
    path = f"{EVIDENCE}/{BILL}"
    if not git("ls-tree", "--name-only", sealed, path, cwd=clone):
        return {}
    supply = supply_of(clone, sealed, settings, version=version, git_tree=git_tree)
    bill = {BILL: git("cat-file", "blob", f"{sealed}:{path}", cwd=clone)}
    return bill | ({NOTICES: notices(supply).encode()} if supply else {})


def notices(supply: Supply) -> str:
    """Every package with its licence, and below them every text, each once, with the packages that carry it."""
    pins = [pin for pin, _ in pinned(supply.locks)]
    packages = [(pin, supply.licences.by_key.get(pin.key)) for pin in pins]
    carriers: dict[str, list[str]] = {}
    for pin, package in packages:
        for file in package.files if package else ():
            carriers.setdefault(file.sha256, []).append(f"{pin}  {file.name}")
    head = [
        f"Third-party notices of {supply.about.product} {supply.about.version}",
        "",
        f"{len(pins)} packages are pinned. None is part of the source; each stays under its own licence.",
        "Texts and notices are printed below as the packages carry them, each once.",
        "",
    ]
    lines = [
        f"{pin}  {supply.known.get(pin.key, UNKNOWN)}{_without_text(supply, package)}"
        for pin, package in packages
    ]
    texts = [
        part
        for digest, named in sorted(carriers.items(), key=lambda one: one[1])
        for part in ("", _RULE, *named, _RULE, "", supply.licences.texts[digest])
    ]
    return "\n".join([*head, *lines, *texts]) + "\n"


def _without_text(supply: Supply, package: Licensed | None) -> str:
    if package is None:
        return "  (its package was not looked into)"
    if package.files:
        return ""
    licence = supply.known.get(package.key, "")
    same = [
        one
        for one in supply.licences.packages
        if len(one.files) == 1 and supply.known.get(one.key) == licence and licence in _SAME_EVERYWHERE
    ]
    # The longest is the licence itself; others may print only what points to it.
    other = max(same, key=lambda one: max(map(len, supply.licences.texts_of(one))), default=None)
    where = f"; the same text is below, as {other.name} carries it" if other else ""
    return f"  (its package carries no text{where})"


def _table(supply: Supply) -> str:
    rows = [_row(supply, pin, places) for pin, places in pinned(supply.locks)]
    lacking = sum(f"| {UNKNOWN} |" in row for row in rows)
    return "\n".join(
        [
            "# Licences of what is pinned",
            "",
            f"{len(rows)} packages in {len(supply.locks)} locks; the licence of {lacking} is unknown.",
            f"The texts are in `{NOTICES}` beside the ZIP, and in `{recorded.TEXTS}` beside the locks.",
            "",
            "| package | version | licence | follows from | texts | pinned in |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _row(supply: Supply, pin: Pin, places: Sequence[str]) -> str:
    package = supply.licences.by_key.get(pin.key)
    licence = supply.known.get(pin.key, UNKNOWN)
    determined = package is not None and licence not in (UNKNOWN, package.licence)
    basis = (
        "a person who read its texts"
        if determined
        else package.basis
        if package
        else "nothing: not looked into"
    )
    locks = ", ".join(place.rpartition("/")[2].removesuffix(".txt") for place in places)
    cells = (
        pin.name,
        pin.version,
        licence,
        basis.replace("|", "\\|"),
        str(len(package.files) if package else 0),
        locks,
    )
    return f"| {' | '.join(cells)} |"
