"""Looks for secrets in what a release writes beside its ZIP: a commit's subject or a file's name can hold one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateproof.errors import RefusedError, UnknownError
from gateproof.findings import Code
from gateproof.record.tokens import Tokens
from gateproof.release.reporting import finding_lines
from gateproof.release.secretscan.kingfisher import run_kingfisher
from gateproof.release.secretscan.scan import Run, scan_folder


def refuse_secrets_in(texts: Mapping[str, bytes], *, run: Run = run_kingfisher) -> None:
    """Look for secrets in texts by file name, as they stand and as Markdown shows them.

    What a log would be redacted of is none for notes either.
    Raises RefusedError where there is one, and UnknownError where it cannot be told.
    """
    with tempfile.TemporaryDirectory(prefix="gateproof-") as name:
        for kind in ("written", "shown"):
            (Path(name) / kind).mkdir()
        for path, text in texts.items():
            (Path(name) / "written" / path).write_bytes(text)
            # A backslash before a sign of Markdown would hide a token from the scanner, and from no reader.
            (Path(name) / "shown" / path).write_bytes(text.replace(b"\\", b""))
        scan = scan_folder(Path(name), run=run)
    found = [
        *finding_lines(scan.findings),
        *(line for path, text in texts.items() for line in _tokens(path, text.replace(b"\\", b""))),
    ]
    if found:
        listed = "\n  ".join(found)
        raise RefusedError(
            "The release notes hold a secret; take it out of the changelog, the commit's subject "
            f"or the file's name that it stands in, and withdraw it:\n  {listed}"
        )
    if not scan.is_clean:
        raise UnknownError(f"Whether the release notes hold secrets is not known. {scan.lines()[-1]}")


def _tokens(path: str, text: bytes) -> Iterator[str]:
    for number, line in enumerate(text.decode("utf-8", "replace").split("\n"), 1):
        tokens = Tokens()
        tokens.feed(line, final=True)
        if tokens.count:
            yield f"{Code.SECRET.code}  {path}: Line {number}: a token by its form."
