"""False greens of the pins, and what true ones look like."""

from __future__ import annotations

import json
from typing import Any

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, table, text
from gateproof.record.readers import pins

SETTINGS = text('[tool.gateproof]\nproduct = "shop"\n')


def _says(**changes: Any) -> dict[str, str]:
    """A program that reports as the check does."""
    report = {"locks": [{"path": "a.txt", "pins": 3}], "pins": 3, "findings": []}
    return {"fake.py": text(f"print({json.dumps(report | changes)!r})")}


A_LOCK = {"path": "a.txt", "pins": 3}
AN_EMPTY_ONE = {"path": "b.txt", "pins": 0}
FAKE = "python fake.py --json"
check = table("gateproof pins --json", pins())
CASES = (
    check("locks that follow from their inputs", PASSED, "1 locks", 3, argv=FAKE, files=_says()),
    check(
        "an input that nothing pins",
        FAILED,
        "P001",
        files={"pyproject.toml": SETTINGS, "requirements/web.in": "six\n"},
    ),
    check(
        "a pin without a hash",
        FAILED,
        "P002",
        files={
            "pyproject.toml": SETTINGS,
            "requirements/web.in": "six\n",
            "requirements/web.txt": "six==1.17.0\n",
        },
    ),
    check(
        "a folder without any lock",
        VACUOUS,
        "nothing was looked at",
        files={"pyproject.toml": SETTINGS, "requirements/README": "none\n"},
    ),
    check("no folder", ERRORED, "JSON", files={"pyproject.toml": SETTINGS}),
    check(
        "a lock of nothing",
        VACUOUS,
        "pins nothing",
        3,
        argv=FAKE,
        files=_says(locks=[A_LOCK, AN_EMPTY_ONE]),
    ),
    check("a sum that is wrong", ERRORED, "sum", argv=FAKE, files=_says(pins=4)),
    check("a count that is none", ERRORED, "counts", argv=FAKE, files=_says(pins=True)),
    check("a part that is missing", ERRORED, "lacks", argv=FAKE, files={"fake.py": text("print('{}')")}),
    check("without the report", VACUOUS, "--json", argv="python fake.py", files=_says()),
)
