"""One case of the corpus: a real command, and the outcome that it must get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gateproof.model import Outcome
from gateproof.record.readers import Reader

PASSED = Outcome.PASSED
FAILED = Outcome.FAILED
VACUOUS = Outcome.VACUOUS
SKIPPED = Outcome.SKIPPED
ERRORED = Outcome.ERRORED
NOTHING: Mapping[str, str] = {}
BYTES = "base64:"
"""Begins the content of a file that is no text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What happens, the command, who reads it, and what it must get."""

    name: str
    argv: str
    """Split at spaces; an argument with a space has `␣` for it, and `{osv}` is the stand-in's address."""
    reader: Reader
    expects: Outcome
    says: str
    """Part of the reason."""
    looked_at: int | None
    files: Mapping[str, str]
    env: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.reader.name}: {self.name}".replace(" ", "-")

    def command(self, *, osv: str) -> tuple[str, ...]:
        """The argument vector."""
        return tuple(word.replace("␣", " ").replace("{osv}", osv) for word in self.argv.split())


class Row(Protocol):
    """Writes one case of a table, which says only what is special about it."""

    def __call__(
        self,
        name: str,
        expects: Outcome,
        says: str = "",
        looked_at: int | None = None,
        *,
        argv: str = ...,
        reader: Reader = ...,
        files: Mapping[str, str] = NOTHING,
        env: Mapping[str, str] = NOTHING,
    ) -> Case: ...


def table(usual_argv: str, usual_reader: Reader) -> Row:
    """A table of cases that mostly run one command and are read by one reader."""

    def row(
        name: str,
        expects: Outcome,
        says: str = "",
        looked_at: int | None = None,
        *,
        argv: str = usual_argv,
        reader: Reader = usual_reader,
        files: Mapping[str, str] = NOTHING,
        env: Mapping[str, str] = NOTHING,
    ) -> Case:
        return Case(
            name=name,
            argv=argv,
            reader=reader,
            expects=expects,
            says=says,
            looked_at=looked_at,
            files=files,
            env=env,
        )

    return row


def text(*lines: str) -> str:
    """Lines as a file holds them."""
    return "".join(f"{line}\n" for line in lines)
