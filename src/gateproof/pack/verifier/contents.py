"""Every file of a ZIP, read once and digested, and what SHA256SUMS says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateproof.evidence import layout, sshsig
from gateproof.evidence.contents import Check
from gateproof.evidence.keys import PublicKey
from gateproof.evidence.subject import EVIDENCE, FILE, SYMLINK, SourceFile, digest, subject_of
from gateproof.evidence.sums import read_sums
from gateproof.findings import Notes
from gateproof.model import Subject
from gateproof.pack.verifier.codes import Code
from gateproof.pack.zipreader import Entry, StrictZip, ZipLieError


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """An open ZIP whose structure is sound."""

    zip: StrictZip
    entries: dict[str, Entry]
    notes: Notes

    @classmethod
    def of(cls, opened: StrictZip, notes: Notes) -> Pack:
        """The pack in an open ZIP without findings."""
        return cls(zip=opened, entries={entry.name: entry for entry in opened.entries}, notes=notes)

    def read(self, inside: str) -> bytes | None:
        """A file of `evidence/` whole; None, with a finding, when it is not there, too large or damaged."""
        path = f"{EVIDENCE}/{inside}"
        entry = self.entries.get(path)
        if entry is None or entry.mode != FILE:
            self.notes.take(Code.NOT_SEALED.at(path))
        elif entry.size > (layout.MAX_SUMS if inside == layout.SUMS else layout.MAX_ENVELOPES):
            self.notes.take(Code.UNREADABLE.at(path, f"It has {entry.size:,} bytes, too many to be read."))
        else:
            try:
                return self.zip.read(entry)
            except ZipLieError as lie:
                self.notes.take(lie.finding)
        return None

    def evidence(self) -> Iterator[str]:
        """Every path inside `evidence/`."""
        start = f"{EVIDENCE}/"
        return (name.removeprefix(start) for name in self.entries if name.startswith(start))


def read_files(pack: Pack) -> tuple[SourceFile, ...]:
    """Digest every file once, in blocks, and look at those of `evidence/` on the way."""
    return tuple(filter(None, (_digest(pack, entry) for entry in pack.zip.entries)))


def read_subject(pack: Pack, files: Iterable[SourceFile]) -> Subject | None:
    """The source that these files are; None, with a finding, when they can be none."""
    try:
        return subject_of(files)
    except ValueError as error:
        pack.notes.take(Code.NO_TREE.at("", f"{error}."))
        return None


def read_seal(pack: Pack) -> tuple[dict[str, str] | None, PublicKey | None]:
    """What SHA256SUMS lists and the key that signed it; None, with a finding, for what is not valid."""
    raw, armored = pack.read(layout.SUMS), pack.read(layout.SUMS_SIGNATURE)
    sums = None
    if raw is None or armored is None:
        return None, None
    try:
        sums = read_sums(raw)
    except ValueError as error:
        pack.notes.take(Code.SUMS_FORM.at(f"{EVIDENCE}/{layout.SUMS}", f"{error}."))
    try:
        signature = sshsig.read(armored)
        if not signature.verifies([raw], namespace=sshsig.FOR_PACKS):
            raise ValueError(f"it is not one over these bytes for {sshsig.FOR_PACKS}")
    except ValueError as error:
        pack.notes.take(Code.SUMS_SIGNATURE.at(f"{EVIDENCE}/{layout.SUMS_SIGNATURE}", f"{error}."))
        return sums, None
    return sums, signature.key


def compare_sums(pack: Pack, files: Iterable[SourceFile], sums: dict[str, str]) -> None:
    """Both ways: every file is listed with its digest, and everything listed is there.

    Links are left out, as `sha256sum` follows them; gitTree and dirHash cover them.
    """
    own = {f"{EVIDENCE}/{layout.SUMS}", f"{EVIDENCE}/{layout.SUMS_SIGNATURE}"}
    found = {file.path: file.sha256 for file in files if file.mode != SYMLINK and file.path not in own}
    for path in sorted(found.keys() & sums.keys()):
        if found[path] != sums[path]:
            pack.notes.take(Code.CHANGED.at(path))
    for path in sorted(sums.keys() - found.keys()):
        pack.notes.take(Code.MISSING.at(path))
    for path in sorted(found.keys() - sums.keys()):
        pack.notes.take(Code.UNLISTED.at(path))


def _digest(pack: Pack, entry: Entry) -> SourceFile | None:
    try:
        return digest(entry.name, entry.mode, entry.size, _watched(pack, entry))
    except ZipLieError as lie:
        pack.notes.take(lie.finding)
        return None


def _watched(pack: Pack, entry: Entry) -> Iterator[bytes]:
    """The blocks of an entry; what is wrong with a file of `evidence/` is noted, and the digest goes on."""
    check = _check_for(pack, entry)
    for block in pack.zip.blocks(entry):
        check = _look(pack, entry, check, block)
        yield block
    _look(pack, entry, check, None)


def _check_for(pack: Pack, entry: Entry) -> Check | None:
    if not entry.name.startswith(f"{EVIDENCE}/"):
        return None
    kind = layout.kind_of(entry.name.removeprefix(f"{EVIDENCE}/"))
    if kind is None or entry.mode != FILE:
        pack.notes.take(Code.FOREIGN_FILE.at(entry.name))
        return None
    return Check(kind)


def _look(pack: Pack, entry: Entry, check: Check | None, block: bytes | None) -> Check | None:
    if check is None:
        return None
    try:
        if block is None:
            check.end()
        else:
            check.feed(block)
    except ValueError as error:
        pack.notes.take(Code.UNREADABLE.at(entry.name, f"{error}."))
        return None
    return check
