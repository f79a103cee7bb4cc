"""A step: one command that CI runs, where it stands, and why its failure might not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One command."""

    words: tuple[str, ...]
    cwd: str = ""
    """Folder inside the ZIP, with `/`; empty for the top."""
    env: Mapping[str, str] = field(default_factory=dict)
    weaknesses: tuple[str, ...] = ()
    """Why it cannot make CI red; empty where it can."""
    where: str = ""
    """`path:line` of the place that a person looks at."""
    via: tuple[str, ...] = ()
    """The files that it was found through."""
    session: str = ""
    """The nox session that it belongs to."""

    @property
    def is_written_out(self) -> bool:
        """Whether its text says what it runs; `session.run(*call.argv)` does not."""
        return bool(self.words) and not self.words[0].startswith("{")

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A text that a shell runs, and how."""

    text: str
    where: str
    """The file."""
    line: int = 1
    """On which line of the file the text begins."""
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    weaknesses: tuple[str, ...] = ()
    errexit: bool = True
    """Whether the shell ends at the first failure."""
    pipefail: bool = False
    via: tuple[str, ...] = ()
    is_one_line_each: bool = False
    """Whether the line numbers inside are of no use, as in JSON or an INI file."""
