"""Take secrets out of the reports that tools write themselves, past the recorder's pipes."""

from __future__ import annotations

import secrets
from pathlib import Path

from gateproof.errors import UnknownError
from gateproof.record.redact import Redactor

BLOCK = 1 << 16


def redact_reports(folder: Path, redactor: Redactor) -> int:
    """Rewrite every text file below `folder` without its secrets, and return how many values were taken out.

    What is no UTF-8 text, such as a screenshot, stays as it is.
    Raises UnknownError when a report cannot be rewritten; it is then removed, because nobody knows what it holds.
    """
    return sum(_redact(path, redactor) for path in sorted(folder.rglob("*")) if path.is_file())


def _redact(path: Path, redactor: Redactor) -> int:
    stream = redactor.stream()
    clean = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        # newline="": a report keeps its line ends, so that it stays what the tool wrote.
        with (
            path.open(encoding="utf-8", newline="") as source,
            clean.open("w", encoding="utf-8", newline="") as target,
        ):
            while block := source.read(BLOCK):
                target.write(stream.feed(block))
            target.write(stream.feed("", final=True))
        if stream.count:
            clean.replace(path)
        else:
            clean.unlink()
    except UnicodeDecodeError:
        clean.unlink()
        return 0
    except OSError as error:
        clean.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise UnknownError(f"{path} could not be redacted ({error.strerror}), so it was removed.") from error
    return stream.count
