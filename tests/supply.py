"""Builders for the supply chain: advisories as OSV writes them, dumps of them, and locks."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from gateproof.release.pinning.locks import stamped

HASH = "sha256:" + "ab" * 32
FRESH = "2026-11-20T12:00:00Z"


def vulnerabilities(package: str, *, called: str = "PYSEC-1", **annotation: Any) -> dict[str, Any]:
    """What the audit states about one vulnerable pin, `name@version`, as in-toto's predicate has it."""
    found = {"package": f"pkg:pypi/{package}", "aliases": [], "fixed": [], "ignored": None} | annotation
    return {
        "scanner": {
            "uri": "pkg:pypi/pip-audit@2.10.1",
            "version": "2.10.1",
            "db": {"uri": "all.zip", "version": "ab", "lastUpdate": FRESH},
            "result": [{"id": called, "severity": [], "annotations": [found]}],
        },
        "metadata": {"scanStartedOn": "2026-11-24T12:00:00Z", "scanFinishedOn": "2026-11-24T12:00:01Z"},
    }


def advisory(
    name: str = "shop-kit",
    *,
    called: str = "PYSEC-1",
    versions: Iterable[str] = (),
    events: Iterable[Mapping[str, str]] | None = None,
    kind: str = "ECOSYSTEM",
    modified: str = FRESH,
    **changes: Any,
) -> dict[str, Any]:
    """One advisory about one package."""
    affected: dict[str, Any] = {"package": {"ecosystem": "PyPI", "name": name}, "versions": list(versions)}
    if events is not None:
        affected["ranges"] = [{"type": kind, "events": list(events)}]
    return {
        "id": called,
        "modified": modified,
        "published": modified,
        "affected": [affected],
        "details": "x",
    } | changes


def dump(path: Path, *listed: Mapping[str, Any]) -> Path:
    """An `all.zip`."""
    with zipfile.ZipFile(path, "w") as packed:
        for number, one in enumerate(listed):
            packed.writestr(f"{number}.json", json.dumps(one))
    return path


def lock_text(*pins: str, resolved: date | None = date(2026, 11, 10)) -> str:
    """A lock, as `invoke pin` writes it."""
    body = "".join(f"{pin} \\\n    --hash={HASH}\n    # via something\n" for pin in pins)
    text = stamped(body, source="a.in", inputs="cd" * 32, renewed=resolved or date(2026, 11, 10))
    return text if resolved else re.sub("# gateproof: resolved .*\n", "", text)
