"""Withdraw a release: a signed word beside the delivery. The ZIP, its evidence and its tag stay as they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError, UsageError
from gateproof.evidence import envelope
from gateproof.evidence.gitobjects import Tag, read_objects, read_tag
from gateproof.evidence.keyfiles import AskPassphrase, about
from gateproof.evidence.keys import Signer
from gateproof.evidence.withdrawals import Withdrawal, encode_withdrawal
from gateproof.pack.verifier.delivery import TAG, WITHDRAWAL, sha256_of
from gateproof.release.delivering import write_outer
from gateproof.release.lock import release_lock
from gateproof.release.signing import open_signer
from gateproof.zipfiles import replacing


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """A release that was taken back."""

    path: Path
    said: Withdrawal
    signer: Signer

    def lines(self) -> list[str]:
        """What a person should do with it."""
        return [
            f"Withdrew {self.said.tag}: {self.said.why}",
            f"  {self.path.as_posix()}",
            about(self.signer),
            "The tag stays, and is never used again. Send this file to whoever has the delivery; `gateproof verify`",
            "says so where it lies beside the ZIP. Then run:",
            f"  gh release upload {self.said.tag} {self.path.as_posix()}",
            f"  gh release edit {self.said.tag} --prerelease --notes {_quoted(f'Withdrawn: {self.said.why}')}",
        ]


def withdraw(
    root: Path, settings: Settings, tag: str, why: str, *, now: datetime, ask: AskPassphrase | None = None
) -> Withdrawn:
    """Write the signed withdrawal beside the delivery of `tag`, and the outer ZIP anew with it inside.

    Raises UsageError without a reason, RefusedError where no delivery of that tag lies in `dist/` or it is
    withdrawn already, UnknownError when the disk does not take it.
    """
    if not why.strip():
        raise UsageError("Say why it is withdrawn, for whoever relies on it: --why TEXT.")
    with release_lock(root):
        packed, id_ = _delivery_of(root, tag)
        path = packed.with_name(packed.name + WITHDRAWAL)
        if path.exists():
            raise RefusedError(f"{tag} is withdrawn already; {path} says so.")
        signer = open_signer(root, settings, os.environ, ask)
        said = Withdrawal(
            zip_name=packed.name,
            zip_sha256=sha256_of(packed),
            tag=tag,
            tag_id=id_,
            why=" ".join(why.split()),
            withdrawn_at=now,
        )
        with replacing(path) as pending:
            pending.path.write_bytes(envelope.seal(encode_withdrawal(said), signer).encode() + b"\n")
        write_outer(packed)
    return Withdrawn(path=path, said=said, signer=signer)


def _delivery_of(root: Path, wanted: str) -> tuple[Path, str]:
    """The ZIP of the delivery of a tag, and the id of the tag object."""
    for path, tag, id_ in _deliveries(root):
        if tag.name == wanted:
            return path, id_
    raise RefusedError(
        f"There is no delivery of {wanted} in {root / 'dist'}; check out the commit below the tag and run "
        "`invoke release`, which makes it again from the tag."
    )


def _deliveries(root: Path) -> Iterator[tuple[Path, Tag, str]]:
    for beside in sorted((root / "dist").glob(f"*/*{TAG}")):
        try:
            found = read_objects(beside.read_bytes())
            tag = read_tag(found[0])
        except (OSError, ValueError, LookupError):
            continue
        packed = beside.with_name(beside.name.removesuffix(TAG))
        if packed.is_file():
            yield packed, tag, found[0].id


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
