"""Hostile ZIPs are refused clearly within 256 MB of memory and ten seconds."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from gateproof.findings import Code
from ziplies import FULL, wide
from zipmaker import Piece, Pieces, piece

pytest.importorskip("resource", reason="Windows has no limits of this kind")

MEMORY = 256 << 20
SECONDS = 10
LOOK = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from pathlib import Path
from gateproof.errors import GateproofError
from gateproof.pack.inspect.inspection import inspect_zip
try:
    found = inspect_zip(Path(sys.argv[1]))
    said = sorted({finding.code for finding in found})
except GateproofError as error:
    said = str(error)
# Of the processor, as the machine may have other things to do.
print(json.dumps([said, time.process_time()]))
"""


def deflated(mebibytes: int) -> bytes:
    """That many MiB of zeros, deflated in no time: a full flush makes a block that can stand anywhere."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + b"\3\0"


CRC_OF_15_MEBIBYTES = zlib.crc32(bytes(15 << 20))


def zeros(name: str, mebibytes: int, data: bytes | None = None) -> Piece:
    """An entry of zeros, or one that says so; the checksum is right for 15 MiB."""
    data = deflated(mebibytes) if data is None else data
    one = piece(name, b"", is_deflated=True).put(payload=data)
    return one.both(size=mebibytes << 20, compressed=len(data), crc=CRC_OF_15_MEBIBYTES)


def bomb() -> bytes:
    """1 GiB of zeros in 1 MB."""
    return Pieces(pieces=[zeros("zeros.bin", 1024)]).made()


def bomb_that_says_it_is_small() -> bytes:
    return Pieces(pieces=[zeros("zeros.bin", 1024).both(size=1000)]).made()


def many_small_bombs(count: int) -> bytes:
    """Each of 15 MiB, which alone is let through."""
    data = deflated(15)
    return Pieces(pieces=[zeros(f"{number}.bin", 15, data) for number in range(count)]).made()


def many_small_bombs_above_the_limit() -> bytes:
    return many_small_bombs(137)


def many_small_bombs_below_the_limit() -> bytes:
    return many_small_bombs(136)


def overlapping_bomb() -> bytes:
    """A thousand names for the same data, as zbsm.zip has it."""
    data = deflated(15)
    first = zeros("0", 15, data)
    more = [
        zeros(f"{number}", 15, data).put(payload=b"", own_name=b"0").lists(offset=0)
        for number in range(1, 1000)
    ]
    return Pieces(pieces=[first, *more]).made()


def entry_of_4_gb() -> bytes:
    return Pieces(pieces=[piece("a").both(size=FULL - 1, compressed=FULL - 1)]).made()


def entry_of_16_eb() -> bytes:
    one = piece("a").both(size=FULL, compressed=FULL)
    one.put(
        extra=one.extra + wide(2**64 - 1, 2**64 - 1), own_extra=one.own_extra + wide(2**64 - 1, 2**64 - 1)
    )
    return Pieces(pieces=[one]).made()


def _with_zip64_end(own: bytes, listing: bytes, count: int) -> bytes:
    facts = (count, count, len(listing), len(own))
    ends = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 0, 45, 0, 0, *facts)
    ends += struct.pack("<4sLQL", b"PK\6\7", 0, len(own) + len(listing), 1)
    ends += struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(listing), len(own), 0)
    return own + listing + ends


def a_million_entries() -> bytes:
    one = piece("12345678", b"")
    return _with_zip64_end(one.header() * 1_000_000, one.listed(0) * 1_000_000, 1_000_000)


def the_most_entries_and_each_wrong() -> bytes:
    """Just below the limit, and every check has something to say."""
    one = piece("aux: \\.\u202e", b"").both(flags=0x42, method=9, internal=7).lists(external=77)
    header, count = one.header(), 99_000
    lines = (
        one.put(name=b"aux:\\%08d. " % number, comment=b"x").listed(number * len(header))
        for number in range(count)
    )
    return _with_zip64_end(header * count, b"".join(lines), count)


def a_count_of_everything() -> bytes:
    return Pieces(pieces=[piece("a")], end64={"entries": 2**64 - 1, "entries_here": 2**64 - 1}).made()


def a_listing_of_everything() -> bytes:
    return Pieces(pieces=[piece("a")], end64={"directory_size": 2**64 - 1}).made()


def deep_names() -> bytes:
    """Each name is a thousand folders deep, and no two share one."""
    return Pieces(pieces=[piece(f"{number}/" + "d/" * 1000 + "f", b"") for number in range(2000)]).made()


def key_marks_without_end() -> bytes:
    data = (b"-----BEGIN PRIVATE KEY" + os.urandom(2)) * 4_000_000
    return Pieces(pieces=[piece("marks.txt", data)]).made()


def a_circle_of_links() -> bytes:
    links = [piece(f"{number}", f"{number + 1}/x".encode(), 0o120000) for number in range(2000)]
    return Pieces(pieces=[*links, piece("2000", b"0", 0o120000)]).made()


def a_hidden_zip_at_the_end() -> bytes:
    return Pieces(pieces=[piece("a")]).made() + (b"PK\5\6" + bytes(18)) * 100_000


HOSTILE: list[tuple[Callable[[], bytes], Code]] = [
    (bomb, Code.RATIO),
    (bomb_that_says_it_is_small, Code.SIZE),
    (many_small_bombs_above_the_limit, Code.TOO_BIG),
    (overlapping_bomb, Code.OVERLAP),
    (entry_of_4_gb, Code.TOO_BIG),
    (entry_of_16_eb, Code.TOO_BIG),
    (a_million_entries, Code.TOO_MANY),
    (the_most_entries_and_each_wrong, Code.ODD_MODE),
    (a_count_of_everything, Code.TOO_MANY),
    (a_listing_of_everything, Code.END_RECORD),
    (deep_names, Code.TOO_MANY),
    (a_circle_of_links, Code.LINK_DANGLES),
    (a_hidden_zip_at_the_end, Code.BYTES_BEFORE),
]
HOSTILE_BUT_CLEAN = [many_small_bombs_below_the_limit, key_marks_without_end]


def look(path: Path) -> tuple[object, float]:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(path), str(MEMORY)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=6 * SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    said, seconds = json.loads(done.stdout)
    return said, seconds


@pytest.mark.parametrize(("made", "code"), HOSTILE, ids=[made.__name__ for made, _ in HOSTILE])
def test_a_hostile_zip_is_refused_in_little_memory_and_time(
    tmp_path: Path, made: Callable[[], bytes], code: Code
) -> None:
    (tmp_path / "a.zip").write_bytes(made())
    codes, seconds = look(tmp_path / "a.zip")
    print(f"{made.__name__}: {seconds:.1f} s, {codes}")
    assert isinstance(codes, list)
    assert code.code in codes
    assert seconds < SECONDS


@pytest.mark.parametrize("made", HOSTILE_BUT_CLEAN)
def test_what_is_only_tedious_is_read_in_time(tmp_path: Path, made: Callable[[], bytes]) -> None:
    (tmp_path / "a.zip").write_bytes(made())
    codes, seconds = look(tmp_path / "a.zip")
    assert codes == []
    assert seconds < SECONDS
