"""Private keys on the disk: which are opened, which are refused and why, and what is made when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence import keyfiles
from gateproof.evidence.keyfiles import KEY_NAME, about, open_key, own_folder, own_key
from gateproof.evidence.keys import ECDSA, ED25519

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes are kept in access lists there")


MAKE: dict[str, Callable[[], Any]] = {
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    path.mkdir()
    return path


def write_key(path: Path, kind: str = "ecdsa", passphrase: str = "", mode: int = 0o600) -> Path:
    key = MAKE[kind]()
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock))
    path.chmod(mode)
    return path


@pytest.mark.parametrize(("kind", "name"), [("ecdsa", ECDSA), ("ed25519", ED25519)])
def test_a_key_is_opened(tmp_path: Path, repository: Path, kind: str, name: str) -> None:
    signer = open_key(write_key(tmp_path / "key", kind), repository=repository, ask=None)
    assert signer.public.kind == name
    assert signer.public.verifies(signer.sign(b"x"), b"x")
    assert about(signer) == f"Signed with the key {signer.public.fingerprint}."


def test_a_passphrase_is_asked_for_once(tmp_path: Path, repository: Path) -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "s3cret"

    key = write_key(tmp_path / "key", passphrase="s3cret")
    assert open_key(key, repository=repository, ask=ask).is_identity
    assert asked == [f"Passphrase of {key}: "]


def test_a_wrong_passphrase_is_refused_and_not_shown(tmp_path: Path, repository: Path) -> None:
    key = write_key(tmp_path / "key", passphrase="s3cret")
    with pytest.raises(RefusedError, match="does not open with this passphrase") as caught:
        open_key(key, repository=repository, ask=lambda question: "guess")
    assert "guess" not in str(caught.value)
    with pytest.raises(RefusedError, match="does not open"):
        open_key(key, repository=repository, ask=lambda question: "")


def test_a_locked_key_without_anyone_to_ask_cannot_be_used(tmp_path: Path, repository: Path) -> None:
    with pytest.raises(UnknownError, match="needs a passphrase"):
        open_key(write_key(tmp_path / "key", passphrase="x"), repository=repository, ask=None)


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_readable_by_others_is_refused(tmp_path: Path, repository: Path, mode: int) -> None:
    with pytest.raises(RefusedError, match=r"readable by others\. Run: chmod 600"):
        open_key(write_key(tmp_path / "key", mode=mode), repository=repository, ask=None)


def test_a_key_inside_the_repository_is_refused(tmp_path: Path, repository: Path) -> None:
    (repository / "deep").mkdir()
    key = write_key(repository / "deep" / "key")
    with pytest.raises(RefusedError, match="inside the repository"):
        open_key(key, repository=repository, ask=None)
    with pytest.raises(RefusedError, match="inside the repository"):
        open_key(tmp_path / "x" / ".." / "repository" / "deep" / "key", repository=repository, ask=None)
    with pytest.raises(RefusedError, match="must not be made inside"):
        own_key(repository / "keys", repository=repository)


@pytest.mark.parametrize("kind", ["rsa", "p384"])
def test_a_key_of_another_kind_is_refused(tmp_path: Path, repository: Path, kind: str) -> None:
    with pytest.raises(RefusedError, match="its kind is not taken"):
        open_key(write_key(tmp_path / "key", kind), repository=repository, ask=None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ssh-ed25519 AAAA",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n!\n-----END OPENSSH PRIVATE KEY-----\n",
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, repository: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(RefusedError, match=r"not a private key|cannot be used"):
        open_key(tmp_path / "key", repository=repository, ask=None)


def test_a_missing_key_is_refused_with_its_path(tmp_path: Path, repository: Path) -> None:
    with pytest.raises(RefusedError, match=r"nokey cannot be opened: No such file"):
        open_key(tmp_path / "nokey", repository=repository, ask=None)


@POSIX
def test_a_folder_is_no_key(tmp_path: Path, repository: Path) -> None:
    (tmp_path / "key").mkdir(mode=0o700)
    with pytest.raises(RefusedError, match="cannot be opened"):
        open_key(tmp_path / "key", repository=repository, ask=None)


def test_a_key_is_made_once_and_says_what_it_proves(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "data" / "gateproof"
    first, second = (own_key(folder, repository=repository) for _ in range(2))
    assert first.public == second.public
    assert first.public.kind == ECDSA
    assert not first.is_identity
    assert "integrity, not identity" in about(first)
    assert first.public.fingerprint in about(first)
    assert first.public.line in (folder / f"{KEY_NAME}.pub").read_text(encoding="ascii")
    assert sorted(path.name for path in folder.iterdir()) == [KEY_NAME, f"{KEY_NAME}.pub"]
    if os.name == "posix":
        assert (folder / KEY_NAME).stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700


def test_of_two_who_make_a_key_at_once_both_use_the_first(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "data"
    first = own_key(folder, repository=repository)
    keyfiles._make(folder / KEY_NAME)
    assert own_key(folder, repository=repository).public == first.public


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, repository: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnknownError, match="could not be made"):
        own_key(tmp_path / "file" / "data", repository=repository)


def test_the_own_folder_is_the_users(tmp_path: Path) -> None:
    assert own_folder().name == "gateproof"


def test_a_private_key_is_not_shown(tmp_path: Path, repository: Path) -> None:
    signer = open_key(write_key(tmp_path / "key"), repository=repository, ask=None)
    assert "_key" not in repr(signer)
    assert "PrivateKey" not in repr(signer)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not here")
def test_ssh_keygen_prints_the_same_fingerprint(tmp_path: Path, repository: Path) -> None:
    signer = own_key(tmp_path / "data", repository=repository)
    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "data" / KEY_NAME], check=True, capture_output=True, text=True
    )
    assert printed.stdout.split()[1] == signer.public.fingerprint
