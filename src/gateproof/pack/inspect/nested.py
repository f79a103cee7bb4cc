"""Archives that lie in the archive: looked into, one level deep, or named as something nobody looked into."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, nullcontext
from typing import IO, Any, BinaryIO

from gateproof.errors import GateproofError
from gateproof.findings import Code
from gateproof.pack.inspect.contents import Watch
from gateproof.pack.inspect.rules import Caught, Rule, caught, caught_by_name
from gateproof.pack.zipchecks import LINK
from gateproof.pack.zipheaders import survey
from gateproof.pack.zipreader import Limits, StrictZip

LARGEST = 64 << 20
"""Bytes of an archive, and of everything in it, that is looked into."""
MOST = 20_000
"""Members of it."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_AT, _TAR = 257, b"ustar"
_PACKED: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
_CLOSED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")
_TAR_NAMES = (".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
_HIDING = frozenset({"Z002", "Z005", "Z006", "Z007", "Z010", "Z012", "Z026", "Z027"})
_BROKEN = (tarfile.TarError, lzma.LZMAError, zlib.error, OSError, EOFError, ValueError)


def is_archive(name: str, head: bytes) -> bool:
    """Whether a file's beginning says that it is an archive; of a packed tar only its name tells."""
    is_tar = head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR
    is_packed_tar = head.startswith(tuple(_PACKED)) and name.lower().endswith(_TAR_NAMES)
    return head.startswith((*_ZIP, *_CLOSED)) or is_tar or is_packed_tar


def look_into(
    name: str, head: bytes, size: int, blocks: Iterable[bytes], rules: Iterable[Rule]
) -> Iterator[Caught]:
    """What must not be delivered among the members of an archive, each as `archive/member`.

    An exception for the archive is one for all of its members. What cannot be looked into is a finding of its own.
    `blocks` is read to its end in any case.
    """
    if size > LARGEST or head.startswith(_CLOSED):
        for _ in blocks:
            pass
        yield caught(Code.UNSEEN_ARCHIVE, name, "It is too large." if size > LARGEST else "")
        return
    with tempfile.TemporaryFile() as copy:
        copy.writelines(blocks)
        copy.seek(0)
        try:
            with closing(_of_zip(copy) if head.startswith(_ZIP) else _of_tar(copy, head)) as members:
                for number, (member, contents) in enumerate(members):
                    if number >= MOST:
                        raise ValueError(f"it has more than {MOST:,} members")
                    yield from _of_member(f"{name}/{member}", contents, rules)
        except (*_BROKEN, GateproofError) as error:
            yield caught(Code.UNSEEN_ARCHIVE, name, f"It cannot be read: {error}.")


def _of_member(path: str, contents: Iterable[bytes], rules: Iterable[Rule]) -> Iterator[Caught]:
    by_name = list(caught_by_name(rules, path))
    yield from by_name
    watch = Watch()
    for block in contents:
        watch.see(block)
    already = {rule for rule, _, _ in by_name}
    yield from (caught(code, path, detail) for code, detail in watch.codes() if code.rule not in already)


def _of_zip(copy: BinaryIO) -> Generator[tuple[str, Iterable[bytes]], None, None]:
    surveyed = survey(copy, Limits(total=LARGEST))
    if surveyed is None:
        raise ValueError("it is no ZIP")
    # Nobody built this one for a delivery, so only what hides members counts.
    if hiding := [finding for finding in surveyed.findings if finding.code in _HIDING]:
        raise ValueError(f"{hiding[0].code} {hiding[0].sentence.rstrip('.')}")
    zf = StrictZip(copy, surveyed)
    for entry in zf.entries:
        yield entry.name, () if entry.mode == LINK else zf.blocks(entry)


def _of_tar(copy: BinaryIO, head: bytes) -> Generator[tuple[str, Iterable[bytes]], None, None]:
    with tempfile.TemporaryFile() as plain:
        # Unpacked before it is read, so that nothing in it can grow without bound.
        _unpack(copy, head, plain)
        with tarfile.open(fileobj=plain, mode="r:") as packed:
            for member in packed:
                file = packed.extractfile(member) if member.isreg() else None
                yield member.name, _blocks(file) if file else ()


def _unpack(copy: BinaryIO, head: bytes, plain: BinaryIO) -> None:
    opener = next((opener for start, opener in _PACKED.items() if head.startswith(start)), None)
    total = 0
    with opener(copy) if opener else nullcontext(copy) as stream:
        for block in _blocks(stream):
            total += len(block)
            if total > LARGEST:
                raise ValueError(f"it unpacks to more than {LARGEST:,} bytes")
            plain.write(block)
    plain.seek(0)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
