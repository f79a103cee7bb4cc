"""What a reader is: how one tool shows that it looked at something."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from gateproof.errors import UnknownError
from gateproof.model import Ended, Reading

NO_OPTIONS: Mapping[str, str] = MappingProxyType({})
NO_VARIABLES: Mapping[str, str | None] = MappingProxyType({})


class NotUnderstoodError(UnknownError):
    """The output is not what the tool writes when all went as it should; the message says what is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """An option without which a green of the tool means nothing."""

    options: tuple[str, ...]
    """Any of these will do."""
    values: tuple[str, ...] = ()
    """One of these must be the option's last value; none means that the option takes no value."""
    why: str


def no_arguments(files: Path) -> tuple[str, ...]:
    """Add nothing: the tool shows what it looked at without being asked."""
    del files
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How one tool shows that it looked at something, and what would make its green worthless."""

    name: str
    read: Callable[[Ended], Reading]
    """Understands the output, or raises NotUnderstoodError. `decide` holds what is true of every tool."""
    arguments: Callable[[Path], tuple[str, ...]] = no_arguments
    """What makes the tool show its numbers, given the absolute folder for its own reports."""
    after: str = ""
    """The word of the command line after which the arguments go; without one, at the end of the options."""
    environment: Mapping[str, str | None] = field(default_factory=lambda: NO_VARIABLES)
    """Variables to set for the child, or to take away (None), lest the machine changes what the tool does."""
    at_least: int = 1
    exit_codes: Container[int] = (0,)
    """The exit codes with which a pass is possible at all."""
    refuses: Mapping[str, str] = field(default_factory=lambda: NO_OPTIONS)
    """Options under which a green is worthless, each with the reason."""
    requires: tuple[Requirement, ...] = ()

    def command(self, argv: tuple[str, ...], files: Path) -> tuple[str, ...]:
        """The command line that makes the tool show what it looked at."""
        extra = self.arguments(files.absolute())
        place = len(options(argv))
        if self.after:
            place = next((n for n, word in enumerate(argv, 1) if program(word) == self.after), place)
        return (*argv[:place], *extra, *argv[place:])

    def surround(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The child's variables: the given ones, and over them the reader's own."""
        wanted: dict[str, str | None] = {**environment, **self.environment}
        return {name: value for name, value in wanted.items() if value is not None}


def program(word: str) -> str:
    """The bare name of a program, as it would be typed on any system."""
    name = os.path.basename(word.replace("\\", "/")).lower()  # noqa: PTH119 - a path of any system
    return name.removesuffix(".exe")


def options(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The part of a command line in which options may stand."""
    return argv[: argv.index("--")] if "--" in argv else argv


def last_value(argv: tuple[str, ...], option: str) -> str | None:
    """The value that a tool uses when an option is given more than once: the last."""
    value = None
    for word, following in pairwise((*options(argv), "")):
        if word == option:
            value = following
        elif word.startswith(f"{option}="):
            value = word.partition("=")[2]
    return value
