"""Globs as .gitignore has them, for paths with `/`, without regard to case.

`name` matches a file or a folder of that name anywhere, and with the folder all that lies in it.
`name/` matches only the folder. A slash elsewhere ties the glob to the top: `docs/*.txt`, `a/**/b`.
Case does not count, as `.ENV` and `.env` are one file on Windows and macOS.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|[^*?\[]+|\[")


def matches_any(path: str, globs: Iterable[str]) -> bool:
    """Whether one of `globs` matches `path` or a folder that it lies in. A folder's path ends in a slash."""
    pattern = _compiled(tuple(globs))
    return pattern is not None and pattern.search(path) is not None


@functools.cache
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str] | None:
    # Loose globs share their beginning, which the engine then tries once at each place, not once a glob.
    tied = [_regex(glob) for glob in globs if _is_tied(glob)]
    loose = [_regex(glob) for glob in globs if not _is_tied(glob)]
    ways = [
        rf"{start}(?:{'|'.join(group)})" for start, group in ((r"\A", tied), (r"(?:\A|/)", loose)) if group
    ]
    return re.compile("|".join(ways), re.IGNORECASE | re.DOTALL) if ways else None


def _is_tied(glob: str) -> bool:
    return "/" in glob.removesuffix("/")


def _regex(glob: str) -> str:
    # A glob that ends in a slash needs one in the path: only a folder has something below it.
    end = "/" if glob.endswith("/") else r"(?:/|\Z)"
    return "".join(map(_piece, _PARTS.findall(glob.strip("/")))) + end


def _piece(piece: str) -> str:
    match piece:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if len(piece) > 1 and piece[0] == "[" and piece[-1] == "]":
        inner = piece[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"(?!/)[{'^' + inner[1:] if inner[0] in '!^' else inner}]"
    return re.escape(piece)
