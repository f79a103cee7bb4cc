"""The licence of every package that the store is delivered to run with, as the package itself declares it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from django.conf import settings

from core.generated import OutOfStep

LOCK = settings.BASE_DIR.parent / "requirements" / "store.txt"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
LONGEST = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Licensed:
    """One pinned package."""

    name: str
    version: str
    licence: str


def licences(lock: Path) -> Iterator[Licensed]:
    """Yield the packages of a lock in their order, or raise OutOfStep for one that declares no licence."""
    for name, version in PIN.findall(lock.read_text(encoding="utf-8")):
        try:
            declared = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            raise OutOfStep(
                f"{name} is in the lock and not installed here, so its licence is unknown."
            ) from None
        licence = licence_of(declared)
        if not licence:
            raise OutOfStep(f"{name} {version} declares no licence.")
        yield Licensed(name=name, version=version, licence=licence)


def licence_of(declared: metadata.PackageMetadata) -> str:
    """Return what a package declares: its expression, else its classifiers, else its short text. "" is nothing."""
    if expression := declared.get("License-Expression"):
        return expression
    prefix = "License :: OSI Approved :: "
    classifiers = [one.removeprefix(prefix) for one in declared.get_all("Classifier") or () if prefix in one]
    # Older packages put the whole text of the licence where its name belongs.
    text = (declared.get("License") or "").strip().partition("\n")[0]
    return " or ".join(classifiers) or (text if len(text) <= LONGEST else "")


def as_markdown() -> str:
    """Return the packages of the store's lock as a table."""
    rows = (f"| {one.name} | {one.version} | {one.licence} |" for one in licences(LOCK))
    return "\n".join(("| package | version | licence |", "| --- | --- | --- |", *rows))
