"""A fresh clone of this repository, the commands of the README, and strangers who check with their own tools."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
NAME = "REHEARSAL-purelaka_clean_share.zip"
PRINCIPAL = "release@purelaka.example"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder with a fresh clone in it, and a delivery that its own command rehearsed."""
    folder = tmp_path_factory.mktemp("fresh")
    run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), "clone", cwd=folder)
    clone = folder / "clone"
    before = state(clone)
    done = run(
        sys.executable, "scripts/bootstrap.py", "invoke", "release", "--rehearse", cwd=clone, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout
    assert state(clone) == before
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run(*command: str, cwd: Path, check: bool = True, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("NOX", "GATEPROOF_CALL"))
    }
    environment |= {"XDG_DATA_HOME": str(cwd.parent / "data") if cwd.name == "clone" else str(cwd / "data")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode("utf-8", "replace")
    if check:
        assert done.returncode == 0, text
    return subprocess.CompletedProcess(command, done.returncode, text)


def state(clone: Path) -> tuple[str, ...]:
    return tuple(
        run("git", *words, cwd=clone).stdout
        for words in (("for-each-ref",), ("rev-parse", "HEAD"), ("status", "--porcelain"))
    )


def delivery(home: Path) -> Path:
    return home / "clone" / "dist" / "rehearsal"


@pytest.fixture(scope="module")
def unpacked(home: Path) -> Path:
    """The ZIP as a buyer unpacks it, in an empty folder."""
    folder = home / "unpacked"
    folder.mkdir()
    run("unzip", "-q", str(delivery(home) / NAME), "-d", str(folder), cwd=home)
    return folder


@pytest.fixture(scope="module")
def signers(home: Path) -> Path:
    """The buyer's own file, made from the public key that the seller published."""
    (public,) = (home / "data").rglob("*.pub")
    path = home / "allowed_signers"
    path.write_text(
        f'{PRINCIPAL} namespaces="gateproof,git" {public.read_text(encoding="ascii")}', encoding="ascii"
    )
    return path


def verify(home: Path, path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = (
        sys.executable,
        str(home / "clone" / "scripts" / "bootstrap.py"),
        "gateproof",
        "verify",
        str(path),
    )
    return run(*command, *options, cwd=home, check=False)


def test_gateproof_verifies_it_and_says_that_it_is_a_rehearsal(home: Path, signers: Path) -> None:
    plain = verify(home, delivery(home), "--signers", str(signers))
    accepting = verify(home, delivery(home), "--signers", str(signers), "--accept-rehearsal")

    assert (plain.returncode, accepting.returncode) == (1, 0), plain.stdout + accepting.stdout
    assert "This is a rehearsal, not a release." in plain.stdout


def test_without_signers_nobody_vouches_for_the_key(home: Path) -> None:
    done = verify(home, delivery(home), "--accept-rehearsal")

    assert done.returncode == 4
    assert "no one vouches for the key" in done.stdout


def test_the_three_commands_without_python_say_yes(unpacked: Path, signers: Path) -> None:
    run("sha256sum", "--quiet", "-c", "evidence/SHA256SUMS", cwd=unpacked)
    sums = (unpacked / "evidence" / "SHA256SUMS").read_bytes()
    command = ("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", PRINCIPAL, "-n", "gateproof")
    run(*command, "-s", "evidence/SHA256SUMS.sig", cwd=unpacked, stdin=sums)

    lied = run(*command, "-s", "evidence/SHA256SUMS.sig", cwd=unpacked, stdin=sums + b"\n", check=False)

    assert lied.returncode != 0


def test_the_commands_at_the_top_of_the_proof_index_run_as_written(home: Path, unpacked: Path) -> None:
    text = (unpacked / "evidence" / "README.md").read_text(encoding="utf-8")
    block = next(part for part in text.split("```") if "unzip" in part)
    commands = "\n".join(line.strip() for line in block.splitlines()[1:] if line.strip())
    folder = home / "buyer"
    folder.mkdir()
    for path in delivery(home).iterdir():
        shutil.copy(path, folder)
    (folder / "allowed_signers").write_bytes((home / "allowed_signers").read_bytes())

    run("sh", "-euc", commands, cwd=folder)


def test_openssl_verifies_every_envelope_and_refuses_a_changed_one(unpacked: Path, home: Path) -> None:
    (public,) = (home / "data").rglob("*.pub")
    key = home / "key.pem"
    key.write_text(
        run("ssh-keygen", "-e", "-m", "PKCS8", "-f", str(public), cwd=home).stdout, encoding="ascii"
    )
    files = sorted((unpacked / "evidence").rglob("*.intoto.jsonl"))
    assert len(files) > 10

    for line in (line for path in files for line in path.read_bytes().splitlines()):
        envelope = json.loads(line)
        payload = base64.b64decode(envelope["payload"])
        kind = envelope["payloadType"].encode()
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        (home / "signature").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
        command = ("openssl", "dgst", "-sha256", "-verify", str(key), "-signature", "signature")
        assert "Verified OK" in run(*command, cwd=home, stdin=pae).stdout
        assert run(*command, cwd=home, stdin=pae + b" ", check=False).returncode != 0


def test_one_byte_flipped_anywhere_is_refused(home: Path, signers: Path) -> None:
    whole = (delivery(home) / NAME).read_bytes()
    folder = home / "flipped"
    shutil.copytree(delivery(home), folder)

    for place in (len(whole) // 7, len(whole) // 2, len(whole) - 30):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        (folder / NAME).write_bytes(flipped)
        done = verify(home, folder, "--signers", str(signers), "--accept-rehearsal")
        assert done.returncode == 1, done.stdout
        assert "Refused" in done.stdout


def test_the_zip_holds_the_commit_and_its_evidence_and_nothing_else(home: Path) -> None:
    tracked = set(run("git", "ls-files", "-z", cwd=home / "clone").stdout.split("\0")[:-1])
    with zipfile.ZipFile(delivery(home) / NAME) as delivered:
        names = {name for name in delivered.namelist() if not name.endswith("/")}

    assert {name for name in names if not name.startswith("evidence/")} == tracked
    assert {"evidence/README.md", "evidence/index.html", "evidence/verdict.intoto.jsonl"} <= names


def test_the_checksum_beside_it_is_right(home: Path) -> None:
    run("sha256sum", "--quiet", "-c", f"{NAME}.sha256", cwd=delivery(home))
    told = (delivery(home) / f"{NAME}.sha256").read_text(encoding="ascii").split()[0]

    assert told == hashlib.sha256((delivery(home) / NAME).read_bytes()).hexdigest()


def test_nothing_in_the_evidence_names_this_machine(unpacked: Path, home: Path) -> None:
    for path in (unpacked / "evidence").rglob("statements.intoto.jsonl"):
        for line in path.read_bytes().splitlines():
            payload = base64.b64decode(json.loads(line)["payload"]).decode("utf-8")
            assert str(home) not in payload


def test_a_ready_environment_is_not_made_again(home: Path) -> None:
    script = str(home / "clone" / "scripts" / "bootstrap.py")
    recreated = run(sys.executable, script, "gateproof", "--version", cwd=home)

    assert "making .venv" not in recreated.stdout
    assert recreated.stdout.startswith("gateproof, version")
