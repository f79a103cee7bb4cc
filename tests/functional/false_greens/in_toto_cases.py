"""in-toto signs what ran and how it ended, and its verifier does not look at how: its green hides a failure."""

from __future__ import annotations

from functional.false_greens.case import FAILED, VACUOUS, table, text
from gateproof.record.readers import exit_code

CHAIN = text(
    "import os, subprocess, sys",
    "from cryptography.hazmat.primitives import serialization as form",
    "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey",
    "from in_toto.models.layout import Layout, Step",
    "from in_toto.models.metadata import Metablock",
    "from securesystemslib.signer import CryptoSigner, SSlibKey",
    "private = Ed25519PrivateKey.generate()",
    "pem, plain = form.Encoding.PEM, form.NoEncryption()",
    "open('key', 'wb').write(private.private_bytes(pem, form.PrivateFormat.PKCS8, plain))",
    "open('pub', 'wb').write(private.public_key().public_bytes(pem, form.PublicFormat.SubjectPublicKeyInfo))",
    "signer = CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))",
    "known = {signer.public_key.keyid: {'keyid': signer.public_key.keyid, **signer.public_key.to_dict()}}",
    "layout = Layout(steps=[Step(name='test', pubkeys=list(known))], keys=known)",
    "layout.set_relative_expiration(days=3)",
    "signed = Metablock(signed=layout)",
    "signed.create_signature(signer)",
    "signed.dump('root.layout')",
    "code, how = sys.argv[1:]",
    "run = ['in-toto-run', '-n', 'test', '--signing-key', 'key', '--', 'python', '-c', f'raise SystemExit({code})']",
    "ended = subprocess.call(run) if how != 'no-link' else 0",
    "link = next((name for name in os.listdir() if name.endswith('.link')), None)",
    "if how == 'changed': open(link, 'r+').write('x')",
    "if how == 'run': sys.exit(ended)",
    "assert how == 'no-link' or f'\"return-value\": {code}' in open(link).read() or how == 'changed'",
    "sys.exit(subprocess.call(['in-toto-verify', '-l', 'root.layout', '--verification-keys', 'pub']))",
)
chain = table("python chain.py 7 verify", exit_code())
FILES = {"chain.py": CHAIN}

CASES = (
    chain("in-toto verifies a step that ended in 7", VACUOUS, "proves nothing", files=FILES),
    chain("in-toto verifies a step that ended in 0", VACUOUS, argv="python chain.py 0 verify", files=FILES),
    chain("in-toto runs a step that ends in 7", FAILED, "7", argv="python chain.py 7 run", files=FILES),
    chain("in-toto misses a step", FAILED, argv="python chain.py 7 no-link", files=FILES),
    chain("in-toto finds a changed link", FAILED, argv="python chain.py 7 changed", files=FILES),
)
