"""The fixed records of a ZIP file as values; nothing here judges more than whether the bytes are there.

The layout is that of PKWARE's APPNOTE 6.3.10, sections 4.3.7 (local), 4.3.12 (listing), 4.3.14 to 16 (end).
"""

from __future__ import annotations

import functools
import struct
from typing import NamedTuple

LOCAL = struct.Struct("<4sHHHHHLLLHH")
CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
END = struct.Struct("<4sHHHHLLH")
END64 = struct.Struct("<4sQHHLLQQQQ")
LOCATOR = struct.Struct("<4sLQL")
DESCRIPTOR = struct.Struct("<4sLLL")
DESCRIPTOR64 = struct.Struct("<4sLQQ")

LOCAL_MAGIC = b"PK\x03\x04"
CENTRAL_MAGIC = b"PK\x01\x02"
END_MAGIC = b"PK\x05\x06"
END64_MAGIC = b"PK\x06\x06"
LOCATOR_MAGIC = b"PK\x06\x07"
DESCRIPTOR_MAGIC = b"PK\x07\x08"

FULL16 = 0xFFFF
FULL32 = 0xFFFFFFFF
"""A 32-bit field that is full says: look for the value in the ZIP64 field."""

ZIP64_FIELD = 0x0001
TIME_FIELD = 0x5455


class Central(NamedTuple):
    """One line of the listing, its 32-bit sizes not yet replaced by their ZIP64 values."""

    magic: bytes
    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    compressed: int
    size: int
    name_length: int
    extra_length: int
    comment_length: int
    disk: int
    internal: int
    external: int
    offset: int


class Local(NamedTuple):
    """The header in front of an entry's data."""

    magic: bytes
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    compressed: int
    size: int
    name_length: int
    extra_length: int


class End(NamedTuple):
    """The end record."""

    magic: bytes
    disk: int
    directory_disk: int
    entries_here: int
    entries: int
    directory_size: int
    directory_offset: int
    comment_length: int


class End64(NamedTuple):
    """The ZIP64 end record, which replaces the full fields of the end record."""

    magic: bytes
    record_size: int
    made_by: int
    needed: int
    disk: int
    directory_disk: int
    entries_here: int
    entries: int
    directory_size: int
    directory_offset: int


@functools.lru_cache(maxsize=64)
def extra_fields(data: bytes) -> tuple[tuple[int, bytes], ...] | None:
    """The (id, payload) pairs of an extra field, or None when they do not fill it exactly.

    Remembered, as git writes the same bytes for every entry.
    """
    fields = []
    position = 0
    while position < len(data):
        if position + 4 > len(data):
            return None
        field, length = struct.unpack_from("<HH", data, position)
        position += 4
        if position + length > len(data):
            return None
        fields.append((field, data[position : position + length]))
        position += length
    return tuple(fields)


def extra_field(data: bytes, wanted: int) -> bytes | None:
    """The payload of the first field of that id."""
    return next((payload for field, payload in extra_fields(data) or () if field == wanted), None)
