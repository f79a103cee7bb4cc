"""Put a finished delivery into its place at once: the whole new one, or the old one as it was."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from gateproof.errors import UnknownError


def sweep(target: Path) -> None:
    """Take away what a call that was killed left beside `target`; an old delivery that had no new one yet returns.

    Only for whoever holds the lock. What cannot be removed is left: it disturbs nobody.
    """
    for old in sorted(target.parent.glob(f".{target.name}-old-*")):
        if not target.exists():
            with contextlib.suppress(OSError):
                old.rename(target)
    for remains in target.parent.glob(f".{target.name}-*"):
        if remains.is_dir():
            shutil.rmtree(remains, ignore_errors=True)
        else:
            remains.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """A new folder beside `target` that takes its place when the block ends well, and vanishes when it does not.

    Raises UnknownError when the disk does not take it.
    """
    mark = secrets.token_hex(4)
    work, old = (target.with_name(f".{target.name}-{word}-{mark}") for word in ("new", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir()
        try:
            yield work
            if target.exists():
                target.rename(old)
            work.rename(target)
        finally:
            if old.exists() and not target.exists():
                old.rename(target)
            shutil.rmtree(old, ignore_errors=True)
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise UnknownError(
            f"{target} could not be written: {error.strerror}; make room or give access."
        ) from error
