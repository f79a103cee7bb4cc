"""The forms in which a delivery comes: a ZIP and what lies beside it, a folder, or an outer ZIP of both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gateproof.errors import NothingRanError, UnknownError, UsageError
from gateproof.evidence.layout import MAX_ENVELOPES
from gateproof.evidence.subject import EVIDENCE, FILE
from gateproof.findings import Notes
from gateproof.pack.verifier.codes import Code
from gateproof.pack.verifier.result import Form
from gateproof.pack.zipreader import StrictZip, ZipLieError, open_zip

CHECKSUM = ".sha256"
ATTESTATIONS = ".intoto.jsonl"
TAG = ".tag"
WITHDRAWAL = ".withdrawn.intoto.jsonl"
PARTS = (CHECKSUM, ATTESTATIONS, TAG, WITHDRAWAL)
"""What may lie beside a ZIP under its own name."""
OUTER_END = "-delivery.zip"
BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The ZIP and what lies beside it."""

    form: Form
    zip: Path
    beside: tuple[Path, ...]
    """For a folder or an outer ZIP everything in it; for a ZIP alone, those of its own that are there."""

    def part(self, ending: str) -> Path | None:
        """The file beside the ZIP that has the ZIP's name and this ending."""
        name = self.zip.name + ending
        return next((path for path in self.beside if path.name == name), None)

    def others(self) -> tuple[Path, ...]:
        """What lies beside the ZIP and is none of its own parts; an outer ZIP of the delivery is left out."""
        own = {self.zip.name + ending for ending in PARTS}
        return tuple(p for p in self.beside if p.name not in own and not p.name.endswith(OUTER_END))


@contextmanager
def opened(path: Path, notes: Notes) -> Iterator[Delivery | None]:
    """The delivery at `path`, an outer ZIP unpacked meanwhile; None, with findings, for a broken one.

    A part of a delivery, such as its tag, stands for the ZIP beside it.
    Raises UnknownError for what cannot be read, NothingRanError for a folder without a ZIP, UsageError for
    one with several.
    """
    try:
        if path.is_dir():
            yield _folder(path, Form.FOLDER)
            return
        path = _whole(path)
        with open_zip(path) as candidate:
            inner = _inner(candidate)
            if inner is None:
                own = (path.with_name(path.name + ending) for ending in PARTS)
                yield Delivery(form=Form.ZIP, zip=path, beside=tuple(part for part in own if part.exists()))
                return
            with TemporaryDirectory(prefix="gateproof-") as unpacked:
                yield (
                    _folder(Path(unpacked), Form.OUTER) if _unpack(candidate, Path(unpacked), notes) else None
                )
    except OSError as error:
        raise UnknownError(f"{path} could not be read: {error.strerror}.") from None


def _whole(path: Path) -> Path:
    """The ZIP that a part belongs to; any other path stays. Raises UsageError for a part that lies alone."""
    ending = max((ending for ending in PARTS if path.name.endswith(ending)), key=len, default="")
    if not ending:
        return path
    packed = path.with_name(path.name.removesuffix(ending))
    if path.is_file() and not packed.is_file():
        raise UsageError(
            f"{path.name} is a part of a delivery, and {packed.name} is not beside it; nothing can be said of it alone."
        )
    return packed


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def small(path: Path) -> bytes:
    """A part beside the ZIP. Raises ValueError when it is no file, or larger than any honest one."""
    if not path.is_file():
        raise ValueError("it is not a file")
    if path.stat().st_size > MAX_ENVELOPES:
        raise ValueError(f"it has more than {MAX_ENVELOPES:,} bytes")
    return path.read_bytes()


def _folder(folder: Path, form: Form) -> Delivery:
    inside = sorted(folder.iterdir())
    zips = [path for path in inside if path.name.endswith(".zip") and not path.name.endswith(OUTER_END)]
    if not zips:
        raise NothingRanError(f"There is no ZIP in {folder}, so there is nothing to verify.")
    if len(zips) > 1:
        names = ", ".join(path.name for path in zips)
        raise UsageError(f"{folder} holds several ZIPs ({names}). Give the one to verify.")
    return Delivery(form=form, zip=zips[0], beside=tuple(path for path in inside if path != zips[0]))


def _inner(candidate: StrictZip) -> str | None:
    """The name of the ZIP inside, if this is an outer one: one ZIP, its checksum, no evidence."""
    names = [entry.name for entry in candidate.entries]
    zips = [name for name in names if name.endswith(".zip") and "/" not in name]
    is_outer = len(zips) == 1 and not any(name.startswith(f"{EVIDENCE}/") for name in names)
    return zips[0] if is_outer and f"{zips[0]}{CHECKSUM}" in names else None


def _unpack(candidate: StrictZip, into: Path, notes: Notes) -> bool:
    """Write the parts of an outer ZIP into a temporary folder; False, with findings, when it is not sound."""
    for finding in candidate.findings:
        notes.take(finding)
    for entry in candidate.entries:
        if "/" in entry.name or entry.mode != FILE or Path(entry.name).name != entry.name:
            notes.take(Code.UNEXPLAINED.at(entry.name))
    if notes.findings():
        return False
    try:
        for entry in candidate.entries:
            with (into / entry.name).open("xb") as file:
                for block in candidate.blocks(entry):
                    file.write(block)
    except ZipLieError as lie:
        notes.take(lie.finding)
    return not notes.findings()
