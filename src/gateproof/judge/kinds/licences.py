"""Proof from the record of licences beside a lock: every pin is in it, with a licence and the texts that it names."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from gateproof.judge import licencetexts
from gateproof.judge.bundle import MOST_TEXT, Bundle
from gateproof.judge.case import Case
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.kinds.files import check_paths, paths_of, pins_of
from gateproof.judge.pinstates import RECORD, determined, digest_of
from gateproof.judge.verdict import Judgement, met, unmet, worst


def _licensed(argument: str, case: Case) -> Judgement:
    return worst(_one_lock(path, case.bundle) for path in paths_of(argument))


def _one_lock(path: str, bundle: Bundle) -> Judgement:
    place = posixpath.join(posixpath.dirname(path), RECORD)
    pins, record = bundle.text(path), bundle.text(place)
    if pins is None or record is None:
        return unmet(f"there is no {path if pins is None else place} that is readable", path)
    try:
        document = json.loads(record)
        known = {(one["name"], one["version"]): one for one in document["packages"]}
        texts = _texts(bundle, posixpath.join(posixpath.dirname(path), licencetexts.FILE), document)
        said = determined(bundle)
        wanted = list(_pins(pins))
        wrong = [words for pin in wanted for words in _one_pin(pin, known, texts, said)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return unmet(f"{place} is not a record of licences: {type(error).__name__}", place)
    if not wanted:
        return unmet(f"{path} pins nothing", path)
    if wrong:
        return unmet(f"{place}: {wrong[0]}", place)
    return met(f"each of the {len(wanted)} packages of {path} has its licence in {place}", path, place)


def _texts(bundle: Bundle, path: str, document: Mapping[str, Any]) -> Mapping[str, str]:
    """The texts beside the record, or inside it as older releases have them."""
    if path in bundle.links or not 0 <= bundle.sizes.get(path, -1) <= MOST_TEXT:
        return {str(digest): "\n".join(lines) for digest, lines in document.get("texts", {}).items()}
    return licencetexts.unpack(bundle.read(path))


def _pins(text: str) -> Iterator[tuple[str, str]]:
    for line in pins_of(text):
        name, _, version = line.split()[0].partition("==")
        yield re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower(), version.rstrip(";")


def _one_pin(
    pin: tuple[str, str],
    known: Mapping[tuple[str, str], Any],
    texts: Mapping[str, str],
    said: Mapping[tuple[str, str], str],
) -> Iterator[str]:
    package = known.get(pin)
    if package is None:
        yield f"{'=='.join(pin)} is not in it"
        return
    if not package["licence"] and (pin[0], digest_of(package)) not in said:
        yield f"the licence of {'=='.join(pin)} is unknown"
    for file in package["files"]:
        if file["sha256"] not in texts:
            yield f"the text {file['name']} of {'=='.join(pin)} is not there"
        elif sha256(texts[file["sha256"]].encode()).hexdigest() != file["sha256"]:
            yield f"the text {file['name']} of {'=='.join(pin)} was changed"


LICENSED = Kind(
    name="licensed",
    sentence="Every package of the lock has a licence in the record beside it, with the texts that it carries.",
    example="licensed: requirements/store.txt",
    judge=_licensed,
    check=check_paths,
)
