"""Private keys on the disk: found, judged, opened, or made when there is none.

A key lies outside the repository and is readable by its owner alone.
A passphrase is asked for once, used and forgotten.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.keys import Signer, signer_of

AskPassphrase = Callable[[str], str]
KEY_NAME = "gateproof_ecdsa"
_MAX = 64 * 1024


def open_key(path: Path, *, repository: Path, ask: AskPassphrase | None, is_identity: bool = True) -> Signer:
    """The signer whose OpenSSH private key lies at `path`.

    `ask` is given a question and returns the passphrase; it is called at most once, for a locked key.
    Raises RefusedError for a key that is missing, inside the repository, readable by others, locked by
    another passphrase or of a kind that is not taken; UnknownError when no one can be asked.
    """
    if path.resolve().is_relative_to(repository.resolve()):
        raise RefusedError(
            f"The key {path} lies inside the repository. Move it out; others may know it by now."
        )
    remarks = _refuse_readable_by_others(path)
    raw = _read(path)
    try:
        return signer_of(_unlock(raw, path, ask), is_identity=is_identity, remarks=remarks)
    except (ValueError, UnsupportedAlgorithm, NotImplementedError) as error:
        raise RefusedError(f"The key {path} cannot be used: {error}.") from None


def own_key(folder: Path, *, repository: Path) -> Signer:
    """The key that gateproof keeps for someone who configured none: opened, or made on the first call.

    `folder` is `own_folder()` unless a test says otherwise.
    Such a key proves integrity, not identity; `about` says so with the fingerprint to publish.
    Raises RefusedError as `open_key` does, and UnknownError when the folder cannot be written.
    """
    path = folder / KEY_NAME
    if not path.exists():
        if folder.resolve().is_relative_to(repository.resolve()):
            raise RefusedError(
                f"A key must not be made inside the repository, in {folder}. Choose another folder."
            )
        _make(path)
    return open_key(path, repository=repository, ask=None, is_identity=False)


def own_folder() -> Path:
    """Where `own_key` keeps its key: the user's own data folder on this system."""
    from platformdirs import user_data_path

    return user_data_path("gateproof", appauthor=False)


def about(signer: Signer) -> str:
    """One sentence for a person: which key signs, and what it proves."""
    if signer.is_identity:
        return f"Signed with the key {signer.public.fingerprint}."
    return (
        f"Signed with a key that gateproof made, {signer.public.fingerprint}: "
        "it proves integrity, not identity. Publish this fingerprint where your buyer already trusts you."
    )


def _refuse_readable_by_others(path: Path) -> tuple[str, ...]:
    if os.name != "posix":  # pragma: no cover
        return (f"Who may read {path.name} was not checked: Windows keeps that in access lists.",)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise RefusedError(f"The key {path} cannot be opened: {error.strerror}. Check its path.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RefusedError(f"The key {path} is readable by others. Run: chmod 600 {path}")
    return ()


def _read(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RefusedError(f"The key {path} cannot be opened: {error.strerror}. Check its path.") from None
    if len(raw) > _MAX or b"PRIVATE KEY" not in raw[:100]:
        raise RefusedError(
            f"{path} is not a private key in OpenSSH's format. Give the private file, not the .pub."
        )
    return raw


def _unlock(raw: bytes, path: Path, ask: AskPassphrase | None) -> object:
    try:
        return load_ssh_private_key(raw, password=None)
    except TypeError:  # how cryptography says that the key is locked
        pass
    if ask is None:
        raise UnknownError(f"The key {path} needs a passphrase and no one can be asked for it here.")
    passphrase = ask(f"Passphrase of {path}: ")
    try:
        return load_ssh_private_key(raw, password=passphrase.encode("utf-8"))
    except (ValueError, TypeError):  # a TypeError for an empty one
        raise RefusedError(f"The key {path} does not open with this passphrase. Try again.") from None


def _make(path: Path) -> None:
    """Write a new ECDSA P-256 key and its public half; of two at once, the first wins for both."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = signer_of(key, is_identity=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private)
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return
        finally:
            temporary.unlink()
        path.with_name(path.name + ".pub").write_text(
            f"{signer.public.line} gateproof\n", encoding="ascii", newline="\n"
        )
    except OSError as error:
        raise UnknownError(f"A key could not be made in {path.parent}: {error.strerror}.") from None
