"""Writes ZIPs, and only here: the outer ZIP of a delivery, the same bytes from the same files."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from gateproof.errors import UnknownError

FIRST_DOS_TIME = (1980, 1, 1, 0, 0, 0)
"""ZIP cannot store dates before 1980; one fixed time keeps the bytes the same."""
LEVEL = 6
BLOCK = 1 << 20
WIDE = 0xFFFFFFFF
UNIX = 3
PLAIN_FILE = 0o100644


class Pending:
    """A new file that is to take the place of another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_dropped = False

    def drop(self) -> None:
        """Leave the target as it was, without an error."""
        self.is_dropped = True


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Pending]:
    """A new, empty file beside `target` that takes its place at the end.

    When anything goes wrong in between, the new file goes away and `target` is as it was.
    Raises UnknownError when the folder or the disk does not let it be written.
    """
    pending = Pending(target.with_name(f".{target.name}.{secrets.token_hex(4)}.part"))
    try:
        with pending.path.open("xb"):
            pass
        yield pending
        if not pending.is_dropped:
            with pending.path.open("rb+") as file:
                # A rename may reach the disk before the data does.
                os.fsync(file.fileno())
            pending.path.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnknownError(f"{target} could not be written and is as it was before: {reason}.") from error
    finally:
        # What stopped the writing is the news, not a temporary file that cannot be removed.
        with contextlib.suppress(OSError):
            pending.path.unlink(missing_ok=True)


def write_zip(target: Path, members: Mapping[str, Path | bytes], *, compress: bool = False) -> None:
    """Write `members`, name to file or bytes, as a ZIP to `target`, or leave `target` as it was.

    Sorted by name, one fixed time, plain files only, in a form that the strict reader takes.
    Stored by default: deflate's output differs between zlib builds, and a delivery is compressed already.
    Raises UnknownError when a member cannot be read or the target cannot be written.
    """
    with replacing(target) as pending, zipfile.ZipFile(pending.path, "w", compresslevel=LEVEL) as written:
        for name in sorted(members, key=str.encode):
            with _opened(members[name]) as source:
                size = source.seek(0, os.SEEK_END)
                source.seek(0)
                with written.open(_header(name, size, compress), "w", force_zip64=size > WIDE) as member:
                    shutil.copyfileobj(source, member, BLOCK)


def read_members(path: Path, *, ending: str, limit: int) -> Iterator[tuple[str, bytes]]:
    """The members of a ZIP whose names end so, in its order: for data that a person points to, not for a delivery.

    Raises OSError when it cannot be read, and ValueError when it is no ZIP, or a member has more than `limit` bytes.
    """
    try:
        with zipfile.ZipFile(path) as opened:
            for info in opened.infolist():
                if not info.filename.endswith(ending):
                    continue
                if info.file_size > limit:
                    raise ValueError(f"{info.filename} has more than {limit} bytes")
                yield info.filename, opened.read(info)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"it is no ZIP that can be read ({error})") from None


def _opened(source: Path | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except OSError as error:
        raise UnknownError(f"{source} cannot be read: {error.strerror}.") from error


def _header(name: str, size: int, compress: bool) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name, FIRST_DOS_TIME)
    header.compress_type = zipfile.ZIP_DEFLATED if compress and size else zipfile.ZIP_STORED
    # The system and the permissions of the machine that writes must not show.
    header.create_system = UNIX
    header.external_attr = PLAIN_FILE << 16
    header.file_size = size
    return header
