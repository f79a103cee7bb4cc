"""The record of licences beside the locks: of every pin, what it declares and the texts that it carries.

The texts lie in a packed file of their own; the record names each by its digest.

`invoke pin` writes it from the packages themselves; everything else reads it, offline.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateproof.errors import UnknownError
from gateproof.judge import licencetexts
from gateproof.release.supply import spdx
from gateproof.release.supply.keys import Key, key_of

FILE = "licences.json"
TEXTS = licencetexts.FILE
_ABOUT = "Made by `invoke pin` from the packages that the locks pin; do not change it by hand."


@dataclass(frozen=True, kw_only=True, slots=True)
class TextFile:
    """A file with the text of a licence, or a notice, in a package."""

    name: str
    sha256: str
    """Of the text as it is recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Licensed:
    """One package at one version."""

    name: str
    """Normalised."""
    version: str
    declared: spdx.Declared
    files: tuple[TextFile, ...]
    licence: str
    """The SPDX expression that was read from it; empty where it is unknown."""
    basis: str

    @property
    def key(self) -> Key:
        """What pins are compared by."""
        return key_of(self.name, self.version)

    @property
    def digest(self) -> str:
        """SHA-256 of what its licence is read from: a person's word about it holds for exactly this."""
        return sha256(json.dumps(_sources(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Licences:
    """The whole record."""

    packages: tuple[Licensed, ...]
    texts: Mapping[str, str]
    """By their SHA-256."""

    @cached_property
    def by_key(self) -> Mapping[Key, Licensed]:
        return {one.key: one for one in self.packages}

    def texts_of(self, package: Licensed) -> tuple[str, ...]:
        """The texts that it carries."""
        return tuple(self.texts[file.sha256] for file in package.files)

    def reading_of(self, package: Licensed) -> spdx.Reading:
        """The licence that follows from what is recorded, whatever the record says that it is."""
        return spdx.read(package.declared, self.texts_of(package))


NONE = Licences(packages=(), texts={})


def licensed(
    name: str, version: str, declared: spdx.Declared, texts: Iterable[tuple[str, str]]
) -> tuple[Licensed, dict[str, str]]:
    """One package, and its texts by digest, from what was found in it: file names and texts."""
    found = tuple(texts)
    reading = spdx.read(declared, [text for _, text in found])
    package = Licensed(
        name=name,
        version=version,
        declared=declared,
        files=tuple(TextFile(name=file, sha256=digest_of(text)) for file, text in found),
        licence=reading.expression,
        basis=reading.basis,
    )
    return package, {digest_of(text): text for _, text in found}


def digest_of(text: str) -> str:
    """SHA-256 of a text as it is recorded."""
    return sha256(text.encode("utf-8")).hexdigest()


def write(record: Licences) -> str:
    """The record as a file, the same for the same content; `write_texts` gives the other one."""
    document = {
        "about": _ABOUT,
        "packages": [
            {
                "name": one.name,
                "version": one.version,
                "licence": one.licence,
                "basis": one.basis,
                **_sources(one),
            }
            for one in sorted(record.packages, key=lambda one: one.key)
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def write_texts(record: Licences) -> bytes:
    """The texts that the packages carry, as a file of their own."""
    used = {file.sha256 for one in record.packages for file in one.files}
    return licencetexts.pack({digest: record.texts[digest] for digest in used})


def read(text: str, packed: bytes | None, where: str) -> Licences:
    """Take the two files apart; `packed` is the one with the texts, None where it is not there.

    Raises UnknownError for one that is broken, or whose texts are not those it names.
    """
    try:
        document = json.loads(text)
        texts = licencetexts.unpack(packed) if packed is not None else {}
        packages = tuple(_package(one) for one in document["packages"])
        missing = {file.sha256 for one in packages for file in one.files} - texts.keys()
        changed = [digest for digest, one in texts.items() if digest_of(one) != digest]
        twice = len(packages) - len({one.key for one in packages})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnknownError(f"{where} is not a record of licences: {error!r}; run `invoke pin`.") from None
    if missing or changed or twice:
        what = (
            "a text that is not there"
            if missing
            else "a text that was changed"
            if changed
            else "a package twice"
        )
        raise UnknownError(
            f"{where} names {what}, so it cannot be relied on; remove it and run `invoke pin`."
        )
    return Licences(packages=packages, texts=texts)


def load(root: Path, folder: str) -> Licences | None:
    """The record in the project's `folder`; None where there is none. Raises UnknownError as `read` does."""
    path, texts = root / folder / FILE, root / folder / TEXTS
    try:
        text = path.read_text(encoding="utf-8")
        return read(text, texts.read_bytes() if texts.exists() else None, f"{folder}/{FILE}")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError(f"{folder}/{FILE} could not be read: {error}.") from None


def _sources(package: Licensed) -> dict[str, Any]:
    declared = package.declared
    return {
        "declared": {
            "License-Expression": declared.expression,
            "License": declared.licence,
            "Classifier": list(declared.classifiers),
        },
        "files": [{"name": file.name, "sha256": file.sha256} for file in package.files],
    }


def _package(one: Mapping[str, Any]) -> Licensed:
    declared = one["declared"]
    return Licensed(
        name=_text(one["name"]),
        version=_text(one["version"]),
        licence=_text(one["licence"]),
        basis=_text(one["basis"]),
        declared=spdx.Declared(
            expression=_text(declared["License-Expression"]),
            licence=_text(declared["License"]),
            classifiers=tuple(_text(each) for each in declared["Classifier"]),
        ),
        files=tuple(
            TextFile(name=_text(file["name"]), sha256=_text(file["sha256"])) for file in one["files"]
        ),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
