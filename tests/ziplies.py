"""The corpus of ZIP lies: each a good ZIP changed in one place, and the finding that it must give.

Add a lie by adding a line: what it does, the change, the code.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from gateproof.findings import Code
from zipmaker import EXECUTABLE, LINK, Piece, Pieces, piece

Change = Callable[[Pieces], object]
Lie = tuple[str, Change, Code]

FULL = 0xFFFFFFFF
UNICODE_PATH = struct.pack("<HHBL", 0x7075, 11, 1, 0) + b"evil.py"[:6]
OWNER = struct.pack("<HH", 0x7875, 3) + b"\1\0\0"
TIMES = struct.pack("<HHBLL", 0x5455, 9, 3, 0, 0)


def wide(*numbers: int) -> bytes:
    """A ZIP64 extra field."""
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _also(zf: Pieces, name: str, own: bytes = b"", listed: bytes = b"") -> Piece:
    one = zf.of(name)
    return one.put(own_extra=one.own_extra + own, extra=one.extra + listed)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _bomb(zf: Pieces) -> None:
    data = bytes(1 << 20)
    zf.add(piece("zeros.bin", data, is_deflated=True))
    zf.of("zeros.bin").both(size=32 << 20)


STRUCTURE: list[Lie] = [
    ("no file at all", lambda z: z.put(pieces=[]), Code.EMPTY),
    ("folders without a file", lambda z: z.put(pieces=[piece("shop/")]), Code.EMPTY),
    ("cut in the comment", lambda z: z.put(end={"comment_length": 99}), Code.TRUNCATED),
    ("a program in front, offsets kept", lambda z: z.put(front=b"MZ" * 50), Code.BYTES_BEFORE),
    ("bytes in front, offsets moved", lambda z: z.pieces[0].put(before=b"#!/bin/sh\n"), Code.BYTES_BEFORE),
    ("bytes appended", lambda z: z.put(tail=b"\n"), Code.BYTES_AFTER),
    ("another ZIP's end appended", lambda z: z.put(tail=b"PK\5\6" + bytes(18)), Code.BYTES_BEFORE),
    ("an entry that is not listed", lambda z: z.of("logo.png").put(is_listed=False), Code.HIDDEN_BYTES),
    ("bytes before the listing", lambda z: z.put(gap=b"secret"), Code.HIDDEN_BYTES),
    ("bytes after the listing", lambda z: z.put(after_listing=b"secret"), Code.HIDDEN_BYTES),
    ("bytes between two entries", lambda z: z.of("manage.py").put(before=b"secret"), Code.HIDDEN_BYTES),
    ("two names for one entry", lambda z: z.of("manage.py").lists(offset=0), Code.OVERLAP),
    (
        "data that runs into the listing",
        lambda z: z.of("manage.py").both(compressed=9999, size=9999),
        Code.OVERLAP,
    ),
    ("a listing that is too long", lambda z: z.put(end={"directory_size": 99_999}), Code.END_RECORD),
    ("a listing that is too short", lambda z: z.put(end={"directory_size": 400}), Code.HIDDEN_BYTES),
    ("a listing that ends early", lambda z: z.pieces[-1].lists(comment_length=9), Code.END_RECORD),
    ("a line without its magic", lambda z: z.pieces[-1].lists(magic=b"PK\1\1"), Code.END_RECORD),
    ("a count too high", lambda z: z.put(end={"entries": 99, "entries_here": 99}), Code.END_RECORD),
    ("a count too low", lambda z: z.put(end={"entries": 1, "entries_here": 1}), Code.END_RECORD),
    ("several disks", lambda z: z.put(end={"disk": 1}), Code.END_RECORD),
    ("entries on other disks", lambda z: z.put(end={"entries_here": 1}), Code.END_RECORD),
    ("an entry on another disk", lambda z: z.of("logo.png").lists(disk=1), Code.END_RECORD),
    ("a comment that is no commit", lambda z: z.put(comment=b"read me"), Code.COMMENT),
    ("a comment with an end record in it", lambda z: z.put(comment=b"PK\5\6" + bytes(18)), Code.END_RECORD),
    ("a comment of 40 letters", lambda z: z.put(comment=b"x" * 40), Code.COMMENT),
]

ZIP64: list[Lie] = [
    ("an end record that none needs", lambda z: z.put(end64={}), Code.ZIP64),
    ("two counts", lambda z: z.put(end64={"entries": 3, "entries_here": 3}), Code.ZIP64),
    (
        "the true count hidden in it",
        lambda z: z.put(
            end64={"entries": 7, "entries_here": 7}, end={"entries": 65535, "entries_here": 65535}
        ),
        Code.ZIP64,
    ),
    ("other disks", lambda z: z.put(end64={"disk": 1}), Code.ZIP64),
    ("a locator to elsewhere", lambda z: z.put(end64={}, locator={"where": 0}), Code.ZIP64),
    ("a locator of several disks", lambda z: z.put(end64={}, locator={"disks": 2}), Code.ZIP64),
    ("a locator without a record", lambda z: z.put(end64={"magic": b"PK\6\0"}), Code.ZIP64),
    (
        "nothing but a locator",
        lambda z: z.put(pieces=[], after_listing=struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)),
        Code.ZIP64,
    ),
    ("a record of another length", lambda z: z.put(end64={"record_size": 99}), Code.ZIP64),
    ("a field in the listing that none needs", lambda z: _also(z, "logo.png", listed=wide(256)), Code.ZIP64),
    ("a field in the header that none needs", lambda z: _also(z, "logo.png", own=wide(256, 256)), Code.ZIP64),
    ("a field that is too short", lambda z: _also(z, "logo.png", own=wide(256)), Code.ZIP64),
    (
        "a small size spelled wide",
        lambda z: (_also(z, "logo.png", wide(256, 256), wide(256)), z.of("logo.png").both(size=FULL)),
        Code.ZIP64,
    ),
    (
        "small sizes spelled wide in the header",
        lambda z: (_also(z, "logo.png", wide(256, 256)), z.of("logo.png").has(size=FULL, compressed=FULL)),
        Code.ZIP64,
    ),
]

ENTRIES: list[Lie] = [
    ("the same name again", lambda z: z.add(piece("manage.py", b"evil\n", EXECUTABLE)), Code.DUPLICATE),
    ("the same folder again", lambda z: z.add(piece("shop/")), Code.DUPLICATE),
    ("another name in front", lambda z: z.of("logo.png").put(own_name=b"evil.png"), Code.LOCAL_DIFFERS),
    ("another size in front", lambda z: z.of("logo.png").has(size=255), Code.LOCAL_DIFFERS),
    ("another compressed size in front", lambda z: z.of("logo.png").has(compressed=255), Code.LOCAL_DIFFERS),
    ("another checksum in front", lambda z: z.of("logo.png").has(crc=1), Code.LOCAL_DIFFERS),
    ("no checksum in front", lambda z: z.of("logo.png").has(crc=0), Code.LOCAL_DIFFERS),
    ("another method in front", lambda z: z.of("logo.png").has(method=8), Code.LOCAL_DIFFERS),
    ("other flags in front", lambda z: z.of("logo.png").has(flags=1), Code.LOCAL_DIFFERS),
    ("another version in front", lambda z: z.of("logo.png").has(needed=20), Code.LOCAL_DIFFERS),
    ("another time in front", lambda z: z.of("logo.png").has(time=0), Code.LOCAL_DIFFERS),
    ("another time field in front", lambda z: z.of("logo.png").put(own_extra=b""), Code.LOCAL_DIFFERS),
    ("an offset to nowhere", lambda z: z.of("logo.png").lists(offset=7), Code.NO_LOCAL),
    ("an offset beyond the file", lambda z: z.of("logo.png").lists(offset=FULL - 1), Code.NO_LOCAL),
    (
        "an offset beyond every file",
        lambda z: (_also(z, "logo.png", listed=wide(2**64 - 1)), z.of("logo.png").lists(offset=FULL)),
        Code.NO_LOCAL,
    ),
    ("encrypted", lambda z: z.of("logo.png").both(flags=1), Code.ENCRYPTED),
    ("its listing encrypted", lambda z: z.of("logo.png").both(flags=0x2000), Code.ENCRYPTED),
    ("bzip2", lambda z: z.of("logo.png").both(method=12), Code.METHOD),
    ("a version of the far future", lambda z: z.of("logo.png").both(needed=99), Code.METHOD),
    ("patch data", lambda z: z.of("logo.png").both(flags=0x20), Code.FLAGS),
    ("a descriptor that is not there", lambda z: z.of("logo.png").both(flags=8), Code.DESCRIPTOR),
    (
        "a descriptor that lies",
        lambda z: (
            z.add(piece("long.bin", is_streamed=True)).of("long.bin").put(payload=b"hello\n" + bytes(16))
        ),
        Code.DESCRIPTOR,
    ),
    (
        "another name in an extra field",
        lambda z: _also(z, "logo.png", UNICODE_PATH, UNICODE_PATH),
        Code.EXTRA,
    ),
    ("an owner in its header", lambda z: _also(z, "logo.png", own=OWNER), Code.EXTRA),
    ("times of another form", lambda z: z.of("logo.png").put(extra=TIMES, own_extra=TIMES), Code.EXTRA),
    ("the same extra field twice", lambda z: _also(z, "logo.png", listed=z.pieces[0].extra), Code.EXTRA),
    ("half an extra field", lambda z: _also(z, "logo.png", listed=b"UT"), Code.EXTRA),
    ("an extra field that runs over", lambda z: _also(z, "logo.png", own=b"UT\xff\0"), Code.EXTRA),
    ("a comment", lambda z: z.of("logo.png").put(comment=b"look here"), Code.ENTRY_COMMENT),
    (
        "a folder with data",
        lambda z: z.of("shop/").both(size=6, compressed=6).put(payload=b"hello\n"),
        Code.LONE_FOLDER,
    ),
    ("an empty folder", lambda z: z.add(piece("plugins/")), Code.LONE_FOLDER),
    ("a file where a folder is", lambda z: z.add(piece("shop")), Code.FILE_AND_FOLDER),
    ("a link where a folder is", lambda z: z.add(piece("shop", b"/etc", LINK)), Code.FILE_AND_FOLDER),
    ("stored, but of another size", lambda z: z.of("logo.png").both(size=257), Code.SIZE),
    ("a bomb", _bomb, Code.RATIO),
    ("a file of 4 GB", lambda z: z.of("README.md").both(size=FULL - 1), Code.TOO_BIG),
]

MODES: list[Lie] = [
    ("an empty link", lambda z: z.add(piece("to", b"", LINK)), Code.NOT_A_LINK),
    ("a link of 5,000 characters", lambda z: z.add(piece("to", b"x" * 5000, LINK)), Code.NOT_A_LINK),
    ("writable by all", lambda z: z.of("manage.py").lists(external=0o100777 << 16), Code.ODD_MODE),
    ("runs as its owner", lambda z: z.of("manage.py").lists(external=0o104755 << 16), Code.ODD_MODE),
    ("a device", lambda z: z.of("manage.py").lists(external=0o020644 << 16), Code.ODD_MODE),
    (
        "bits that say link, a system that has none",
        lambda z: z.of("shop/latest").lists(made_by=0),
        Code.ODD_MODE,
    ),
    ("hidden on Windows", lambda z: z.of("logo.png").lists(external=2), Code.ODD_MODE),
    (
        "a folder that is a link",
        lambda z: z.of("shop/").lists(made_by=0x0317, external=0o120777 << 16),
        Code.ODD_MODE,
    ),
    ("a file that is a folder", lambda z: z.of("logo.png").lists(external=0x10), Code.ODD_MODE),
    ("unknown internal attributes", lambda z: z.of("logo.png").lists(internal=2), Code.ODD_MODE),
]

NAMES: list[Lie] = [
    (f"named {name!r}", lambda z, name=name: z.of("logo.png").renamed(name), code)  # type: ignore[misc]
    for name, code in [
        (b"bad\xff.png", Code.NAME_ENCODING),
        ("ä.png".encode(), Code.NAME_ENCODING),
        (b"a\0.png", Code.NAME_CONTROL),
        (b"a\x1b[2J.png", Code.NAME_CONTROL),
        ("a\u2028b".encode(), Code.NAME_CONTROL),
        (b"/etc/passwd", Code.NAME_ESCAPES),
        (b"../evil.py", Code.NAME_ESCAPES),
        (b"a/../../evil.py", Code.NAME_ESCAPES),
        (b"a/..", Code.NAME_ESCAPES),
        (b"..\\evil.py", Code.NAME_ESCAPES),
        (b"C:evil.py", Code.NAME_ESCAPES),
        (b"", Code.NAME_FORM),
        (b"./evil.py", Code.NAME_FORM),
        (b"a//evil.py", Code.NAME_FORM),
        (b"a/./evil.py", Code.NAME_FORM),
        (b"x" * 5000, Code.NAME_FORM),
    ]
]

HEADER_LIES = [*STRUCTURE, *ZIP64, *ENTRIES, *MODES, *NAMES]
"""Seen when the ZIP is opened."""

CONTENT_LIES: list[Lie] = [
    ("other data", lambda z: z.of("logo.png").put(payload=bytes(256)), Code.CRC),
    ("another checksum", lambda z: z.of("logo.png").both(crc=1), Code.CRC),
    ("more data than listed", lambda z: z.of("README.md").both(size=359), Code.SIZE),
    ("less data than listed", lambda z: z.of("README.md").both(size=361), Code.SIZE),
    (
        "data that is no deflate",
        lambda z: z.of("README.md").put(payload=b"\xff" * len(z.of("README.md").payload)),
        Code.STREAM,
    ),
    (
        "data hidden after the end of deflate",
        lambda z: (
            z.of("README.md").put(payload=_deflated(b"# A shop\n" * 40) + b"hidden"),
            z.of("README.md").both(compressed=len(_deflated(b"# A shop\n" * 40)) + 6),
        ),
        Code.STREAM,
    ),
    (
        "deflate without an end",
        lambda z: (
            z.of("README.md").put(payload=z.of("README.md").payload[:-3]),
            z.of("README.md").both(compressed=len(z.of("README.md").payload)),
        ),
        Code.STREAM,
    ),
    (
        "a file stored as a link",
        lambda z: z.of("README.md").lists(made_by=0x0317, external=0o120777 << 16),
        Code.NOT_A_LINK,
    ),
    ("encrypted", lambda z: z.of("logo.png").both(flags=1), Code.UNREADABLE),
    ("lzma", lambda z: z.of("logo.png").both(method=14), Code.UNREADABLE),
]
"""Seen when the contents are read, or a refusal to read them."""
