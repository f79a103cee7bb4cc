"""`allowed_signers`: who vouches for which key, where and when, as `ssh-keygen -Y verify` reads it.

Follows ALLOWED SIGNERS in ssh-keygen(1): principals, options, key.
Stricter in two places, because an answer must not depend on the machine that gives it: a time must end in `Z`
(without it OpenSSH takes the machine's own time zone), and certificate authorities are refused, not ignored.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import translate

from gateproof.errors import UsageError
from gateproof.evidence.keys import PublicKey, exact_base64, read_string

_PRINCIPALS = re.compile(r'"([^"]+)"[ \t]+|([^" \t][^ \t]*)[ \t]+')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="([^"]*)")?(,|[ \t]+)')
_KEY = re.compile(r"([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t].*)?")
_TIME = re.compile(r"[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?Z")
_OPTIONS = ("namespaces", "valid-after", "valid-before")
_MAX = 1024 * 1024


class Vouching(enum.StrEnum):
    """What a signers file says of a key."""

    VOUCHED = "vouched for"
    UNKNOWN_KEY = "the key is not in the file"
    OTHER_NAMESPACE = "the key is in the file, but not for this use"
    OTHER_TIME = "the key is in the file, but not for this time"


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowedSigner:
    """One line: these principals sign with this key, in these namespaces, in this span of time."""

    principals: str
    """A name, or patterns separated by commas, as written."""
    blob: bytes
    """The key in OpenSSH's wire format; of any kind."""
    namespaces: tuple[str, ...] = ()
    """Patterns; none means every namespace."""
    valid_after: datetime | None = None
    valid_before: datetime | None = None

    def is_for(self, namespace: str) -> bool:
        """Whether the line covers a namespace. As in OpenSSH, one pattern with `!` that matches wins."""
        if not self.namespaces:
            return True
        patterns = [(text.startswith("!"), _glob(text.removeprefix("!"))) for text in self.namespaces]
        hits = {is_negated for is_negated, pattern in patterns if pattern.fullmatch(namespace)}
        return hits == {False}

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether the line covers a moment. Both ends belong to the span, as in OpenSSH."""
        is_begun = self.valid_after is None or self.valid_after <= moment
        return is_begun and (self.valid_before is None or moment <= self.valid_before)


def read_signers(raw: bytes, *, name: str) -> tuple[AllowedSigner, ...]:
    """Every line of an `allowed_signers` file.

    Raises UsageError that lists every line that cannot be taken, or says that the file names no one.
    """
    if len(raw) > _MAX:
        raise UsageError(f"{name} has more than {_MAX} bytes; this is not a signers file.")
    signers, problems = [], []
    for number, line in enumerate(raw.decode("utf-8", "backslashreplace").splitlines(), 1):
        text = line.strip(" \t\r")
        if not text or text.startswith("#"):
            continue
        try:
            signers.append(_signer(text))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise UsageError(f"{name} cannot be used. " + "; ".join(problems[:20]) + ".")
    if not signers:
        raise UsageError(f"{name} names no signer, so it vouches for no key.")
    return tuple(signers)


def vouch(
    signers: Iterable[AllowedSigner], key: PublicKey, *, namespace: str, at: datetime
) -> tuple[Vouching, tuple[str, ...]]:
    """What the signers say of a key in a namespace at a moment, and the principals who vouch for it.

    The moment is the one that the signer states, so a span limits honest holders of a key, not a thief of it.
    """
    lines = [signer for signer in signers if signer.blob == key.blob]
    if not lines:
        return Vouching.UNKNOWN_KEY, ()
    lines = [signer for signer in lines if signer.is_for(namespace)]
    if not lines:
        return Vouching.OTHER_NAMESPACE, ()
    lines = [signer for signer in lines if signer.is_valid_at(at)]
    if not lines:
        return Vouching.OTHER_TIME, ()
    return Vouching.VOUCHED, tuple(dict.fromkeys(signer.principals for signer in lines))


def write_signer(
    key: PublicKey,
    *,
    principal: str,
    namespaces: Iterable[str],
    valid_after: datetime | None = None,
    valid_before: datetime | None = None,
) -> bytes:
    """One line of an `allowed_signers` file. Raises UsageError for a principal that cannot stand in one."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,254}", principal):
        raise UsageError(f"{principal!r} cannot name a signer; use a name such as release@example.org.")
    options = [f'namespaces="{",".join(namespaces)}"']
    for name, moment in (("valid-after", valid_after), ("valid-before", valid_before)):
        if moment is not None:
            options.append(f'{name}="{moment.astimezone(UTC):%Y%m%d%H%M%SZ}"')
    return f"{principal} {','.join(options)} {key.line}\n".encode("ascii")


def _signer(line: str) -> AllowedSigner:
    principals = _PRINCIPALS.match(line)
    if principals is None:
        raise ValueError("it does not start with a principal and a key")
    options, rest = _options(line[principals.end() :])
    key = _KEY.fullmatch(rest)
    if key is None:
        raise ValueError("it does not end in a type of key, a key and perhaps a comment")
    blob = exact_base64(key[2])
    if read_string(blob)[0] != key[1].encode("ascii"):
        raise ValueError(f"its key is not of the type {key[1]}")
    return AllowedSigner(
        principals=principals[1] or principals[2],
        blob=blob,
        namespaces=tuple(options["namespaces"].split(",")) if "namespaces" in options else (),
        valid_after=_moment(options.get("valid-after")),
        valid_before=_moment(options.get("valid-before")),
    )


def _options(text: str) -> tuple[dict[str, str], str]:
    options: dict[str, str] = {}
    while (match := _OPTION.match(text)) and (match[2] is not None or match[3] == "," or _is_flag(match[1])):
        name, value = match[1].lower(), match[2]
        if name == "cert-authority":
            raise ValueError("certificate authorities are not supported; list the key itself")
        if name not in _OPTIONS or not value:
            raise ValueError(f"{match[1]!r} is not an option with a value that is known here")
        if name in options:
            raise ValueError(f"{name} is there twice")
        options[name] = value
        text = text[match.end() :]
        if match[3] != ",":
            break
    return options, text


def _is_flag(name: str) -> bool:
    return name.lower() in ("cert-authority", *_OPTIONS)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not a time in UTC such as 20261124Z or 202611240318Z")
    form = {9: "%Y%m%dZ", 13: "%Y%m%d%H%MZ", 15: "%Y%m%d%H%M%SZ"}[len(text)]
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{text!r} is not a time that exists") from None


def _glob(pattern: str) -> re.Pattern[str]:
    # OpenSSH knows * and ? only; brackets stand for themselves.
    return re.compile(translate(pattern.replace("[", "[[]")))
