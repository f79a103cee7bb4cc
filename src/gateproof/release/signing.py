"""Which key signs a release: the caller's, the configured one, or one that gateproof makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.keyfiles import AskPassphrase, open_key, own_folder, own_key
from gateproof.evidence.keys import PublicKey, Signer
from gateproof.evidence.signers import write_signer
from gateproof.evidence.sshsig import FOR_GIT, FOR_PACKS

VARIABLE = "GATEPROOF_SIGNING_KEY"
"""The path of a private key; for CI, where the key lies elsewhere than on the releaser's machine."""


def open_signer(
    root: Path, settings: Settings, environ: Mapping[str, str], ask: AskPassphrase | None
) -> Signer:
    """The signer: by the variable, else by `signing.key`, else a key that is made and says so.

    A key that was named is never replaced by another one.
    Raises RefusedError for a named key that is missing, readable by others or cannot be opened.
    """
    if environ.get(VARIABLE) == "":
        raise RefusedError(f"{VARIABLE} is set to nothing; set it to the path of the key, or unset it.")
    if VARIABLE in environ:
        return open_key(Path(environ[VARIABLE]).expanduser(), repository=root, ask=ask)
    if settings.signing.key is not None:
        return open_key(Path(settings.signing.key).expanduser(), repository=root, ask=ask)
    return own_key(own_folder(), repository=root)


def write_own_signers(
    signer: Signer, settings: Settings, path: Path, earlier: Iterable[PublicKey] = ()
) -> Path:
    """The signers file of a buyer who trusts this key, and for tags those that signed earlier milestones.

    Raises UnknownError when the disk does not take it.
    """
    who = settings.signing.principal
    others = [key for key in dict.fromkeys(earlier) if key != signer.public]
    lines = [
        write_signer(signer.public, principal=who, namespaces=(FOR_PACKS, FOR_GIT)),
        *(write_signer(key, principal=who, namespaces=(FOR_GIT,)) for key in others),
    ]
    try:
        path.write_bytes(b"".join(lines))
    except OSError as error:
        raise UnknownError(f"{path} could not be written: {error.strerror}; make room.") from error
    return path
