"""The end of a ZIP file: where its listing lies and how many entries it claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from gateproof.findings import Code, Notes
from gateproof.pack.ziprecords import (
    CENTRAL_MAGIC,
    END,
    END64,
    END64_MAGIC,
    END_MAGIC,
    FULL16,
    FULL32,
    LOCATOR,
    LOCATOR_MAGIC,
    End,
    End64,
)

COMMIT_ID_LENGTHS = (40, 64)
"""SHA-1 and SHA-256 repositories."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """Where the listing lies and what the end record says of it."""

    start: int
    size: int
    entries: int
    shift: int
    """How many bytes stand before the ZIP; every offset in it is to be moved by this."""
    comment: bytes


def find_directory(file: BinaryIO, length: int, notes: Notes) -> Directory | None:
    """Read the end record and, where there is one, the ZIP64 one; None when there is no listing to trust."""
    found = _end_record(file, length, notes)
    if found is None:
        return None
    place, end, comment = found
    if end.disk or end.directory_disk or end.entries_here != end.entries:
        notes.add(Code.END_RECORD, "", "It speaks of several disks.")
    _judge_comment(comment, notes)
    entries, size, offset = end.entries, end.directory_size, end.directory_offset
    before = place
    wide = _zip64_record(file, place, notes)
    if wide is not None:
        before, end64 = wide
        for short, full, long in zip(
            end[4:7],
            (FULL16, FULL32, FULL32),
            (end64.entries, end64.directory_size, end64.directory_offset),
            strict=True,
        ):
            if short not in (full, long) or (short != full and long >= full):
                notes.add(Code.ZIP64, "", "The two end records disagree.")
        # git writes the ZIP64 record only when a field of the short one overflows.
        if max(end64.entries - FULL16, end64.directory_size - FULL32, end64.directory_offset - FULL32) <= 0:
            notes.add(Code.ZIP64, "", "The end record needs none.")
        entries, size, offset = end64.entries, end64.directory_size, end64.directory_offset
    shift = _shift(file, before, size, offset, notes)
    if shift is None:
        return None
    return Directory(start=offset + shift, size=size, entries=entries, shift=shift, comment=comment)


def _shift(file: BinaryIO, before: int, size: int, offset: int, notes: Notes) -> int | None:
    """By how much the ZIP was moved down in the file; None when its listing cannot lie where it says."""
    shift = before - size - offset
    if shift < 0:
        notes.add(Code.END_RECORD, "", "The listing would run into the end record.")
        return None
    if not shift:
        return 0
    file.seek(offset)
    if size and file.read(4) == CENTRAL_MAGIC:
        notes.add(Code.HIDDEN_BYTES, "", f"{shift:,} bytes after the listing.")
        return 0
    notes.add(Code.BYTES_BEFORE, "", f"{shift:,} bytes.")
    return shift


def _end_record(file: BinaryIO, length: int, notes: Notes) -> tuple[int, End, bytes] | None:
    """The end record that closes the file exactly, or the last one there is, with what is wrong noted."""
    tail_start = max(0, length - END.size - FULL16)
    file.seek(tail_start)
    tail = file.read(END.size + FULL16)
    exact: list[int] = []
    other: list[int] = []
    place = tail.find(END_MAGIC)
    while 0 <= place <= len(tail) - END.size:
        stops = place + END.size + int.from_bytes(tail[place + 20 : place + 22], "little")
        (exact if stops == len(tail) else other).append(place)
        place = tail.find(END_MAGIC, place + 1)
    if len(exact) > 1:
        notes.add(Code.END_RECORD, "", "There is more than one end record.")
    if not exact:
        if not other:
            return None
        # A packed ZIP has an end record of its own, so only here, where none fits, is it the best guess.
        place = other[-1]
        end = End._make(END.unpack_from(tail, place))
        stops = place + END.size + end.comment_length
        notes.add(
            Code.BYTES_AFTER if stops < len(tail) else Code.TRUNCATED,
            "",
            f"{abs(len(tail) - stops):,} bytes.",
        )
    else:
        place = exact[-1]
        end = End._make(END.unpack_from(tail, place))
    comment = tail[place + END.size : place + END.size + end.comment_length]
    return tail_start + place, end, comment


def _zip64_record(file: BinaryIO, place: int, notes: Notes) -> tuple[int, End64] | None:
    if place < LOCATOR.size:
        return None
    file.seek(place - LOCATOR.size)
    magic, disk, where, disks = LOCATOR.unpack(file.read(LOCATOR.size))
    if magic != LOCATOR_MAGIC:
        return None
    if disk or disks != 1:
        notes.add(Code.ZIP64, "", "Its locator speaks of several disks.")
    expected = place - LOCATOR.size - END64.size
    if expected < 0:
        notes.add(Code.ZIP64, "", "Its locator points nowhere.")
        return None
    file.seek(expected)
    end = End64._make(END64.unpack(file.read(END64.size)))
    if end.magic != END64_MAGIC or end.record_size != END64.size - 12:
        notes.add(Code.ZIP64, "", "There is a locator but no end record before it.")
        return None
    if where != expected:
        notes.add(Code.ZIP64, "", "Its locator points to another place.")
    if end.disk or end.directory_disk or end.entries_here != end.entries:
        notes.add(Code.ZIP64, "", "Its end record speaks of several disks.")
    return expected, end


def _judge_comment(comment: bytes, notes: Notes) -> None:
    if comment and (len(comment) not in COMMIT_ID_LENGTHS or comment.strip(b"0123456789abcdef")):
        notes.add(Code.COMMENT, "", f"It has {len(comment):,} bytes.")
