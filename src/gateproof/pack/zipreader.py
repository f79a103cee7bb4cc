"""A strict reader of ZIP files that shares nothing with the writer.

    with open_zip(path) as zf:
        for entry in zf.entries:
            for block in zf.blocks(entry): ...
        assert not zf.findings

It needs no git, extracts nothing and holds no more than one block of contents in memory.
No findings means: every program that can read ZIPs sees the same names, modes and bytes in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from gateproof.errors import RefusedError, UnknownError
from gateproof.findings import Code, Notes
from gateproof.model import Finding
from gateproof.pack.zipchecks import LINK, STORED
from gateproof.pack.zipheaders import DEFAULT, Entry, Limits, Survey, survey

__all__ = ["DEFAULT", "Entry", "Limits", "StrictZip", "ZipLieError", "open_zip"]

BLOCK = 1 << 20
CHUNK = 1 << 18


class ZipLieError(RefusedError):
    """An entry's data is not what the listing says, or cannot be read safely; `finding` says how."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.code} {finding.path}: {finding.sentence}")
        self.finding = finding


def open_zip(path: Path, limits: Limits = DEFAULT) -> StrictZip:
    """Open a ZIP and read all of its headers.

    Raises UnknownError when the file cannot be read or is no ZIP at all.
    Everything else that is wrong is in `findings`.
    """
    try:
        # A pipe would block, so what is no plain file is not opened.
        if not path.is_file():
            raise UnknownError(f"{path} is not a file, so it cannot be read as a ZIP.")
        file = path.open("rb")
    except OSError as error:
        raise UnknownError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        surveyed = survey(file, limits)
        if surveyed is None:
            raise UnknownError(f"{path} is not a ZIP file.")
    except OSError as error:
        file.close()
        raise UnknownError(f"{path} cannot be read: {error.strerror}.") from None
    except BaseException:
        file.close()
        raise
    return StrictZip(file, surveyed)


class StrictZip:
    """An open ZIP: what it claims, and what is wrong with it. `open_zip` makes it."""

    def __init__(self, file: BinaryIO, surveyed: Survey) -> None:
        self._file = file
        self._refused = surveyed.refused
        self.findings: tuple[Finding, ...] = surveyed.findings
        self.entries: tuple[Entry, ...] = surveyed.entries
        self.folders: tuple[str, ...] = surveyed.folders
        """Names of the folder entries, with their final slash. git writes one for every folder."""
        self.comment: bytes = surveyed.comment
        """git writes the full commit id here."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def blocks(self, entry: Entry) -> Iterator[bytes]:
        """The contents in blocks of at most 1 MiB.

        Raises ZipLieError before the first block when the entry must not be read (a bomb, encrypted,
        overlapping), and after the last one when size or checksum are not those of the listing.
        A caller that stops early has verified nothing.
        """
        if entry.offset in self._refused:
            raise ZipLieError(self._refused[entry.offset])
        size = crc = 0
        for block in self._stored(entry) if entry.method == STORED else self._inflated(entry):
            size += len(block)
            crc = zlib.crc32(block, crc)
            if size > entry.size:
                break
            if entry.mode == LINK and (b"\0" in block or b"\n" in block):
                raise ZipLieError(Code.NOT_A_LINK.at(entry.name))
            yield block
        if size != entry.size:
            raise ZipLieError(Code.SIZE.at(entry.name))
        if crc != entry.crc:
            raise ZipLieError(Code.CRC.at(entry.name))

    def read(self, entry: Entry) -> bytes:
        """The whole contents at once, for small files. Raises ZipLieError as `blocks` does."""
        return b"".join(self.blocks(entry))

    def content_findings(self) -> tuple[Finding, ...]:
        """Read everything; what is wrong with the data, without what `findings` says already."""
        known = set(self.findings)
        notes = Notes()
        for entry in self.entries:
            try:
                for _ in self.blocks(entry):
                    pass
            except ZipLieError as lie:
                if lie.finding not in known:
                    notes.take(lie.finding)
        return notes.findings()

    def _stored(self, entry: Entry) -> Iterator[bytes]:
        place, left = entry.start, entry.compressed
        while left:
            # Two entries may be read in turns, so the place is never left to the file.
            self._file.seek(place)
            block = self._file.read(min(left, BLOCK))
            if not block:
                return
            yield block
            place, left = place + len(block), left - len(block)

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        place, stop = entry.start, entry.start + entry.compressed
        while not inflate.eof:
            data = inflate.unconsumed_tail
            if not data and place < stop:
                self._file.seek(place)
                data = self._file.read(min(stop - place, CHUNK))
                place += len(data)
            try:
                block = inflate.decompress(data, BLOCK)
            except zlib.error:
                raise ZipLieError(Code.STREAM.at(entry.name)) from None
            if block:
                yield block
            elif not data:
                raise ZipLieError(Code.STREAM.at(entry.name, "It has no end."))
        if inflate.unused_data or place < stop:
            raise ZipLieError(Code.STREAM.at(entry.name, "It has bytes after its end."))
