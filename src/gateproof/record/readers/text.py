"""Reads what a tool wrote, without ever holding more of it than a set amount."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateproof.model import Capture
from gateproof.record.readers.contract import NotUnderstoodError

TAIL = 256 * 1024
LONGEST_LINE = 16 * 1024
LARGEST_JSON = 64 * 1024 * 1024
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\([A-Z0-9])")


def plain(data: bytes) -> str:
    """Text without terminal colours, and with one kind of line end."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return _ESCAPES.sub("", text)


def tail(capture: Capture, *, limit: int = TAIL) -> list[str]:
    """The last lines of a stream; the first of them may be cut."""
    with capture.path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - limit))
        return plain(stream.read(limit)).splitlines()


def last_line(capture: Capture) -> str:
    """The last line that is not blank, or nothing."""
    return next((line for line in reversed(tail(capture)) if line.strip()), "")


def lines(path: Path) -> Iterator[str]:
    """Every line, each cut to a set length, so that an endless one costs nothing."""
    with path.open("rb") as stream:
        while block := stream.readline(LONGEST_LINE):
            yield plain(block).rstrip("\n")
            while not block.endswith(b"\n") and len(block) == LONGEST_LINE:
                block = stream.readline(LONGEST_LINE)


def json_from(path: Path, *, limit: int = LARGEST_JSON) -> Any:
    """The one JSON document that a file holds.

    Raises NotUnderstoodError for a missing, empty, broken or huge one.
    """
    try:
        if path.stat().st_size > limit:
            raise NotUnderstoodError(f"{path.name} is larger than {limit} bytes, which no report should be")
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NotUnderstoodError(f"the tool left no {path.name}") from None
    except (ValueError, RecursionError) as broken:
        raise NotUnderstoodError(f"{path.name} is not JSON: {broken}") from None
