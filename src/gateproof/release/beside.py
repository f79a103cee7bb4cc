"""What lies beside a ZIP, because nothing inside can state the ZIP's own digest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateproof.evidence import envelope
from gateproof.evidence.keys import Signer
from gateproof.evidence.statement import (
    Build,
    Resource,
    Summary,
    artifact,
    encode,
    provenance,
    source,
    verdict,
)
from gateproof.model import Subject


def write_beside(
    archive: Path,
    sha256: str,
    *,
    subject: Subject,
    build: Build,
    summary: Summary,
    signer: Signer,
    parts: Sequence[Resource] = (),
) -> None:
    """Write `<zip>.sha256` and `<zip>.intoto.jsonl`: provenance and verdict, both about the ZIP and its source.

    `parts` are further files of the delivery, vouched for by their digests.

    Raises OSError when the folder does not take them.
    """
    about: tuple[Resource, ...] = (artifact(archive.name, sha256), source(subject), *parts)
    statements = (provenance(build, subject=about), verdict(summary, subject=about))
    sealed = b"".join(envelope.seal(encode(one), signer).encode() + b"\n" for one in statements)
    archive.with_name(f"{archive.name}.intoto.jsonl").write_bytes(sealed)
    # The form of `sha256sum`, with a line feed on every system, so that `sha256sum -c` takes it anywhere.
    archive.with_name(f"{archive.name}.sha256").write_bytes(f"{sha256}  {archive.name}\n".encode())
