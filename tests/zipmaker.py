"""ZIPs in pieces: made as git makes them or taken apart, changed in one place, put together again."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

COMMIT = "1234567890abcdef1234567890abcdef12345678"
FILE = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_END64 = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR = struct.Struct("<4sLQL")

_SHARED = (
    "needed",
    "flags",
    "method",
    "time",
    "date",
    "crc",
    "compressed",
    "size",
    "name_length",
    "extra_length",
)
_LOCAL_FIELDS = ("magic", *_SHARED)
_CENTRAL_FIELDS = ("magic", "made_by", *_SHARED, "comment_length", "disk", "internal", "external", "offset")
_PLACES = ("disk", "directory_disk", "entries_here", "entries", "directory_size", "directory_offset")
_END_FIELDS = ("magic", *_PLACES, "comment_length")
_END64_FIELDS = ("magic", "record_size", "made_by", "needed", *_PLACES)
_LOCATOR_FIELDS = ("magic", "disk", "where", "disks")

Values = dict[str, int | bytes]

SECONDS = 1_700_000_000
TIME, DATE = 0xB1AA, 0x576E
"""2023-11-14 22:13:20 as DOS has it: the same moment in UTC."""


def _pack(layout: struct.Struct, fields: Sequence[str], values: Values) -> bytes:
    return layout.pack(*(values[name] for name in fields))


def _unpack(layout: struct.Struct, fields: Sequence[str], data: bytes, place: int) -> Values:
    return dict(zip(fields, layout.unpack_from(data, place), strict=True))


@dataclass(kw_only=True)
class Piece:
    """One entry: its line in the listing, its own header, and what follows that."""

    name: bytes
    own_name: bytes
    extra: bytes
    own_extra: bytes
    payload: bytes
    """Data, and a descriptor where there is one."""
    line: Values
    own: Values
    before: bytes = b""
    comment: bytes = b""
    is_listed: bool = True
    changed: Values = field(default_factory=dict)
    own_changed: Values = field(default_factory=dict)

    def lists(self, **values: int | bytes) -> Self:
        """Change the line in the listing only."""
        self.changed |= values
        return self

    def has(self, **values: int | bytes) -> Self:
        """Change its own header only."""
        self.own_changed |= values
        return self

    def both(self, **values: int | bytes) -> Self:
        return self.lists(**values).has(**values)

    def put(self, **values: object) -> Self:
        for name, value in values.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        return self

    def renamed(self, name: bytes) -> Self:
        return self.put(name=name, own_name=name)

    def header(self) -> bytes:
        lengths: Values = {"name_length": len(self.own_name), "extra_length": len(self.own_extra)}
        values = self.own | lengths | self.own_changed
        return _pack(_LOCAL, _LOCAL_FIELDS, values) + self.own_name + self.own_extra

    def listed(self, offset: int) -> bytes:
        lengths: Values = {
            "name_length": len(self.name),
            "extra_length": len(self.extra),
            "comment_length": len(self.comment),
            "offset": offset,
        }
        values = self.line | lengths | self.changed
        return _pack(_CENTRAL, _CENTRAL_FIELDS, values) + self.name + self.extra + self.comment


def piece(
    name: str | bytes,
    data: bytes = b"hello\n",
    mode: int = FILE,
    *,
    is_deflated: bool = False,
    is_streamed: bool = False,
) -> Piece:
    """An entry as git writes it; a name that ends in a slash is a folder."""
    raw = name.encode() if isinstance(name, str) else name
    is_folder = raw.endswith(b"/")
    data = b"" if is_folder else data
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush() if is_deflated else data
    crc = zlib.crc32(data)
    flags = (0 if raw.isascii() else 0x800) | (8 if is_streamed else 0)
    common: Values = {
        "needed": 10,
        "flags": flags,
        "method": 8 if is_deflated else 0,
        "time": TIME,
        "date": DATE,
    }
    sizes: Values = {"crc": crc, "compressed": len(packed), "size": len(data)}
    streamed: Values = {"crc": 0, "compressed": 0} if is_streamed and is_deflated else {}
    after = struct.pack("<4sLLL", b"PK\7\x08", crc, len(packed), len(data)) if is_streamed else b""
    attributes: Values = {"made_by": 0, "external": 0x10 if is_folder else 0}
    if mode == EXECUTABLE:
        attributes = {"made_by": 0x0317, "external": 0o100755 << 16}
    if mode == LINK:
        attributes = {"made_by": 0x0317, "external": 0o120777 << 16}
    text: Values = {"internal": 0 if is_folder or b"\0" in data[:8000] else 1, "disk": 0}
    extra = struct.pack("<HHBL", 0x5455, 5, 1, SECONDS)
    return Piece(
        name=raw,
        own_name=raw,
        extra=extra,
        own_extra=extra,
        payload=packed + after,
        line={"magic": b"PK\1\2"} | common | sizes | attributes | text,
        own={"magic": b"PK\3\4"} | common | sizes | streamed,
    )


@dataclass(kw_only=True)
class Pieces:
    """A ZIP in pieces; `made` puts them together, with the right offsets but where a change says so."""

    pieces: list[Piece]
    comment: bytes = COMMIT.encode()
    front: bytes = b""
    """In front of everything, the offsets not knowing it."""
    gap: bytes = b""
    """Between the last entry and the listing."""
    after_listing: bytes = b""
    tail: bytes = b""
    end: Values = field(default_factory=dict)
    """Changes to the end record."""
    end64: Values | None = None
    """Changes to a ZIP64 end record, which is written when this is not None."""
    locator: Values = field(default_factory=dict)

    def of(self, name: str) -> Piece:
        return next(one for one in self.pieces if one.name == name.encode())

    def add(self, *pieces: Piece) -> Self:
        self.pieces.extend(pieces)
        return self

    def put(self, **values: object) -> Self:
        for name, value in values.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        return self

    def made(self) -> bytes:
        data, listing = b"", b""
        for one in self.pieces:
            data += one.before
            if one.is_listed:
                listing += one.listed(len(data))
            data += one.header() + one.payload
        data += self.gap
        count = sum(one.is_listed for one in self.pieces)
        facts: Values = {
            "disk": 0,
            "directory_disk": 0,
            "entries_here": count,
            "entries": count,
            "directory_size": len(listing),
            "directory_offset": len(data),
        }
        ends = self.after_listing
        if self.end64 is not None:
            place = len(data) + len(listing) + len(ends)
            wide: Values = {"magic": b"PK\6\6", "record_size": 44, "made_by": 0, "needed": 45}
            ends += _pack(_END64, _END64_FIELDS, wide | facts | self.end64)
            locator: Values = {"magic": b"PK\6\7", "disk": 0, "where": place, "disks": 1}
            ends += _pack(_LOCATOR, _LOCATOR_FIELDS, locator | self.locator)
        short: Values = {"magic": b"PK\5\6", "comment_length": len(self.comment)}
        ends += _pack(_END, _END_FIELDS, short | facts | self.end)
        return self.front + data + listing + ends + self.comment + self.tail

    def write(self, path: Path) -> Path:
        path.write_bytes(self.made())
        return path


def pieces_of(data: bytes) -> Pieces:
    """Take a small, honest ZIP apart."""
    place = data.rindex(b"PK\5\6")
    end = _unpack(_END, _END_FIELDS, data, place)
    offsets: list[int] = []
    pieces: list[Piece] = []
    at = _number(end, "directory_offset")
    for _ in range(_number(end, "entries")):
        line = _unpack(_CENTRAL, _CENTRAL_FIELDS, data, at)
        name_at = at + _CENTRAL.size
        extra_at = name_at + _number(line, "name_length")
        at = extra_at + _number(line, "extra_length")
        offset = _number(line, "offset")
        own = _unpack(_LOCAL, _LOCAL_FIELDS, data, offset)
        own_name_at = offset + _LOCAL.size
        own_extra_at = own_name_at + _number(own, "name_length")
        data_at = own_extra_at + _number(own, "extra_length")
        offsets.append(data_at)
        pieces.append(
            Piece(
                name=data[name_at:extra_at],
                own_name=data[own_name_at:own_extra_at],
                extra=data[extra_at:at],
                own_extra=data[own_extra_at:data_at],
                payload=data[data_at : data_at + _number(line, "compressed")],
                line=line,
                own=own,
            )
        )
    return Pieces(pieces=pieces, comment=data[place + _END.size :])


def _number(values: Values, name: str) -> int:
    value = values[name]
    assert isinstance(value, int)
    return value


GOOD: Mapping[str, tuple[int, bytes]] = {
    "README.md": (FILE, b"# A shop\n" * 40),
    "logo.png": (FILE, bytes(range(256))),
    "manage.py": (EXECUTABLE, b"#!/usr/bin/env python\nprint('shop')\n"),
    "shop/empty.py": (FILE, b""),
    "shop/latest": (LINK, b"urls.py"),
    "shop/urls.py": (FILE, b"urlpatterns = []\n"),
    "shop/\u00fcber.txt": (FILE, b"ja\n"),
}
"""A small delivery with one of everything that git can pack."""


def good() -> Pieces:
    """GOOD as a ZIP, which nothing is wrong with."""
    pieces: list[Piece] = []
    for name, (mode, data) in GOOD.items():
        if name == "shop/empty.py":
            pieces.append(piece("shop/"))
        pieces.append(piece(name, data, mode, is_deflated=name == "README.md"))
    return Pieces(pieces=pieces)
