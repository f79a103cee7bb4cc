"""Take secrets out of text before it touches the disk or a terminal, block by block."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, quote_plus, unquote

from gateproof.errors import UsageError
from gateproof.record.text import Cleaner, Lines

SECRET_NAMES = (
    r"SECRET",
    r"TOKEN",
    r"PASSW(OR)?D",
    r"PASSPHRASE",
    r"_(PASS|PW|PWD|AUTH|KEY|SALT|DSN)$",
    r"^(PASS|PW|AUTH|KEY|SALT|DSN)$",
    r"(API|ACCESS|SIGNING|ENCRYPTION)_?KEY",
    r"PRIVATE",
    r"CREDENTIAL",
    r"COOKIE",
    r"WEBHOOK",
)
"""Regular expressions, matched anywhere in a variable's name, upper or lower case."""

WELL_KNOWN = frozenset(
    "changeme default disabled enabled example false localhost password postgres redacted required secret".split()
)
"""Values, in lower case, that protect nothing; redacting them would only make logs unreadable."""

SHORTEST = 6
"""Characters. A shorter value would be found inside ordinary words; it is named as not redacted instead."""

SHORTEST_LINE = 16
"""Characters of one line of a secret with many, such as a PEM key, to be looked for on its own."""

LONGEST_MATCH = 4 * 1024
"""Characters that a match of a configured pattern may have in a line longer than `text.LONGEST_LINE`."""

_URL_WITH_PASSWORD = re.compile(r"://(?P<user>[^\s/?#:@]*:)?(?P<password>[^\s/?#]+)@")
# A chunk of lines in which these match nothing may still hold a line in which they do.
_LOOKS_AROUND = re.compile(r"\\[AZ]|\(\?(?:[=!]|<[=!])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Redactor:
    """What is to be redacted, and what could not be."""

    labels: Mapping[str, str] = field(repr=False)
    """From each text to look for to the name of the variable that holds it. Never print it."""
    patterns: tuple[re.Pattern[str], ...] = ()
    too_short: tuple[str, ...] = ()
    """Names of variables whose secret is too short to be redacted safely."""
    well_known: tuple[str, ...] = ()
    """Names of variables whose secret is a word such as `changeme`."""

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
    """A redactor of the values that `environment` holds under the names of secrets, and of configured patterns.

    `names` are further regular expressions like SECRET_NAMES.
    `patterns` are regular expressions that match secrets within a line; a group named `secret` narrows what is replaced.
    A password inside a URL counts whatever its variable is called.
    Raises UsageError for an expression that cannot be compiled or that matches the empty text.
    """
    is_secret = re.compile(
        "|".join([*SECRET_NAMES, *(_compiled(name).pattern for name in names)]), re.IGNORECASE
    )
    labels: dict[str, str] = {}
    too_short, well_known = [], []
    for name, value in sorted(environment.items()):
        for secret in map(_clean, _secrets(value, is_named=is_secret.search(name) is not None)):
            if secret.lower() in WELL_KNOWN:
                well_known.append(name)
            elif len(secret) < shortest:
                too_short.append(name)
            else:
                forms = (_clean(form) for form in _forms(secret))
                labels |= {
                    form: _printable(name) for form in forms if len(form) >= shortest and form not in labels
                }
    return Redactor(
        labels=MappingProxyType(labels),
        patterns=tuple(_compiled(pattern) for pattern in patterns),
        too_short=tuple(too_short),
        well_known=tuple(well_known),
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
    """The secrets in a variable's value: all of it when its name says so, and the passwords of the URLs in it."""
    if is_named and value.strip():
        yield value.strip()
    for match in _URL_WITH_PASSWORD.finditer(value):
        if match["user"] is None and len(match["password"]) < SHORTEST_LINE:
            continue  # `git@host` is a user's name; a token stands there alone only when it is long
        yield match["password"]
        if unquote(match["password"]) != match["password"]:
            yield unquote(match["password"])


def _clean(text: str) -> str:
    """Text as it is when it has been through the cleaner: what is searched has been, so what is looked for must be."""
    return Cleaner().feed(text.replace("\0", ""), final=True)[0]


def _forms(secret: str) -> Iterator[str]:
    """The secret as programs print it: as it is, quoted, escaped, in base64, line by line."""
    data = secret.encode("utf-8", "surrogateescape")
    yield secret
    # Bytes that are no UTF-8 come back from the decoder as U+FFFD.
    yield data.decode("utf-8", "replace")
    yield quote(data, safe="")
    yield quote(data)
    yield quote_plus(data)
    yield html.escape(secret)
    yield secret.replace("'", "'\"'\"'")  # as shlex.quote writes it
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield from _base64_forms(data)
    lines = secret.splitlines()
    if len(lines) > 1:
        yield "\n".join(lines)
        yield "\r\n".join(lines)
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("-----"))


def _base64_forms(secret: bytes) -> Iterator[str]:
    """The part of base64 that does not depend on neighbours, for each of the three ways in which bytes can be aligned."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret).decode()
        # The first characters hold bits of what goes before, the last one (padding aside) of what follows.
        first = (offset * 8 + 5) // 6
        last = (offset + len(secret)) * 8 // 6
        core = encoded[first:last]
        yield core
        yield core.translate({ord("+"): "-", ord("/"): "_"})


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


class Redaction:
    """One stream being redacted. The output is the same wherever its blocks were cut.

    The values of variables are looked for everywhere; of a block's end only what may be the beginning of one is held back.
    Patterns are looked for within a line, so with patterns an unfinished line is held back too.
    In a line longer than 64 Ki characters, matches of up to 4 Ki characters are sure to be found.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.count = 0
        self._labels = redactor.labels
        needles = sorted(redactor.labels, key=len, reverse=True)
        self._needles = needles
        self._longest = max(map(len, needles), default=0)
        self._any = re.compile("|".join(map(re.escape, needles))) if needles else None
        self._held = ""
        self._patterns = redactor.patterns
        self._by_line = any(_LOOKS_AROUND.search(pattern.pattern) for pattern in redactor.patterns)
        self._lines = Lines()

    @property
    def holds(self) -> bool:
        """Whether text is held back that may become a secret."""
        return bool(self._held or self._lines.held)

    def feed(self, text: str, *, final: bool = False) -> str:
        """The redacted text that is certain by now."""
        text = self._without_values(text, final=final)
        if not self._patterns:
            return text
        done = []
        for chunk, is_window in self._lines.feed(text, final=final):
            done.append(self._window(chunk) if is_window else self._whole_lines(chunk))
        return "".join(done)

    def _without_values(self, text: str, *, final: bool) -> str:
        if self._any is None:
            return text
        text = self._held + text
        end = len(text) if final else self._certain(text, 0)
        if not any(needle in text for needle in self._needles):
            self._held = text[end:]
            return text[:end]
        done, position = [], 0
        for match in self._any.finditer(text):
            if match.start() >= end:
                break
            done += [text[position : match.start()], self._label(self._labels[match[0]])]
            position = match.end()
            if position > end:
                end = self._certain(text, position)
        self._held = text[end:]
        return "".join([*done, text[position:end]])

    def _certain(self, text: str, start: int) -> int:
        """Where the first beginning of a value that goes on after `text` stands; the end when there is none."""
        end = len(text)
        for needle in self._needles:
            begin = text.find(needle[0], max(start, len(text) - len(needle) + 1), end)
            while begin >= 0:
                if needle.startswith(text[begin:]):
                    end = begin
                    break
                begin = text.find(needle[0], begin + 1, end)
        return end

    def _whole_lines(self, chunk: str) -> str:
        if not self._by_line and not any(pattern.search(chunk) for pattern in self._patterns):
            return chunk
        return "".join(map(self._line, re.findall(r"[^\n]*\n|[^\n]+", chunk)))

    def _line(self, line: str) -> str:
        for number, pattern in enumerate(self._patterns, 1):
            line = pattern.sub(lambda match, number=number: self._replaced(match, number), line)
        return line

    def _window(self, window: str) -> str:
        """Redact all of a window but its end, which is left to the next one."""
        cut = len(window) - LONGEST_MATCH
        spans = sorted(match.span() for pattern in self._patterns for match in pattern.finditer(window))
        for start, end in spans:
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
        self.count += 1
        return f"[redacted:{name}]"
