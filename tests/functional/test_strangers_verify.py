"""Other people's verifiers accept what we sign, and refuse it once a byte has changed."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from gateproof.evidence import envelope, sshsig
from gateproof.evidence.gitobjects import read_objects
from gateproof.evidence.keys import Signer
from gateproof.evidence.signers import Vouching, read_signers, vouch, write_signer
from gateproof.evidence.statement import decode
from gateproof.git import git
from packs import SPACES, make_pack, make_signer, seal_pack

KINDS = pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
PRINCIPAL = "release@example.org"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not here")


def succeeds(*argv: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> bool:
    done = subprocess.run(argv, input=stdin, cwd=cwd, capture_output=True, check=False)
    return done.returncode == 0


def pem_of(folder: Path, signer: Signer) -> Path:
    key: Any = load_der_public_key(signer.public.der)
    path = folder / "key.pem"
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def signers_of(folder: Path, signer: Signer) -> Path:
    path = folder / "signers"
    path.write_bytes(write_signer(signer.public, principal=PRINCIPAL, namespaces=SPACES))
    return path


def one_sealed_line(folder: Path, signer: Signer) -> bytes:
    sealed = seal_pack(folder, signer=signer)
    return (sealed.folder / "verdict.intoto.jsonl").read_bytes().rstrip(b"\n")


@needs("openssl")
def test_openssl_verifies_an_envelope(tmp_path: Path) -> None:
    signer = make_signer()
    item = envelope.read(one_sealed_line(tmp_path, signer))
    (tmp_path / "sig").write_bytes(item.signature)
    argv = ("openssl", "dgst", "-sha256", "-verify", pem_of(tmp_path, signer), "-signature", tmp_path / "sig")
    assert succeeds(*argv, stdin=envelope.pae(item.payload))
    assert not succeeds(*argv, stdin=envelope.pae(item.payload.replace(b"PASSED", b"FAILED")))


@needs("openssl")
def test_openssl_verifies_an_envelope_by_ed25519(tmp_path: Path) -> None:
    signer = make_signer("ed25519")
    item = envelope.read(one_sealed_line(tmp_path, signer))
    (tmp_path / "sig").write_bytes(item.signature)
    (tmp_path / "pae").write_bytes(envelope.pae(item.payload))
    argv = ("openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-inkey", pem_of(tmp_path, signer))
    files = ("-sigfile", tmp_path / "sig", "-in", tmp_path / "pae")
    assert succeeds(*argv, *files)
    (tmp_path / "pae").write_bytes(envelope.pae(item.payload) + b" ")
    assert not succeeds(*argv, *files)


@KINDS
def test_securesystemslib_verifies_an_envelope(tmp_path: Path, kind: str) -> None:
    dsse = pytest.importorskip("securesystemslib.dsse")
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

    signer = make_signer(kind)
    line = one_sealed_line(tmp_path, signer)
    key = SSlibKey.from_crypto(load_der_public_key(signer.public.der), keyid=signer.public.keyid)
    assert dsse.Envelope.from_dict(decode(line)).verify([key], 1).keys() == {signer.public.keyid}
    changed: dict[str, Any] = decode(line)
    changed["payload"] = changed["payload"][:-8] + changed["payload"][-4:]
    with pytest.raises(VerificationError):
        dsse.Envelope.from_dict(changed).verify([key], 1)


@needs("ssh-keygen")
@KINDS
def test_ssh_keygen_verifies_the_checksums(tmp_path: Path, kind: str) -> None:
    signer = make_signer(kind)
    folder = seal_pack(tmp_path, signer=signer).folder
    sums = (folder / "SHA256SUMS").read_bytes()
    argv = ("ssh-keygen", "-Y", "verify", "-f", signers_of(tmp_path, signer), "-I", PRINCIPAL)
    signature = ("-s", folder / "SHA256SUMS.sig")
    assert succeeds(*argv, "-n", "gateproof", *signature, stdin=sums)
    assert not succeeds(*argv, "-n", "gateproof", *signature, stdin=sums.replace(b"a", b"b", 1))
    assert not succeeds(*argv, "-n", "git", *signature, stdin=sums)


@needs("ssh-keygen")
@KINDS
def test_we_verify_what_ssh_keygen_signs(tmp_path: Path, kind: str) -> None:
    size = ["-b", "256"] if kind == "ecdsa" else []
    key = str(tmp_path / "key")
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-f", key], check=True)
    (tmp_path / "file").write_bytes(b"hello\n")
    assert succeeds("ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "gateproof", tmp_path / "file")
    signature = sshsig.read((tmp_path / "file.sig").read_bytes())
    assert signature.verifies([b"hel", b"lo\n"], namespace="gateproof")
    assert not signature.verifies([b"hello"], namespace="gateproof")
    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "key.pub"], check=True, capture_output=True, text=True
    )
    assert signature.key.fingerprint in printed.stdout


def test_sshsig_verifies_the_checksums(tmp_path: Path) -> None:
    other = pytest.importorskip("sshsig")
    signer = make_signer("ed25519")
    folder = seal_pack(tmp_path, signer=signer).folder
    sums, armored = (folder / "SHA256SUMS").read_bytes(), (folder / "SHA256SUMS.sig").read_bytes()
    key = other.check_signature(sums, armored, namespace="gateproof")
    assert key.sha256_str() == signer.public.fingerprint
    with pytest.raises(other.sshsig.InvalidSignature):
        other.check_signature(sums + b"x", armored, namespace="gateproof")


@needs("ssh-keygen")
@KINDS
def test_git_verifies_the_tag_and_makes_the_same_ids(tmp_path: Path, kind: str) -> None:
    signer = make_signer(kind)
    pack = make_pack(tmp_path / "pack", signer=signer)
    repository = tmp_path / "repository"
    repository.mkdir()
    git("init", "--quiet", "--bare", cwd=repository)
    objects = read_objects(pack.beside[".tag"])
    for item in reversed(objects):
        wrote = git(
            "hash-object", "-w", "--literally", "-t", item.kind, "--stdin", cwd=repository, stdin=item.body
        )
        assert wrote.decode().strip() == item.id
    wanted = "".join(f"{item.id}\n" for item in objects).encode()
    assert git("cat-file", "--batch", cwd=repository, stdin=wanted) == pack.beside[".tag"]
    signers = signers_of(tmp_path, signer)
    argv = ("git", "-c", f"gpg.ssh.allowedSignersFile={signers}", "-c", "gpg.format=ssh", "verify-tag")
    assert succeeds(*argv, objects[0].id, cwd=repository)
    stranger = make_signer(kind)
    signers_of(tmp_path, stranger)
    assert not succeeds(*argv, objects[0].id, cwd=repository)


SPANS = [
    'valid-after="20261124120000Z"',
    'valid-before="20261124120000Z"',
    'valid-after="20261124Z",valid-before="202611241200Z"',
    'namespaces="gate*"',
    'namespaces="*,!gateproof"',
    'namespaces="!git"',
    'namespaces="git,gateproof",valid-after="202611241200Z"',
]


@needs("ssh-keygen")
@pytest.mark.parametrize("options", SPANS)
@pytest.mark.parametrize("seconds", [-1, 0, 1, -43_200, -43_201])
def test_ssh_keygen_agrees_who_vouches_where_and_when(tmp_path: Path, options: str, seconds: int) -> None:
    signer = make_signer()
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC) + timedelta(seconds=seconds)
    signers = tmp_path / "signers"
    signers.write_bytes(f"{PRINCIPAL} {options} {signer.public.line}\n".encode())
    (tmp_path / "sig").write_bytes(sshsig.sign([b"x"], signer, namespace="gateproof"))
    argv = ("ssh-keygen", "-Y", "verify", "-f", signers, "-I", PRINCIPAL, "-n", "gateproof")
    theirs = succeeds(*argv, "-s", tmp_path / "sig", "-O", f"verify-time={at:%Y%m%d%H%M%SZ}", stdin=b"x")
    found = read_signers(signers.read_bytes(), name="signers")
    ours, _ = vouch(found, signer.public, namespace="gateproof", at=at)
    assert (ours is Vouching.VOUCHED) == theirs
