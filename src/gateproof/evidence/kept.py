"""What the statements of a record say of the files that were kept beside them.

The same rule holds wherever a record is taken up: when shards are merged, when it is sealed, when it is verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gateproof.evidence.statement import LINK, RUN_FIELD, TEST_RESULT, Statement

_STREAM = re.compile(r"commands/[0-9]+/(?:stdout|stderr)")


def described(statements: Iterable[Statement]) -> Mapping[str, object]:
    """Path inside the record → SHA-256, of every file that is not empty, as the result and the commands say it.

    Of a run that ended; one that did not names no file. Raises ValueError, with a sentence, where the result names
    none, or says of an output otherwise than its command does.
    """
    statements = tuple(statements)
    result = next(one for one in statements if one.predicate_type == TEST_RESULT)
    ours = result.predicate[RUN_FIELD]
    said = ours.get("files") if isinstance(ours, Mapping) else None
    if not isinstance(said, Mapping):
        raise ValueError("its result names no files, so none of them can be relied on; run it again")
    captured = dict(_captured(statements))
    for path in sorted({*captured, *filter(_STREAM.fullmatch, said)}):
        if path not in captured or said.get(path) != captured[path]:
            raise ValueError(f"{path} is not what its command's statement says (broken digest)")
    return said


def differences(found: Mapping[str, object], said: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each path whose file is not as it is described, with how."""
    for path in sorted({*found, *said}):
        if path not in found:
            yield path, "is missing"
        elif found[path] != said.get(path):
            yield path, "is not what its statement says (broken digest)"


def compare_kept(found: Mapping[str, str], statements: Iterable[Statement]) -> None:
    """Hold the files that were found, by their SHA-256, against what is described. Raises ValueError."""
    for path, how in differences(found, described(statements)):
        raise ValueError(f"{path} {how}")


def _captured(statements: Iterable[Statement]) -> Iterator[tuple[str, object]]:
    """Each stream that was not empty, with the digest that its command's link gives."""
    for link in statements:
        ours = link.predicate.get(RUN_FIELD)
        if link.predicate_type != LINK or not isinstance(ours, Mapping):
            continue
        captures = ours.get("captures")
        for name, capture in captures.items() if isinstance(captures, Mapping) else ():
            if isinstance(capture, Mapping) and capture.get("size"):
                yield f"commands/{ours.get('number')}/{name}", capture.get("sha256")
