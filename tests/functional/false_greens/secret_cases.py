"""False greens of the secret scan, and what true ones look like."""

from __future__ import annotations

import json
from typing import Any

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, table, text
from gateproof.record.readers import secret_scan

# Put together here, so that this file holds none.
TOKEN = "gh" + "p_" + "a8Kd03LmQx7Rz2Vb5Nc9Ws4Yt6Jf1Hg0PuEo"


def _says(**changes: Any) -> dict[str, str]:
    """A program that reports as the scan does."""
    report = {
        "scanner": {"rules": 500},
        "files": 3,
        "scanned": 3,
        "members": 0,
        "canaries": {"planted": 2, "found": 2},
        "findings": [],
        "allowed": [],
    }
    return {"fake.py": text(f"print({json.dumps(report | changes)!r})")}


FAKE = "python fake.py --json"
scan = table("gateproof secrets --json shop", secret_scan())
CASES = (
    scan("a folder without secrets", PASSED, "2 files", 2, files={"shop/a.py": "x = 1\n", "shop/b.py": ""}),
    scan("a token", FAILED, "a.py", 1, files={"shop/a.py": f'x = "{TOKEN}"\n'}),
    scan("a token in a picture", FAILED, "a.png", 1, files={"shop/a.png": f'x = "{TOKEN}"\n'}),
    scan(
        "a token that asks to be ignored",
        FAILED,
        "a.py",
        1,
        files={"shop/a.py": f'x = "{TOKEN}"  # kingfisher:ignore\n'},
    ),
    scan(
        "a token in installed packages",
        FAILED,
        "node_modules",
        1,
        files={"shop/node_modules/a/package-lock.json": f'{{"x": "{TOKEN}"}}\n'},
    ),
    scan(
        "a file that is no ZIP", ERRORED, "JSON", argv="gateproof secrets --json a.zip", files={"a.zip": "x"}
    ),
    scan(
        "not as JSON",
        ERRORED,
        "JSON",
        argv="gateproof secrets shop",
        files={"shop/a.py": "x = 1\n"},
    ),
    scan("nothing to scan", VACUOUS, "no file", 0, argv=FAKE, files=_says(files=0, scanned=0)),
    scan(
        "a canary that was not found",
        VACUOUS,
        "1 of 2",
        argv=FAKE,
        files=_says(canaries={"planted": 2, "found": 1}),
    ),
    scan("no canary planted", VACUOUS, "0 of 0", argv=FAKE, files=_says(canaries={"planted": 0, "found": 0})),
    scan("not every file was looked at", ERRORED, "contradicts", argv=FAKE, files=_says(scanned=2)),
    scan("more was looked at than there is", ERRORED, "contradicts", argv=FAKE, files=_says(scanned=4)),
    scan("a number that is none", ERRORED, "counts", argv=FAKE, files=_says(files=True)),
    scan("a report without findings", ERRORED, "lacks", argv=FAKE, files=_says(findings=None)),
)
