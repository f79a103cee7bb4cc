"""Which key signs a release: the caller's, the configured one, or one that gateproof makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError, UnknownError, UsageError
from gateproof.evidence.keyfiles import AskPassphrase, open_key, own_folder, own_key
from gateproof.evidence.keys import PublicKey, Signer
from gateproof.evidence.signers import Vouching, read_signers, vouch, write_signer
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


def published_signers(root: Path, settings: Settings) -> Path | None:
    """The file that `signing.signers` names; None where it names none.

    Raises UsageError for one that is not there or cannot be used.
    """
    if settings.signing.signers is None:
        return None
    path = root / Path(settings.signing.signers).expanduser()
    try:
        read_signers(path.read_bytes(), name=str(path))
    except OSError as error:
        raise UsageError(
            f"signing.signers names {path}, which cannot be read: {error.strerror}; check its path."
        ) from None
    return path


def refuse_unpublished(signer: Signer, published: Path | None, *, now: datetime) -> None:
    """Raises RefusedError where the published signers do not vouch for this key now, for packs and for tags.

    Whoever holds that file would refuse the release.
    """
    if published is None:
        return
    signers = read_signers(published.read_bytes(), name=str(published))
    for namespace in (FOR_PACKS, FOR_GIT):
        answer, _ = vouch(signers, signer.public, namespace=namespace, at=now)
        if answer is not Vouching.VOUCHED:
            raise RefusedError(
                f"{published} does not vouch for the key {signer.public.fingerprint} in {namespace} now: {answer}. "
                "Name another key in signing.key or GATEPROOF_SIGNING_KEY, or bring that file up to date."
            )


def write_own_signers(
    signer: Signer,
    settings: Settings,
    path: Path,
    earlier: Iterable[PublicKey] = (),
    published: Path | None = None,
) -> Path:
    """The signers file of a buyer who trusts this key, and for tags those that signed earlier milestones.

    To what was published only the keys are added that it does not know, so that its spans hold.
    Raises UnknownError when the disk does not take it.
    """
    who = settings.signing.principal
    told = published.read_bytes().rstrip(b"\n") + b"\n" if published else b""
    known = {one.blob for one in read_signers(told, name=str(published))} if told else set()
    wanted = dict.fromkeys(earlier, (FOR_GIT,)) | {signer.public: (FOR_PACKS, FOR_GIT)}
    lines = [
        told,
        *(
            write_signer(key, principal=who, namespaces=spaces)
            for key, spaces in wanted.items()
            if key.blob not in known
        ),
    ]
    try:
        path.write_bytes(b"".join(lines))
    except OSError as error:
        raise UnknownError(f"{path} could not be written: {error.strerror}; make room.") from error
    return path
