"""The shadow: copies of the files to be scanned, under names that a scanner has no reason to pass over.

kingfisher is silent about images, fonts, lock files, `node_modules` and archives within archives.
So it is given none: each file gets a number for a name, and archives are unpacked here.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, Any

from gateproof.errors import GateproofError, UnknownError
from gateproof.evidence import sshsig
from gateproof.findings import Code
from gateproof.pack.zipreader import open_zip

BLOCK = 1 << 20
HEAD = 512
"""Bytes at the beginning of a file that tell what kind it is."""
MOST_UNPACKED = 1 << 30
"""Bytes that the archives within one delivery may unpack to."""
DEEPEST = 5
"""Archives within archives."""
TOGETHER = 100
"""Copies in one folder: a file system takes longer to put a name among thousands."""

KEPT_SUFFIXES = frozenset({".config", ".json", ".tf", ".toml", ".xml", ".yaml", ".yml"})
"""A few rules ask for these. Every other file is called .txt; a canary shows that each of them is looked at."""

_TAR_AT = 257
_STREAMS: dict[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_CLOSED = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x04\x22\x4d\x18": "LZ4",
    b"LZIP": "lzip",
    b"\x1f\x9d": "compress",
    b"MSCF": "a cabinet",
    b"!<arch>\n": "an ar archive",
    b"%PDF-": "PDF, whose text is compressed",
}
# A ZIP that holds more than it lists.
_HIDING = {
    code.code
    for code in (Code.TRUNCATED, Code.BYTES_BEFORE, Code.BYTES_AFTER, Code.HIDDEN_BYTES, Code.OVERLAP)
}
_BROKEN = (GateproofError, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError)


class Shadow:
    """A folder of copies, and what each one really is."""

    def __init__(self, shown: Path) -> None:
        self.shown = shown
        """What the scanner is given: empty, until `show` puts all copies into it at once."""
        self.folder = shown.with_name("copies")
        self._folder_text = str(self.folder)
        self.files = 0
        """How many files were given."""
        self.paths: dict[str, str] = {}
        """The real path of each copy by its name; members of archives are `archive!member`."""
        self.closed: dict[str, str] = {}
        """Files that could not be looked into, and why."""
        self._left = MOST_UNPACKED
        self.shown.mkdir()
        self.folder.mkdir()

    def add(self, path: str, blocks: Iterable[bytes]) -> None:
        """Take one file of the delivery."""
        self.files += 1
        self._add(path, iter(blocks), depth=0)

    def add_file(self, path: str, place: str) -> None:
        """Take one file that lies on the disk; it is linked where that can be, and never written to."""
        # Text instead of Path, here and in `_take_folder`: with thousands of files Path takes most of the time.
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            head = os.read(descriptor, HEAD)
        finally:
            os.close(descriptor)
        if _is_packed(head) or not self._linked(path, place):
            self.add(path, _blocks_of(Path(place)))

    def _linked(self, path: str, place: str) -> bool:
        name = self._name_for(path)
        try:
            os.link(place, self._place_of(name))
        except OSError:
            return False  # another disk, or one that knows no links: copy it
        self.paths[name] = path
        self.files += 1
        return True

    def plant(self, name: str, text: str) -> None:
        """Put one more file among the copies, that is none of the delivery."""
        (self.folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))

    def show(self) -> None:
        """Put the copies before the scanner by one rename, so that it sees all of them or none."""
        self.folder = self.folder.rename(self.shown / self.folder.name)
        self._folder_text = str(self.folder)

    def is_signature(self, name: str) -> bool:
        """Whether a copy is an SSH signature to its last byte, in OpenSSH's exact form, and so no text of anyone.

        One in 1,700 holds `EAAA` at a place where a rule takes it and what follows for a token.
        """
        if name not in self.paths:
            return False
        with Path(self._place_of(name)).open("rb") as copy:
            text = copy.read(sshsig.MAX + 1)
        try:
            sshsig.read(text)
        except ValueError:
            return False
        return True

    def remove(self) -> None:
        """Take the copies away: by several threads, for a file system lets each wait."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(shutil.rmtree, [one for one in self.folder.iterdir() if one.is_dir()]))

    def mark(self, token: Callable[[], str]) -> None:
        """Write a canary at the end of each copy. The files that were given stay as they are."""
        for name in self.paths:
            place = Path(self._place_of(name))
            spare = place.with_name(f"{name}.spare")
            shutil.copyfile(place, spare)
            with spare.open("ab") as file:
                file.write(f"\n{token()}\n".encode())
            spare.replace(place)

    def _name_for(self, path: str) -> str:
        number = len(self.paths)
        if number % TOGETHER == 0:
            with contextlib.suppress(FileExistsError):  # the one before could not be linked
                Path(f"{self._folder_text}{os.sep}{number // TOGETHER}").mkdir()
        dot, suffix = path.rpartition(".")[1:]
        kept = f"{dot}{suffix.lower()}"
        return f"{number:06d}{kept if kept in KEPT_SUFFIXES else '.txt'}"

    def _place_of(self, name: str) -> str:
        number = int(name.partition(".")[0])
        return f"{self._folder_text}{os.sep}{number // TOGETHER}{os.sep}{name}"

    def _add(self, path: str, blocks: Iterator[bytes], depth: int) -> None:
        head = next(blocks, b"")
        while len(head) < HEAD and (block := next(blocks, b"")):
            head += block
        if not _is_packed(head):
            name = self._name_for(path)
            self._write(Path(self._place_of(name)), chain((head,), blocks), depth)
            self.paths[name] = path
            return
        place = self.folder.with_name(f"packed-{depth}")
        self._write(place, chain((head,), blocks), depth)
        try:
            self._unpack(path, place, head, depth + 1)
        except _BROKEN as error:
            self.closed[path] = f"it is a packed file that cannot be unpacked ({_first_line(error)})"
        finally:
            place.unlink()

    def _write(self, place: Path, blocks: Iterable[bytes], depth: int) -> None:
        """Write a copy whole or not at all."""
        try:
            with place.open("xb") as file:
                for block in blocks:
                    self._left -= len(block) if depth else 0
                    if self._left < 0:
                        raise UnknownError(f"archives unpack to more than {MOST_UNPACKED >> 20} MiB")
                    file.write(block)
        except BaseException:
            place.unlink(missing_ok=True)
            raise

    def _unpack(self, path: str, place: Path, head: bytes, depth: int) -> None:
        if kind := next((kind for start, kind in _CLOSED.items() if head.startswith(start)), None):
            self.closed[path] = f"it is {kind}"
        elif depth > DEEPEST:
            self.closed[path] = f"it lies more than {DEEPEST} archives deep"
        elif head.startswith(b"PK"):
            self._unzip(path, place, depth)
        elif _is_tar(head):
            self._untar(path, place, depth)
        else:
            opened = next(opened for start, opened in _STREAMS.items() if head.startswith(start))
            with opened(place) as stream:
                self._add(f"{path}!{PurePosixPath(path).stem}", _blocks_from(stream), depth)

    def _unzip(self, path: str, place: Path, depth: int) -> None:
        with open_zip(place) as packed:
            if hiding := next((f.sentence for f in packed.findings if f.code in _HIDING), None):
                self.closed[path] = f"it is a ZIP that hides something ({hiding.rstrip('.')})"
            for entry in packed.entries:
                try:
                    self._add(f"{path}!{entry.name}", packed.blocks(entry), depth)
                except GateproofError as error:
                    self.closed[f"{path}!{entry.name}"] = _first_line(error)

    def _untar(self, path: str, place: Path, depth: int) -> None:
        with tarfile.open(place, "r:") as packed:
            for member in packed:
                if (stream := packed.extractfile(member)) is not None and not member.issym():
                    self._add(f"{path}!{member.name}", _blocks_from(stream), depth)


def _is_packed(head: bytes) -> bool:
    return head.startswith((b"PK\3\4", b"PK\5\6", *_STREAMS, *_CLOSED)) or _is_tar(head)


def _is_tar(head: bytes) -> bool:
    return head[_TAR_AT : _TAR_AT + 5] == b"ustar"


def _blocks_of(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        yield from _blocks_from(file)


def _blocks_from(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
