"""TOML from strangers: whatever is wrong with it is one kind of error, and one sentence."""

from __future__ import annotations

import re
import tomllib
from typing import Any

MOST_CHARACTERS = 4 << 20
MOST_PARTS = 1000
"""Of one dotted key: reading it takes time quadratic in them."""

_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)++""")


def read_toml(text: str) -> dict[str, Any]:
    """The document in `text`.

    Raises ValueError for what is not TOML, is nested too deep, has a key of more than a thousand parts or
    more than 4 Mi characters.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
    if any(key[0].count(".") >= MOST_PARTS for key in _KEY.finditer(text)):
        raise ValueError(f"it has a key of more than {MOST_PARTS:,} parts")
    try:
        return tomllib.loads(text)
    except (RecursionError, MemoryError):
        raise ValueError("it is nested too deep") from None


def table(document: object, *keys: str) -> dict[str, Any]:
    """The table below these keys; an empty one where something else stands there, or nothing."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}
