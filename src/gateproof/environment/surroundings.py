"""What the commands of a gate find around them: variables, secrets, folders, services; made, and taken away."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from gateproof.environment.services import SERVICES, serve
from gateproof.errors import UnknownError

_TOKEN = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a gate declares that its commands need."""

    env: Mapping[str, str] = field(default_factory=lambda: NO_VARIABLES)
    """Variables; `{NAME}` stands for a folder of `folders`, `{postgres.url}` and its like for a service."""
    folders: tuple[str, ...] = ()
    """Variables that each get the path of a new, empty folder, gone afterwards."""
    secrets: str | None = None
    """A file of NAME=VALUE lines outside the repository; its values are given, and never written down."""
    needs: tuple[str, ...] = ()
    """Services that are started for the gate, and stopped."""

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot be given."""
        if unknown := sorted(set(self.needs) - set(SERVICES)):
            raise ValueError(
                f"There is no service {unknown[0]}; the services are {', '.join(sorted(SERVICES))}."
            )
        if self.secrets and not Path(self.secrets).expanduser().is_absolute():
            raise ValueError(
                f"The secrets file {self.secrets} would lie in the repository; give a path such as ~/shop.env."
            )

    @property
    def told(self) -> tuple[str, ...]:
        """For the record: names, never values."""
        return (
            *(f"variable {name}" for name in sorted(self.env)),
            *(f"folder {name}" for name in self.folders),
            *(f"service {name}" for name in self.needs),
            *(["secrets file"] if self.secrets else []),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What the commands get, and which of it is secret."""

    variables: Mapping[str, str]
    secret: Mapping[str, str]


@contextlib.contextmanager
def surround(wanted: Surroundings) -> Iterator[Given]:
    """Make what is wanted for as long as the block runs.

    Raises UnknownError for a secrets file that cannot be read, a service that does not start and a `{word}` that
    stands for nothing.
    """
    with contextlib.ExitStack() as opened:
        secret = read_secrets(Path(wanted.secrets).expanduser()) if wanted.secrets else {}
        known: dict[str, str] = {}
        for name in wanted.folders:
            # Outside the repository: what a project writes must not lie in the source that is looked at.
            place = opened.enter_context(
                tempfile.TemporaryDirectory(prefix="gateproof-", ignore_cleanup_errors=True)
            )
            known[name] = Path(place).resolve().as_posix()
        folders = dict(known)
        for name in wanted.needs:
            known |= {f"{name}.{part}": value for part, value in opened.enter_context(serve(name)).items()}
        variables = {name: resolve(value, known) for name, value in wanted.env.items()}
        yield Given(variables={**folders, **variables, **secret}, secret=secret)


def resolve(value: str, known: Mapping[str, str]) -> str:
    """`value` with `{NAME}` replaced by what was made. Raises UnknownError where nothing of that name was."""

    def known_word(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise UnknownError(
                f"{match[0]} in a gate's env stands for nothing; known are {', '.join(sorted(known)) or 'none'}."
            )
        return known[match[1]]

    return _TOKEN.sub(known_word, value)


def read_secrets(path: Path) -> dict[str, str]:
    """The variables of a file of NAME=VALUE lines; quotes around a value are not part of it.

    Raises UnknownError, without a value in its words, where the file is missing or holds another line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError(
            f"The secrets file {path} cannot be read ({type(error).__name__}); make it, with NAME=VALUE lines."
        ) from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        match = _LINE.fullmatch(bare)
        if match is None:
            raise UnknownError(f"Line {number} of the secrets file {path} is not NAME=VALUE.")
        value = match[2]
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[match[1]] = value[1:-1] if quoted else value
    return found
