"""Reads what a tool wrote, without ever holding more of it than a set amount."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateproof.model import Capture
from gateproof.record.readers.contract import NotUnderstoodError

TAIL = 256 * 1024
LONGEST_LINE = 64 * 1024
LARGEST_JSON = 64 * 1024 * 1024


def tail(capture: Capture, *, limit: int = TAIL) -> list[str]:
    """The last whole lines of a stream; a line that is cut could look like another, so it is left out."""
    with capture.path.open("rb") as stream:
        start = max(0, stream.seek(0, 2) - limit)
        stream.seek(start)
        last = stream.read(limit).decode("utf-8", "replace").split("\n")
    return [line.rstrip("\r") for line in last[1 if start else 0 :]]


def last_line(capture: Capture) -> str:
    """The last line that is not blank, or nothing."""
    return next((line for line in reversed(tail(capture)) if line.strip()), "")


def lines(path: Path) -> Iterator[str]:
    """Every line, each cut to a set length, so that an endless one costs nothing."""
    with path.open("rb") as stream:
        while block := stream.readline(LONGEST_LINE):
            yield block.decode("utf-8", "replace").rstrip("\r\n")
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


def count_of(number: Any) -> int:
    """What a report of our own counts. Raises NotUnderstoodError for what is no whole number from 0; True is none."""
    if type(number) is not int or number < 0:
        raise NotUnderstoodError(f"the report counts {number!r}")
    return number
