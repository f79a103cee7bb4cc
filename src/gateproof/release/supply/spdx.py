"""What licence a package is under, as an SPDX expression, from what it declares and the texts that it carries.

A declaration that leaves the choice open ("BSD") is settled by the text; what neither settles is unknown, and is
left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

# Classifiers of PyPI that name exactly one licence. The others name a family, or nothing.
_CLASSIFIERS = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "The Unlicense (Unlicense)": "Unlicense",
    "Zope Public License": "ZPL-2.1",
}
# What people write who mean a family, in lower case: the text says which of it.
_FAMILIES = {
    "apache software license": "Apache",
    "apache license version 2.0": "Apache",
    "apache license, version 2.0": "Apache",
    "apache 2": "Apache",
    "apache 2.0": "Apache",
    "bsd": "BSD",
    "bsd license": "BSD",
    "new bsd": "BSD",
    "expat license": "MIT",
    "mit license": "MIT",
    "psfl": "PSF",
    "python software foundation license": "PSF",
}
_MEMBERS = {
    "Apache": ("Apache-2.0",),
    "BSD": ("BSD-2-Clause", "BSD-3-Clause"),
    "MIT": ("MIT",),
    "PSF": ("PSF-2.0",),
}
_BSD = (
    "redistributions of source code must retain the above copyright notice",
    "redistributions in binary form must reproduce the above copyright notice",
)
# Words that a text of the licence has, once all that is not a letter or a digit is a space: one of the rows.
_PHRASES = {
    "MIT": (
        (
            "permission is hereby granted free of charge to any person obtaining a copy",
            "copies or substantial portions of the software",
            "without warranty of any kind",
        ),
    ),
    "Apache-2.0": (
        (
            "apache license version 2 0 january 2004",
            "terms and conditions for use reproduction and distribution",
        ),
        ("licensed under the apache license version 2 0",),
    ),
    "PSF-2.0": (("python software foundation license version 2", "psf hereby grants licensee"),),
    "BSD-3-Clause": ((*_BSD, "neither the name"), (*_BSD, "may not be used to endorse or promote products")),
}
# Sentences that take back what the rest of a text grants.
_BUT = ("commons clause", "all advertising materials mentioning features")


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What a package's metadata says of its licence."""

    expression: str = ""
    """`License-Expression`."""
    licence: str = ""
    """`License`, where it is a name and not the text itself."""
    classifiers: tuple[str, ...] = ()
    """Without the `License ::` before them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The licence that follows."""

    expression: str
    """SPDX; empty where it is unknown."""
    basis: str
    """From what it follows, or why nothing does."""


def read(declared: Declared, texts: Sequence[str]) -> Reading:
    """The licence that follows from a declaration and from the texts that came with it."""
    try:
        if declared.expression:
            return _expressed(declared.expression)
        _refuse_unread(declared)
        return _named(declared) or _settled(declared, texts)
    except _OpenError as error:
        return Reading(expression="", basis=str(error))


class _OpenError(ValueError):
    """Nothing follows; the message says why."""


def _expressed(said: str) -> Reading:
    if expression := canonical(said):
        return Reading(expression=expression, basis="License-Expression")
    raise _OpenError(f"License-Expression is not SPDX: {said!r}")


def _refuse_unread(declared: Declared) -> None:
    """Whatever is not understood could take back what is."""
    said = declared.licence.lower()
    unread = [declared.licence] if said and not canonical(said) and said not in _FAMILIES else []
    unread += [
        one
        for each in declared.classifiers
        if (one := _last(each)) not in _CLASSIFIERS and one.lower() not in _FAMILIES and one != "OSI Approved"
    ]
    if unread:
        raise _OpenError(f"it declares {', '.join(map(repr, unread))}, which names no one licence")


def _named(declared: Declared) -> Reading | None:
    """A declaration that names one licence; None where none does. Raises _OpenError where two do."""
    named = {
        _CLASSIFIERS[one]: "classifier"
        for each in declared.classifiers
        if (one := _last(each)) in _CLASSIFIERS
    }
    if one := canonical(declared.licence):
        named[one] = "License"
    if not named:
        return None
    others = [family for family in _families(declared) if not set(_MEMBERS[family]) & named.keys()]
    if len(named) > 1 or others:
        raise _OpenError(_not_together([*named, *others]))
    ((expression, basis),) = named.items()
    return Reading(expression=expression, basis=basis)


def _settled(declared: Declared, texts: Sequence[str]) -> Reading:
    """What the texts say, of the family that is declared; or without a declaration the only text, alone."""
    families = set(_families(declared))
    if len(families) > 1:
        raise _OpenError(_not_together(families))
    if not families:
        found = set(recognised(texts[0])) if len(texts) == 1 else set()
        if len(found) != 1:
            raise _OpenError("it declares nothing")
        return Reading(expression=found.pop(), basis="text")
    (family,) = families
    found = {one for text in texts for one in recognised(text)} & set(_MEMBERS[family])
    if len(found) != 1:
        raise _OpenError(f"it declares {family}, and no text in it says which")
    return Reading(expression=found.pop(), basis="declaration and text")


def _not_together(names: Iterable[str]) -> str:
    return f"it declares {' and '.join(sorted(names))}, and not how they go together"


def canonical(expression: str) -> str:
    """The expression as SPDX writes it; empty for what is none."""
    try:
        return str(canonicalize_license_expression(expression)) if expression.strip() else ""
    except InvalidLicenseExpression:
        return ""


def recognised(text: str) -> Iterator[str]:
    """The licences that a text is one of, of those that people declare loosely."""
    words = " ".join(re.findall(r"[a-z0-9]+", text.lower()))
    if any(one in words for one in _BUT):
        return
    found = [
        name for name, rows in _PHRASES.items() if any(all(phrase in words for phrase in row) for row in rows)
    ]
    yield from found
    if "BSD-3-Clause" not in found and all(phrase in words for phrase in _BSD):
        yield "BSD-2-Clause"


def refused(expression: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """What in an SPDX expression is not allowed; empty when it may be used.

    Of `A OR B` one must be allowed, of `A AND B` both. `A WITH E` grants more than `A`, so `A` is enough.
    Raises ValueError for what is no expression.
    """
    from license_expression import ExpressionError, Licensing  # type: ignore[import-untyped]

    known = canonical(expression)
    if not known:
        raise ValueError(f"{expression!r} is not an SPDX expression")
    try:
        tree = Licensing().parse(known)
    except ExpressionError as error:
        raise ValueError(f"{expression!r} is not an SPDX expression: {error}") from None
    return _refused(tree, frozenset(allowed))


def _refused(tree: object, allowed: frozenset[str]) -> tuple[str, ...]:
    from license_expression import LicenseWithExceptionSymbol, Licensing

    if isinstance(tree, Licensing().AND):
        return tuple(one for part in tree.args for one in _refused(part, allowed))
    if isinstance(tree, Licensing().OR):
        parts = [_refused(part, allowed) for part in tree.args]
        return () if not all(parts) else tuple(one for part in parts for one in part)
    names = {str(tree)}
    if isinstance(tree, LicenseWithExceptionSymbol):
        names.add(str(tree.license_symbol))
    return () if names & allowed else (str(tree),)


def _families(declared: Declared) -> Iterator[str]:
    said = (declared.licence, *map(_last, declared.classifiers))
    yield from (_FAMILIES[one] for each in said if (one := each.strip().lower()) in _FAMILIES)


def _last(classifier: str) -> str:
    return classifier.rpartition(" :: ")[2]
