"""What may be said of one entry without reading its data: its name, its mode, its fields, its two headers.

What `git archive --format=zip` writes (measured with git 2.39, read in its archive-zip.c):

* Plain files: made by 0 and external attributes 0. Executables: made by 0x0317 (unix, 2.3), 0o100755 << 16.
  Links: made by 0x0317, 0o120777 << 16. Folders: made by 0, attributes 0x10, final slash, no data;
  one for every folder of the tree, and one for a submodule.
* Internal attributes: 1 for text, 0 for binary.
* Flags: 0x800 when the name is not ASCII but is UTF-8; other bytes go out raw and without it.
  0x8 for blobs above core.bigFileThreshold (512 MB), which are streamed: in front stand crc 0, the true size
  and, when deflated, compressed 0; behind the data a descriptor with its signature. No other flag.
* Method 8 for what deflate makes smaller, else 0. Needed version 10, or 45 with ZIP64.
* One extra field "UT" of 5 bytes, flags 1 and the commit's time in UTC, the same in both headers.
  The DOS time beside it is local, hence TZ=UTC. A ZIP64 field only where a 32-bit one overflows,
  or in front of streamed blobs above 2 GiB.
* No entry comments. The ZIP's comment is the commit's id (none for a tree).
  With more than 65,535 entries, or a listing beyond 4 GiB, there are ZIP64 end records.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Literal, NamedTuple

from gateproof.findings import Code
from gateproof.pack.ziprecords import (
    FULL32,
    TIME_FIELD,
    ZIP64_FIELD,
    Central,
    Local,
    extra_field,
    extra_fields,
)

FILE = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000
FOLDER = 0o040000

STREAMED = 0x0008
UTF8 = 0x0800
ENCRYPTED = 0x0001 | 0x0040 | 0x2000

STORED = 0
DEFLATED = 8

NEEDED_VERSIONS = (10, 20, 45)
UNIX = 3
TIME_FIELD_SIZE = 5
DOS_FOLDER = 0x10
LONGEST_NAME = 4096
LARGEST_SIGNED = 0x7FFFFFFF
COMMON_FIELDS = ("needed", "flags", "method", "time", "date")

UNIX_MODES = {0o100644: FILE, 0o100755: EXECUTABLE, 0o120777: LINK, 0o040755: FOLDER}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DRIVE = re.compile(r"[A-Za-z]:")

Complaint = tuple[Code, str]


class Sizes(NamedTuple):
    """The three numbers that ZIP64 may replace."""

    size: int
    compressed: int
    offset: int


def decoded(raw: bytes) -> str:
    """The name as text; bytes that are not UTF-8 stand in it as surrogates, so it can be encoded back."""
    return raw.decode("utf-8", "surrogateescape")


def encoded(name: str) -> bytes:
    """The exact bytes of a name that `decoded` gave."""
    return name.encode("utf-8", "surrogateescape")


def name_complaints(raw: bytes, name: str, flags: int) -> Iterator[Complaint]:
    if not raw.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            yield Code.NAME_ENCODING, "It is not UTF-8 at all."
        else:
            if not flags & UTF8:
                yield Code.NAME_ENCODING, ""
    if not name.isprintable() and _CONTROL.search(name):
        yield Code.NAME_CONTROL, ""
    if len(raw) > LONGEST_NAME:
        yield Code.NAME_FORM, f"It has {len(raw):,} bytes."
    if name.startswith("/") or "\\" in name or _DRIVE.match(name):
        yield Code.NAME_ESCAPES, ""
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        yield Code.NAME_ESCAPES, ""
    if "." in parts or "" in parts[name.startswith("/") :]:
        yield Code.NAME_FORM, ""


def mode_of(record: Central, is_folder: bool) -> tuple[int, Complaint | None]:
    """The git mode that the entry claims, and the complaint when git would never have written it so."""
    plain = (0, DOS_FOLDER) if is_folder else (0, 0)
    if (record.made_by >> 8, record.external) == plain:
        return (FOLDER if is_folder else FILE), None
    unix, low = record.external >> 16, record.external & 0xFFFF
    mode = UNIX_MODES.get(unix)
    is_unix = record.made_by >> 8 == UNIX and low in (0, DOS_FOLDER if is_folder else 0)
    if mode is not None and is_unix and (mode == FOLDER) == is_folder:
        return mode, None
    guess = FOLDER if is_folder else LINK if stat.S_ISLNK(unix) else EXECUTABLE if unix & 0o111 else FILE
    return guess, (Code.ODD_MODE, f"Made by {record.made_by:#06x}, attributes {record.external:#010x}.")


def line_complaints(
    record: Central, sizes: Sizes, raw: bytes, name: str, extra: bytes
) -> Iterator[Complaint]:
    """What is wrong with one line of the listing on its own, its mode and ZIP64 field aside."""
    yield from name_complaints(raw, name, record.flags)
    yield from field_complaints(record)
    if extra:
        yield from extra_complaints(extra, "listing")
    if raw.endswith(b"/") and (sizes.size or sizes.compressed or record.crc):
        yield Code.LONE_FOLDER, "It has data."
    if record.method == STORED and sizes.size != sizes.compressed:
        yield Code.SIZE, "It is stored in another size than its own."


def field_complaints(record: Central) -> Iterator[Complaint]:
    if record.flags & ENCRYPTED:
        yield Code.ENCRYPTED, ""
    if record.flags & ~(STREAMED | UTF8 | ENCRYPTED):
        yield Code.FLAGS, f"Flags {record.flags:#06x}."
    if record.method not in (STORED, DEFLATED):
        yield Code.METHOD, f"Method {record.method}."
    if record.needed not in NEEDED_VERSIONS:
        yield Code.METHOD, f"It asks for version {record.needed} of the format."
    if record.comment_length:
        yield Code.ENTRY_COMMENT, ""
    if record.internal > 1:
        yield Code.ODD_MODE, f"Internal attributes {record.internal:#06x}."
    if record.disk:
        yield Code.END_RECORD, "It lies on another disk."


def extra_complaints(extra: bytes, where: Literal["listing", "header"]) -> Iterator[Complaint]:
    fields = extra_fields(extra)
    if fields is None:
        yield Code.EXTRA, f"It is malformed in its {where}."
        return
    seen: set[int] = set()
    for field, payload in fields:
        if field in seen:
            yield Code.EXTRA, f"Field {field:#06x} twice in its {where}."
        elif field == TIME_FIELD:
            if len(payload) != TIME_FIELD_SIZE or payload[0] != 1:
                yield Code.EXTRA, f"A time field of another form in its {where}."
        elif field != ZIP64_FIELD:
            yield Code.EXTRA, f"Field {field:#06x} in its {where}."
        seen.add(field)


def listed_sizes(record: Central, extra: bytes) -> tuple[Sizes, Complaint | None]:
    """The sizes and the offset of a listing's line, ZIP64 values put in."""
    short = Sizes(record.size, record.compressed, record.offset)
    payload = extra_field(extra, ZIP64_FIELD)
    if payload is None:
        return short, None
    full = [value == FULL32 for value in short]
    if not any(full) or len(payload) != 8 * sum(full):
        return short, (Code.ZIP64, "")
    longs = iter([int.from_bytes(payload[i : i + 8], "little") for i in range(0, len(payload), 8)])
    sizes = Sizes(*(next(longs) if is_full else value for value, is_full in zip(short, full, strict=True)))
    if any(long < FULL32 for long, is_full in zip(sizes, full, strict=True) if is_full):
        return sizes, (Code.ZIP64, "")
    return sizes, None


def header_complaints(
    record: Central, sizes: Sizes, central: tuple[bytes, bytes], local: Local, own: tuple[bytes, bytes]
) -> Iterator[Complaint]:
    """What an entry's own header has wrong or other than its line; `central`, `own` are (name, extra)."""
    if own[1] != central[1]:
        yield from extra_complaints(own[1], "header")
        if extra_field(own[1], TIME_FIELD) != extra_field(central[1], TIME_FIELD):
            yield Code.LOCAL_DIFFERS, "Field time (UT)."
    if own[0] != central[0]:
        yield Code.LOCAL_DIFFERS, f"Name {decoded(own[0])}."
    # Compared together first: this runs for every entry, and nearly always they are equal.
    if record[2:7] != local[1:6]:
        for field in COMMON_FIELDS:
            if getattr(record, field) != getattr(local, field):
                yield Code.LOCAL_DIFFERS, f"Field {field}."
    size, compressed = local.size, local.compressed
    wide = extra_field(own[1], ZIP64_FIELD)
    if wide is not None:
        if len(wide) != 16 or (size, compressed) != (FULL32, FULL32):
            yield Code.ZIP64, "In its header."
            return
        size, compressed = int.from_bytes(wide[:8], "little"), int.from_bytes(wide[8:], "little")
        # git spells a streamed blob's size out from 2 GiB on, as it cannot know how well it will compress.
        if max(size, compressed) < FULL32 and not (record.flags & STREAMED and size > LARGEST_SIGNED):
            yield Code.ZIP64, "In its header."
    unknown = (0,) if record.flags & STREAMED else ()
    for name, value, listed in (
        ("size", size, sizes.size),
        ("compressed", compressed, sizes.compressed),
        ("crc", local.crc, record.crc),
    ):
        if value != listed and value not in unknown:
            yield Code.LOCAL_DIFFERS, f"Field {name}."


def listing_complaints(
    names: Sequence[str], folders: Sequence[str], parents: Set[str]
) -> Iterator[tuple[Code, str]]:
    """What is wrong with all names together, as (code, name) pairs; `parents` is from `parents_of`."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Code.DUPLICATE, name
        elif f"{name}/" in parents:
            yield Code.FILE_AND_FOLDER, name
        seen.add(name)
    if not seen:
        yield Code.EMPTY, ""
    done: set[str] = set()
    for folder in folders:
        if folder in done:
            yield Code.DUPLICATE, folder
        elif folder not in parents:
            yield Code.LONE_FOLDER, folder
        done.add(folder)


def parents_of(names: Iterable[str], most_bytes: int | None = None) -> set[str] | None:
    """Every folder that one of `names` lies in, with a final slash: `a/b/c` lies in `a/` and in `a/b/`.

    None as soon as their names together are longer than `most_bytes`: a few deep names could fill any memory.
    """
    parents: set[str] = set()
    length = 0
    for name in names:
        place = name.rfind("/")
        # Where one folder is known, all above it are.
        while place >= 0 and (parent := name[: place + 1]) not in parents:
            parents.add(parent)
            length += len(parent)
            if most_bytes is not None and length > most_bytes:
                return None
            place = name.rfind("/", 0, place)
    return parents
