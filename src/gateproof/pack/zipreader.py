"""A strict reader of ZIP files, which shares nothing with the writer and believes no field that another contradicts.

    with open_zip(path) as zf:
        if not zf.findings:
            for entry in zf.entries:
                for block in zf.blocks(entry): ...

It needs no git, extracts nothing and holds no more than one block of contents in memory.
Clean means: every program that can read ZIPs sees the same names, modes and bytes in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from gateproof.errors import RefusedError, UnknownError
from gateproof.findings import Code, Notes
from gateproof.model import Finding
from gateproof.pack import zipchecks
from gateproof.pack.zipchecks import DEFLATED, FOLDER, LINK, STORED, STREAMED, Sizes
from gateproof.pack.zipend import Directory, find_directory
from gateproof.pack.ziprecords import (
    CENTRAL,
    CENTRAL_MAGIC,
    DESCRIPTOR,
    DESCRIPTOR64,
    DESCRIPTOR_MAGIC,
    END_MAGIC,
    FULL32,
    LOCAL,
    LOCAL_MAGIC,
    Central,
    Local,
)

BLOCK = 1 << 20
CHUNK = 1 << 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much a ZIP may claim. What is above is a finding, and its contents are not read."""

    entries: int = 200_000
    directory: int = 64 << 20
    """Bytes of the listing, which is the one thing read whole."""
    size: int = 1 << 30
    """Bytes of one entry."""
    total: int = 2 << 30
    """Bytes of all entries together."""
    ratio: int = 250
    """Size over compressed size, of entries above `ratio_from` bytes. Deflate itself ends at 1,032."""
    ratio_from: int = 16 << 20
    link: int = 4096
    """Bytes of a link's target."""


DEFAULT = Limits()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One file or link in a ZIP, as its listing describes it."""

    name: str
    """Bytes that are not UTF-8 stand in it as surrogates: `os.fsencode`-like, `encode("utf-8", "surrogateescape")`."""
    mode: int
    """Git's: 0o100644, 0o100755 or 0o120000."""
    size: int
    compressed: int
    crc: int
    method: int
    offset: int
    """Of its header."""
    start: int
    """Of its data."""


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
        if not path.is_file():
            raise UnknownError(f"{path} is not a file, so it cannot be read as a ZIP.")
        file = path.open("rb")
    except OSError as error:
        raise UnknownError(f"{path} cannot be read: {error.strerror or error}.") from None
    try:
        return StrictZip(file, path, limits)
    except OSError as error:
        file.close()
        raise UnknownError(f"{path} cannot be read: {error.strerror or error}.") from None
    except BaseException:
        file.close()
        raise


class StrictZip:
    """An open ZIP: what it claims (`entries`, `folders`, `comment`) and what is wrong with it (`findings`)."""

    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...]
    folders: tuple[str, ...]
    """Names of the folder entries, with their final slash. git writes one for every folder."""
    comment: bytes
    """git writes the full commit id here."""

    def __init__(self, file: BinaryIO, path: Path, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._notes = Notes()
        self._refused: dict[int, Finding] = {}
        self._spans: list[tuple[int, int]] = []
        self._length = file.seek(0, 2)
        self.entries, self.folders, self.comment = (), (), b""
        file.seek(0)
        magic = file.read(4)
        directory = find_directory(file, self._length, self._notes)
        if directory is None and not self._notes.findings():
            if magic not in (LOCAL_MAGIC, END_MAGIC):
                raise UnknownError(f"{path} is not a ZIP file.")
            self._notes.add(Code.TRUNCATED, "", "It has no end record.")
        if directory is not None:
            self.comment = directory.comment
            self._read(directory)
        self.findings = self._notes.findings()

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

        Raises ZipLieError, after the last block, when size or checksum are not the listed ones, and before the
        first one when the entry is one that must not be read (a bomb, encrypted, overlapping, out of place).
        """
        if entry.offset in self._refused:
            raise ZipLieError(self._refused[entry.offset])
        size = crc = 0
        for block in self._stored(entry) if entry.method == STORED else self._inflated(entry):
            size += len(block)
            crc = zlib.crc32(block, crc)
            if size > entry.size:
                break
            yield block
        if size != entry.size:
            raise ZipLieError(Code.SIZE.at(entry.name))
        if crc != entry.crc:
            raise ZipLieError(Code.CRC.at(entry.name))

    def read(self, entry: Entry) -> bytes:
        """The whole contents, at once: for small files. Raises ZipLieError as `blocks` does."""
        return b"".join(self.blocks(entry))

    def content_findings(self) -> tuple[Finding, ...]:
        """Read everything and say what was wrong with the data; what `findings` already says is not repeated."""
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

    # Reading the headers, once, while opening.

    def _read(self, directory: Directory) -> None:
        if directory.entries > self._limits.entries or directory.size > self._limits.directory:
            self._notes.add(
                Code.TOO_MANY, "", f"{directory.entries:,} in {directory.size:,} bytes of listing."
            )
            return
        entries: list[Entry] = []
        folders: list[str] = []
        records = 0
        for record, raw, extra in self._listing(directory):
            records += 1
            entry = self._entry(record, raw, extra, directory)
            if entry is None:
                continue
            if entry.mode == FOLDER:
                folders.append(entry.name)
            else:
                entries.append(entry)
        self.entries, self.folders = tuple(entries), tuple(folders)
        if records != directory.entries:
            self._notes.add(
                Code.END_RECORD, "", f"It counts {directory.entries:,} entries, the listing {records:,}."
            )
        self._judge_layout(directory)
        self._judge_names()
        self._judge_total()

    def _listing(self, directory: Directory) -> Iterator[tuple[Central, bytes, bytes]]:
        self._file.seek(directory.start)
        data = self._file.read(directory.size)
        place = 0
        while place < len(data):
            if place + CENTRAL.size > len(data) or data[place : place + 4] != CENTRAL_MAGIC:
                self._notes.add(
                    Code.END_RECORD, "", f"{len(data) - place:,} bytes of the listing are no entry."
                )
                return
            record = Central._make(CENTRAL.unpack_from(data, place))
            name = place + CENTRAL.size
            extra = name + record.name_length
            comment = extra + record.extra_length
            place = comment + record.comment_length
            if place > len(data):
                self._notes.add(Code.END_RECORD, "", "The last line of the listing is cut.")
                return
            yield record, data[name:extra], data[extra:comment]

    def _entry(self, record: Central, raw: bytes, extra: bytes, directory: Directory) -> Entry | None:
        name = zipchecks.decoded(raw)
        is_folder = raw.endswith(b"/")
        sizes, wrong_sizes = zipchecks.listed_sizes(record, extra)
        mode, wrong_mode = zipchecks.mode_of(record, is_folder)
        offset = sizes.offset + directory.shift
        complaints = [
            *zipchecks.name_complaints(raw, name, record.flags),
            *zipchecks.field_complaints(record),
            *(zipchecks.extra_complaints(extra, "listing") if extra else ()),
            *(wrong for wrong in (wrong_sizes, wrong_mode) if wrong),
        ]
        if is_folder and (sizes.size or sizes.compressed or record.crc):
            complaints.append((Code.LONE_FOLDER, "It has data."))
        if record.method == STORED and sizes.size != sizes.compressed:
            complaints.append((Code.SIZE, "Stored in another size than its own."))
        for code, detail in complaints:
            self._notes.add(code, name, detail)
        self._judge_size(name, mode, offset, record, sizes)
        start = self._own_header(name, record, sizes, raw, extra, offset, directory.start)
        if start is None:
            return None
        return Entry(
            name=name,
            mode=mode,
            size=sizes.size,
            compressed=sizes.compressed,
            crc=record.crc,
            method=record.method,
            offset=offset,
            start=start,
        )

    def _judge_size(self, name: str, mode: int, offset: int, record: Central, sizes: Sizes) -> None:
        limits = self._limits
        if record.method not in (STORED, DEFLATED):
            self._refused[offset] = Code.METHOD.at(name, f"Method {record.method}.")
        elif record.flags & zipchecks.ENCRYPTED:
            self._refused[offset] = Code.ENCRYPTED.at(name)
        elif sizes.size > limits.size:
            self._refuse(Code.TOO_BIG, name, offset, f"{sizes.size:,} bytes.")
        elif sizes.size > limits.ratio_from and sizes.size > limits.ratio * sizes.compressed:
            self._refuse(Code.RATIO, name, offset, f"{sizes.compressed:,} bytes to {sizes.size:,}.")
        elif mode == LINK and not 0 < sizes.size <= limits.link:
            self._refuse(Code.NOT_A_LINK, name, offset, f"{sizes.size:,} bytes.")

    def _refuse(self, code: Code, name: str, offset: int, detail: str) -> None:
        self._notes.add(code, name, detail)
        self._refused[offset] = code.at(name, detail)

    def _own_header(
        self, name: str, record: Central, sizes: Sizes, raw: bytes, extra: bytes, offset: int, stop: int
    ) -> int | None:
        """Compare the entry's own header and its descriptor with the listing; the place where its data starts."""
        header = b""
        if offset + LOCAL.size <= stop:
            self._file.seek(offset)
            header = self._file.read(LOCAL.size)
        if header[:4] != LOCAL_MAGIC:
            self._notes.add(Code.NO_LOCAL, name)
            return None
        local = Local._make(LOCAL.unpack(header))
        more = self._file.read(local.name_length + local.extra_length)
        own_raw, own_extra = more[: local.name_length], more[local.name_length :]
        if own_extra != extra:
            for code, detail in zipchecks.extra_complaints(own_extra, "header"):
                self._notes.add(code, name, detail)
        for code, detail in zipchecks.header_complaints(
            record, sizes, (raw, extra), local, (own_raw, own_extra)
        ):
            self._notes.add(code, name, detail)
        start = offset + LOCAL.size + local.name_length + local.extra_length
        end = start + sizes.compressed
        if end > stop:
            self._refuse(Code.OVERLAP, name, offset, "Its data would run into the listing.")
            end = start
        elif record.flags & STREAMED:
            end += self._descriptor(name, record, sizes, end)
        self._spans.append((offset, end))
        return start

    def _descriptor(self, name: str, record: Central, sizes: Sizes, place: int) -> int:
        layout = DESCRIPTOR64 if max(sizes.size, sizes.compressed) >= FULL32 else DESCRIPTOR
        self._file.seek(place)
        data = self._file.read(layout.size)
        expected = layout.pack(DESCRIPTOR_MAGIC, record.crc, sizes.compressed, sizes.size)
        if data != expected:
            self._notes.add(Code.DESCRIPTOR, name)
        return layout.size

    def _judge_layout(self, directory: Directory) -> None:
        """Every byte from the first to the listing belongs to exactly one entry."""
        at = directory.shift
        for offset, end in [*sorted(self._spans), (directory.start, directory.start)]:
            if offset > at:
                code = Code.BYTES_BEFORE if at == directory.shift else Code.HIDDEN_BYTES
                self._notes.add(code, "", f"{offset - at:,} bytes at {at:,}.")
            elif offset < at:
                self._notes.add(Code.OVERLAP, "", f"{at - offset:,} bytes at {offset:,}.")
                self._refused.setdefault(offset, Code.OVERLAP.at("", f"{at - offset:,} bytes at {offset:,}."))
            at = max(at, end)

    def _judge_names(self) -> None:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.name in seen:
                self._notes.add(Code.DUPLICATE, entry.name)
            seen.add(entry.name)
        needed = {parent for name in seen for parent in _parents(name)}
        for name in sorted(needed & {f"{name}/" for name in seen}):
            self._notes.add(Code.FILE_AND_FOLDER, name.removesuffix("/"))
        folders: set[str] = set()
        for name in self.folders:
            if name in folders:
                self._notes.add(Code.DUPLICATE, name)
            elif name not in needed:
                self._notes.add(Code.LONE_FOLDER, name)
            folders.add(name)
        if not seen:
            self._notes.add(Code.EMPTY, "")

    def _judge_total(self) -> None:
        total = sum(entry.size for entry in self.entries)
        if total > self._limits.total:
            finding = Code.TOO_BIG.at("", f"{total:,} bytes in all.")
            self._notes.add(Code.TOO_BIG, "", f"{total:,} bytes in all.")
            self._refused.update({entry.offset: finding for entry in self.entries})


def _parents(name: str) -> Iterator[str]:
    """`a/b/c` is in `a/` and in `a/b/`."""
    place = name.find("/")
    while 0 <= place < len(name) - 1:
        yield name[: place + 1]
        place = name.find("/", place + 1)
