"""All headers of a ZIP, read once and held against each other: the listing, the entries' own, the layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much a ZIP may claim. What is above is a finding, and its contents are not read."""

    entries: int = 100_000
    directory: int = 64 << 20
    """Bytes of the listing, which is the one thing read whole."""
    folders: int = 16 << 20
    """Bytes of the names of all folders, each counted in full. Linux, the kernel, has 200 KB."""
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
    """`encode("utf-8", "surrogateescape")` gives the exact bytes back, also those that are not UTF-8."""
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What the headers say, and what is wrong with them."""

    entries: tuple[Entry, ...] = ()
    folders: tuple[str, ...] = ()
    comment: bytes = b""
    refused: Mapping[int, Finding]
    """By offset: the entries whose data must not be read, and why."""
    findings: tuple[Finding, ...]


class _Line(NamedTuple):
    """A line of the listing with its name and its extra fields."""

    record: Central
    raw: bytes
    name: str
    extra: bytes
    sizes: Sizes
    offset: int


def survey(file: BinaryIO, limits: Limits) -> Survey | None:
    """Read every header in `file`. None when it is no ZIP at all."""
    notes = Notes()
    length = file.seek(0, 2)
    file.seek(0)
    magic = file.read(4)
    directory = find_directory(file, length, notes)
    if directory is None:
        if not notes.findings():
            if magic not in (LOCAL_MAGIC, END_MAGIC):
                return None
            notes.add(Code.TRUNCATED, "", "It has no end record.")
        return Survey(refused={}, findings=notes.findings())
    if directory.entries > limits.entries or directory.size > limits.directory:
        notes.add(Code.TOO_MANY, "", f"{directory.entries:,} in {directory.size:,} bytes of listing.")
        return Survey(comment=directory.comment, refused={}, findings=notes.findings())
    return _Surveyor(file, limits, directory, notes).survey()


class _Surveyor:
    """The state of one pass over the headers."""

    def __init__(self, file: BinaryIO, limits: Limits, directory: Directory, notes: Notes) -> None:
        self.file = file
        self.limits = limits
        self.directory = directory
        self.notes = notes
        self.refused: dict[int, Finding] = {}
        self.spans: list[tuple[int, int]] = []
        """Where each entry begins and ends, descriptor included."""

    def survey(self) -> Survey:
        entries: list[Entry] = []
        folders: list[str] = []
        lines = 0
        for line in self.listing():
            lines += 1
            entry = self.entry(line)
            if entry is None:
                continue
            if entry.mode == FOLDER:
                folders.append(entry.name)
            else:
                entries.append(entry)
        claimed = self.directory.entries
        if lines != claimed:
            self.notes.add(Code.END_RECORD, "", f"It counts {claimed:,} entries, the listing {lines:,}.")
        self.judge_layout()
        self.judge_total(entries)
        names = [entry.name for entry in entries]
        parents = zipchecks.parents_of(names, self.limits.folders)
        if parents is None:
            self.notes.add(Code.TOO_MANY, "", "Its folders are nested too deeply.")
            return Survey(comment=self.directory.comment, refused={}, findings=self.notes.findings())
        for code, name in zipchecks.listing_complaints(names, folders, parents):
            self.notes.add(code, name)
        return Survey(
            entries=tuple(entries),
            folders=tuple(folders),
            comment=self.directory.comment,
            refused=self.refused,
            findings=self.notes.findings(),
        )

    def listing(self) -> Iterator[_Line]:
        self.file.seek(self.directory.start)
        data = self.file.read(self.directory.size)
        place = 0
        while place < len(data):
            if place + CENTRAL.size > len(data) or data[place : place + 4] != CENTRAL_MAGIC:
                self.notes.add(
                    Code.END_RECORD, "", f"{len(data) - place:,} bytes of the listing are no entry."
                )
                return
            record = Central._make(CENTRAL.unpack_from(data, place))
            name = place + CENTRAL.size
            extra = name + record.name_length
            comment = extra + record.extra_length
            place = comment + record.comment_length
            if place > len(data):
                self.notes.add(Code.END_RECORD, "", "The last line of the listing is cut.")
                return
            yield self.line(record, data[name:extra], data[extra:comment])

    def line(self, record: Central, raw: bytes, extra: bytes) -> _Line:
        name = zipchecks.decoded(raw)
        sizes, complaint = zipchecks.listed_sizes(record, extra)
        if complaint:
            self.notes.add(complaint[0], name, complaint[1])
        return _Line(record, raw, name, extra, sizes, sizes.offset + self.directory.shift)

    def entry(self, line: _Line) -> Entry | None:
        record, sizes = line.record, line.sizes
        is_folder = line.raw.endswith(b"/")
        mode, complaint = zipchecks.mode_of(record, is_folder)
        if complaint:
            self.notes.add(complaint[0], line.name, complaint[1])
        for code, detail in zipchecks.line_complaints(record, sizes, line.raw, line.name, line.extra):
            self.notes.add(code, line.name, detail)
        self.judge_size(line, mode)
        start = self.own_header(line)
        if start is None:
            return None
        return Entry(
            name=line.name,
            mode=mode,
            size=sizes.size,
            compressed=sizes.compressed,
            crc=record.crc,
            method=record.method,
            offset=line.offset,
            start=start,
        )

    def judge_size(self, line: _Line, mode: int) -> None:
        record, sizes, limits = line.record, line.sizes, self.limits
        if record.method not in (STORED, DEFLATED) or record.flags & zipchecks.ENCRYPTED:
            self.refuse(Code.UNREADABLE, line, "")
        elif sizes.size > limits.size:
            self.refuse(Code.TOO_BIG, line, f"{sizes.size:,} bytes.")
        elif sizes.size > limits.ratio_from and sizes.size > limits.ratio * sizes.compressed:
            self.refuse(Code.RATIO, line, f"{sizes.compressed:,} bytes to {sizes.size:,}.")
        elif mode == LINK and not 0 < sizes.size <= limits.link:
            self.refuse(Code.NOT_A_LINK, line, f"{sizes.size:,} bytes.")

    def refuse(self, code: Code, line: _Line, detail: str) -> None:
        self.notes.add(code, line.name, detail)
        self.refused[line.offset] = code.at(line.name, detail)

    def own_header(self, line: _Line) -> int | None:
        """Hold the entry's own header and its descriptor against the listing; where its data starts."""
        stop = self.directory.start
        header = b""
        if line.offset + LOCAL.size <= stop:
            self.file.seek(line.offset)
            header = self.file.read(LOCAL.size)
        if header[:4] != LOCAL_MAGIC:
            self.notes.add(Code.NO_LOCAL, line.name)
            return None
        local = Local._make(LOCAL.unpack(header))
        more = self.file.read(local.name_length + local.extra_length)
        own = (more[: local.name_length], more[local.name_length :])
        for code, detail in zipchecks.header_complaints(
            line.record, line.sizes, (line.raw, line.extra), local, own
        ):
            self.notes.add(code, line.name, detail)
        start = line.offset + LOCAL.size + local.name_length + local.extra_length
        end = start + line.sizes.compressed
        if end > stop:
            self.refuse(Code.OVERLAP, line, "Its data would run into the listing.")
            end = start
        elif line.record.flags & STREAMED:
            end = self.after_descriptor(line, end)
        self.spans.append((line.offset, end))
        return start

    def after_descriptor(self, line: _Line, place: int) -> int:
        sizes = line.sizes
        layout = DESCRIPTOR64 if max(sizes.size, sizes.compressed) >= FULL32 else DESCRIPTOR
        self.file.seek(place)
        if self.file.read(layout.size) != layout.pack(
            DESCRIPTOR_MAGIC, line.record.crc, sizes.compressed, sizes.size
        ):
            self.notes.add(Code.DESCRIPTOR, line.name)
        return place + layout.size

    def judge_layout(self) -> None:
        """Every byte from the first one to the listing belongs to exactly one entry."""
        first = at = self.directory.shift
        for offset, end in [*sorted(self.spans), (self.directory.start, self.directory.start)]:
            if offset > at:
                code = Code.BYTES_BEFORE if at == first else Code.HIDDEN_BYTES
                self.notes.add(code, "", f"{offset - at:,} bytes at {at:,}.")
            elif offset < at:
                detail = f"{at - offset:,} bytes at {offset:,}."
                self.notes.add(Code.OVERLAP, "", detail)
                self.refused.setdefault(offset, Code.OVERLAP.at("", detail))
            at = max(at, end)

    def judge_total(self, entries: list[Entry]) -> None:
        total = sum(entry.size for entry in entries)
        if total > self.limits.total:
            detail = f"{total:,} bytes in all."
            self.notes.add(Code.TOO_BIG, "", detail)
            self.refused.update(dict.fromkeys((e.offset for e in entries), Code.TOO_BIG.at("", detail)))
