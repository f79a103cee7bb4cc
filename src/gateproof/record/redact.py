"""Take secrets out of text before it touches the disk or a terminal, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from gateproof.errors import UsageError
from gateproof.record.lines import Lines
from gateproof.record.needles import Needles, cleaned, forms
from gateproof.record.tokens import Tokens

SECRET_NAMES = (
    r"SECRET",
    r"TOKEN",
    r"PASSW(OR)?D",
    r"PASSPHRASE",
    r"(.+_|^)(PASS|PW|AUTH|KEY|SALT|DSN)$",
    r".+_PWD$",  # not PWD, which is the folder one is in
    r"(API|ACCESS|SIGNING|ENCRYPTION)_?KEY",
    r"PRIVATE",
    r"CREDENTIAL",
    r"COOKIE",
    r"WEBHOOK",
)
"""Regular expressions, looked for anywhere in a variable's name, in upper or lower case."""

WELL_KNOWN = frozenset(
    {
        *("changeme", "default", "disabled", "enabled", "example", "false", "localhost", "password"),
        *("postgres", "redacted", "required", "secret"),
    }
)
"""Values, in lower case, that protect nothing; redacting them would only make logs unreadable."""

SHORTEST = 6
"""Characters. A shorter value would be found inside ordinary words; it is named as not redacted instead."""

LONGEST_MATCH = 4 * 1024
"""Characters that a match of a pattern may have to be found for sure in a line longer than LONGEST_LINE."""

SHORTEST_LONE_TOKEN = 16
"""Characters; what stands alone before the @ of a URL is a user's name when it is shorter."""

_URL_WITH_PASSWORD = re.compile(r"://(?P<user>[^\s/?#:@]*:)?(?P<password>[^\s/?#]+)@")
# Lines in which these match nothing when they are searched together may match when each is searched alone.
_LOOKS_AROUND = re.compile(r"\\[AZ]|\(\?(?:[=!]|<[=!])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Redactor:
    """What is to be redacted, and what could not be. Its `repr` shows no secret."""

    needles: Needles
    patterns: tuple[re.Pattern[str], ...] = ()
    too_short: tuple[str, ...] = ()
    """Names of variables whose secret is not redacted because it is too short."""
    well_known: tuple[str, ...] = ()
    """Names of variables whose secret is not redacted because it is a word such as `changeme`."""
    looks_around: bool = field(init=False)
    """Whether a pattern must be tried on each line alone."""

    def __post_init__(self) -> None:
        looks_around = any(_LOOKS_AROUND.search(pattern.pattern) for pattern in self.patterns)
        object.__setattr__(self, "looks_around", looks_around)

    def redact(self, text: str) -> str:
        """`text` with every secret replaced: for arguments, file names, names of variables."""
        return self.stream().feed(text, final=True)

    def stream(self) -> Redaction:
        """A redaction that takes its text in blocks."""
        return Redaction(self)


def redactor(
    environment: Mapping[str, str],
    *,
    names: Sequence[str] = (),
    patterns: Sequence[str] = (),
    shortest: int = SHORTEST,
) -> Redactor:
    """A redactor of the values that `environment` holds under names of secrets, and of configured patterns.

    A value is replaced by `[redacted:NAME]`, also where it is quoted, escaped or part of base64.
    The password in a URL counts whatever its variable is called.
    `names` are regular expressions like SECRET_NAMES, for more names.
    `patterns` are regular expressions for secrets within a line, replaced by `[redacted:pattern N]`;
    a group named `secret` narrows what is replaced.
    Raises UsageError for an expression that cannot be compiled or that matches the empty text.
    """
    is_secret = re.compile(
        "|".join([*SECRET_NAMES, *(_compiled(name).pattern for name in names)]), re.IGNORECASE
    )
    needles: dict[str, str] = {}
    too_short: list[str] = []
    well_known: list[str] = []
    for name, value in sorted(environment.items()):
        label = name.encode("utf-8", "backslashreplace").decode()
        for secret in map(cleaned, _secrets(value, is_named=is_secret.search(name) is not None)):
            if secret.lower() in WELL_KNOWN:
                well_known.append(label)
            elif len(secret) < shortest:
                too_short.append(label)
            else:
                for form in map(cleaned, forms(secret)):
                    if len(form) >= shortest:
                        needles.setdefault(form, label)
    return Redactor(
        needles=Needles(needles),
        patterns=tuple(_compiled(pattern) for pattern in patterns),
        too_short=tuple(dict.fromkeys(too_short)),
        well_known=tuple(dict.fromkeys(well_known)),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern, re.MULTILINE)
    except re.error as error:
        raise UsageError(f"The pattern {pattern!r} is not a regular expression: {error}.") from None
    if compiled.search("") is not None:
        raise UsageError(f"The pattern {pattern!r} matches the empty text; say what it must contain.")
    return compiled


def _secrets(value: str, *, is_named: bool) -> Iterator[str]:
    """The secrets in a value: all of it when its name says so, and the passwords of the URLs in it."""
    if is_named and value.strip():
        yield value.strip()
    for match in _URL_WITH_PASSWORD.finditer(value):
        if match["user"] is not None or len(match["password"]) >= SHORTEST_LONE_TOKEN:
            yield match["password"]
            if unquote(match["password"]) != match["password"]:
                yield unquote(match["password"])


class Redaction:
    """One stream being redacted. What comes out is the same wherever its blocks were cut.

    Values of variables, and tokens that are known by their form, are looked for everywhere;
    held back is only what may be the beginning of one.
    Patterns are looked for within a line, so with patterns an unfinished line is held back too.
    In a line longer than LONGEST_LINE, a match longer than LONGEST_MATCH may be missed.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._replaced_here = 0
        self._needles = redactor.needles
        self._patterns = redactor.patterns
        self._line_by_line = redactor.looks_around
        self._held = ""
        self._tokens = Tokens()
        self._lines = Lines()

    @property
    def count(self) -> int:
        """How many secrets were replaced."""
        return self._replaced_here + self._tokens.count

    @property
    def holds(self) -> bool:
        """Whether text is held back that may become a secret."""
        return bool(self._held or self._tokens.held or self._lines.held)

    def feed(self, text: str, *, final: bool = False) -> str:
        """The redacted text that is certain by now."""
        text = self._tokens.feed(self._without_values(text, final=final), final=final)
        if not self._patterns:
            return text
        chunks = self._lines.feed(text, final=final)
        return "".join(
            self._window(chunk) if is_cut else self._whole_lines(chunk) for chunk, is_cut in chunks
        )

    def _without_values(self, text: str, *, final: bool) -> str:
        if not self._needles:
            return text
        text = self._held + text
        end = len(text) if final else self._needles.unfinished(text, 0)
        done, position = [], 0
        for start, stop, name in self._needles.find(text) if self._needles.are_in(text) else ():
            if start >= end:
                break
            done += [text[position:start], self._label(name)]
            position = stop
            if position > end:
                end = self._needles.unfinished(text, position)
        self._held = text[end:]
        return "".join([*done, text[position:end]])

    def _whole_lines(self, chunk: str) -> str:
        if not self._line_by_line and not any(pattern.search(chunk) for pattern in self._patterns):
            return chunk
        return "".join(map(self._line, re.findall(r"[^\n]*\n|[^\n]+", chunk)))

    def _line(self, line: str) -> str:
        for number, pattern in enumerate(self._patterns, 1):
            line = pattern.sub(lambda match, number=number: self._replaced(match, number), line)  # type: ignore[misc]
        return line

    def _window(self, window: str) -> str:
        """Redact all of a window but its end, which is left to the next one."""
        cut = len(window) - LONGEST_MATCH
        for start, end in sorted(
            match.span() for pattern in self._patterns for match in pattern.finditer(window)
        ):
            if start < cut < end:
                cut = end
        self._lines.held = window[cut:]
        return self._line(window[:cut])

    def _replaced(self, match: re.Match[str], number: int) -> str:
        label = self._label(f"pattern {number}")
        if "secret" not in match.re.groupindex or match["secret"] is None:
            return label
        start, end = (place - match.start() for place in match.span("secret"))
        return match[0][:start] + label + match[0][end:]

    def _label(self, name: str) -> str:
        self._replaced_here += 1
        return f"[redacted:{name}]"
