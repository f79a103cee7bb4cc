"""npm's @sigstore/verify accepts our envelopes as Sigstore bundles, and refuses a changed one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from functional.test_strangers_verify import one_sealed_line, pem_of
from gateproof.evidence.keys import Signer
from gateproof.evidence.statement import decode
from packs import make_signer

pytestmark = pytest.mark.acceptance

STRANGERS = Path(__file__).parents[1] / "strangers"
MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script beside what its lock pins, every hash checked, no script of a package run."""
    folder = tmp_path_factory.mktemp("npm")
    for path in STRANGERS.iterdir():
        shutil.copy(path, folder)
    npm = shutil.which("npm")
    assert npm, "npm is not here; install Node.js"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(
        command, cwd=folder, env={**os.environ, "npm_config_cache": str(folder / "cache")}, check=True
    )
    return folder / "verify.js"


def bundle_of(line: bytes, signer: Signer) -> dict[str, Any]:
    material = {"publicKey": {"hint": signer.public.keyid}, "tlogEntries": []}
    return {"mediaType": MEDIA_TYPE, "verificationMaterial": material, "dsseEnvelope": decode(line)}


def accepts(verifier: Path, folder: Path, bundle: dict[str, Any], signer: Signer) -> bool:
    path = folder / "bundle.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    argv = ["node", str(verifier), str(path), str(pem_of(folder, signer))]
    done = subprocess.run(argv, capture_output=True, encoding="utf-8", check=False)
    # A refusal is the verifier's own word, not a script that could not run.
    assert done.stdout == "accepted\n" or "SIGNATURE_ERROR" in done.stderr, done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_npm_verifies_an_envelope(verifier: Path, tmp_path: Path, kind: str) -> None:
    signer = make_signer(kind)
    bundle = bundle_of(one_sealed_line(tmp_path, signer), signer)
    assert accepts(verifier, tmp_path, bundle, signer)
    assert not accepts(verifier, tmp_path, bundle, make_signer(kind))
    payload = bundle["dsseEnvelope"]["payload"]
    bundle["dsseEnvelope"]["payload"] = payload[:-8] + payload[-4:]
    assert not accepts(verifier, tmp_path, bundle, signer)
