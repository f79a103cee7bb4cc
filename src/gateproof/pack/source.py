"""The files of a source, digested for sealing from wherever they lie."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.subject import EVIDENCE, EXECUTABLE, FILE, SYMLINK, SourceFile, digest

BLOCK = 1 << 20


def source_from_folder(folder: Path) -> tuple[SourceFile, ...]:
    """Every file below `folder` but `.git` and `evidence/`: a fresh checkout of exactly one commit.

    Modes are read from the disk, so on Windows, which keeps no executable bit, use `source_from_files`.
    Raises UnknownError when a file cannot be read, RefusedError for what git could not hold.
    """
    files: dict[str, Path] = {}
    for path in _walk(folder):
        files[path.relative_to(folder).as_posix()] = path
    return source_from_files(files)


def source_from_files(
    files: Mapping[str, Path | bytes], modes: Mapping[str, int] | None = None
) -> tuple[SourceFile, ...]:
    """Files by their path in the source, each as bytes or as a path on the disk.

    A mode that is not given is read from the disk, and for bytes is that of a plain file.
    Raises UnknownError when a file cannot be read, RefusedError for what git could not hold.
    """
    modes = modes or {}
    return tuple(_digest(path, content, modes.get(path)) for path, content in sorted(files.items()))


def _walk(folder: Path) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise UnknownError(f"{folder} could not be read: {error.strerror}.") from None
    for path in inside:
        yield from _below(path, is_top=path.name in (".git", EVIDENCE))


def _below(path: Path, *, is_top: bool = False) -> Iterator[Path]:
    if path.is_symlink() or path.is_file():
        yield path
    elif path.is_dir() and not is_top:
        for child in sorted(path.iterdir()):
            yield from _below(child)
    elif not path.is_dir():
        raise RefusedError(f"{path} is neither a file nor a link, so git cannot hold it.")


def _digest(name: str, content: Path | bytes, mode: int | None) -> SourceFile:
    try:
        if isinstance(content, Path) and mode is None:
            mode = _mode(content)
        if isinstance(content, Path) and mode == SYMLINK:
            content = os.fsencode(content.readlink())
        if isinstance(content, bytes):
            return digest(name, mode or FILE, len(content), [content])
        return digest(name, mode or FILE, content.stat().st_size, _blocks(content))
    except OSError as error:
        raise UnknownError(f"{name} could not be read: {error.strerror}.") from None
    except ValueError as error:
        raise UnknownError(f"{name} changed while it was read ({error}).") from None


def _mode(path: Path) -> int:
    if path.is_symlink():
        return SYMLINK
    return EXECUTABLE if path.stat().st_mode & 0o100 else FILE


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
