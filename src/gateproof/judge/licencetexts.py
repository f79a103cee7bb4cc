"""The texts of licences as they lie beside a record of licences: packed, for they are many and nobody edits them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

FILE = "licence-texts.json.gz"
MOST = 64 << 20
"""Bytes that the file may unpack to; a thousand packages come nowhere near."""

_GZIP = 31
"""zlib's word for the form of gzip. It writes no name and no time, so the same texts give the same bytes."""


def pack(texts: Mapping[str, str]) -> bytes:
    """The file with these texts by their SHA-256, a line each, so that a scanner that unpacks it sees lines."""
    document = {digest: text.split("\n") for digest, text in sorted(texts.items())}
    packing = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    raw = json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8") + b"\n"
    return packing.compress(raw) + packing.flush()


def unpack(raw: bytes) -> dict[str, str]:
    """The texts by the digests under which they are listed, which nobody has checked yet.

    Raises ValueError for what is not such a file, or unpacks to more than MOST.
    """
    unpacking = zlib.decompressobj(_GZIP)
    try:
        text = unpacking.decompress(raw, MOST)
    except zlib.error as error:
        raise ValueError(f"it cannot be unpacked: {error}") from None
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("it is cut short, goes on behind its end, or is too large")
    try:
        document = json.loads(text)
        return {str(digest): "\n".join(lines) for digest, lines in document.items()}
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it holds no texts: {type(error).__name__}") from None
