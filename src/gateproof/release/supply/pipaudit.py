"""Runs pip-audit over the pins of every lock, against PyPI, OSV, or a dump that we serve to it ourselves."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.version import InvalidVersion

from gateproof.errors import UnknownError
from gateproof.release.supply.audit import Scan, Source, Vulnerability, key
from gateproof.release.supply.keys import Key, key_of
from gateproof.release.supply.locks import Lock, Pin
from gateproof.release.supply.osv import load_advisories
from gateproof.release.supply.osv_server import Endpoint, serve

SERVICES = {"pypi": "PyPI", "osv": "OSV"}
TIME_LIMIT = 1200.0
_FOUND_SOMETHING = 1
# Variables of pip-audit's own can change what it does, and a proxy has no business on the loopback.
_OWN = "PIP_AUDIT_"


def scan(
    locks: Sequence[Lock], *, service: str, dump: Path | None, report: Path | None = None
) -> tuple[Scan, Source]:
    """Ask pip-audit about every pin of every lock.

    `service` is `pypi` or `osv`; with a `dump` neither is asked, and no network is needed.
    pip-audit's own report is kept at `report`.

    Raises UnknownError when the dump cannot be read, or pip-audit cannot be run or understood.
    """
    if dump is None:
        started = datetime.now(UTC)
        source = Source(name=SERVICES[service], updated=started, is_live=True)
        return _run(locks, ("--vulnerability-service", service), None, report), source
    advisories = load_advisories(dump)
    with serve(advisories) as endpoint:
        arguments = ("--vulnerability-service", "osv", "--osv-url", endpoint.url)
        scanned = _run(locks, arguments, endpoint, report)
    source = Source(
        name=advisories.name,
        updated=advisories.updated,
        is_live=False,
        sha256=advisories.sha256,
        count=advisories.count,
    )
    return scanned, source


def _run(
    locks: Sequence[Lock], arguments: Sequence[str], endpoint: Endpoint | None, report: Path | None
) -> Scan:
    with tempfile.TemporaryDirectory(prefix="gateproof-audit-") as scratch:
        folder = Path(scratch)
        files = [word for path in _bare_locks(locks, folder) for word in ("--requirement", str(path))]
        output = folder / "report.json"
        command = (
            *(sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off"),
            *("--format", "json", "--desc", "off", "--aliases", "on", "--output", str(output)),
            *("--cache-dir", str(folder / "cache"), *arguments, *files),
        )
        started = datetime.now(UTC)
        with _understood():
            ended = subprocess.run(
                command,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                env=_environment(),
                timeout=TIME_LIMIT,
            )
        finished = datetime.now(UTC)
        refused = f" ({endpoint.refused[0]})" if endpoint and endpoint.refused else ""
        if ended.returncode not in (0, _FOUND_SOMETHING) or not output.exists():
            said = "".join(ended.stderr.strip().splitlines()[-1:])
            raise UnknownError(
                f"pip-audit could not find out, and ended with {ended.returncode}: {said}{refused}."
            )
        with _understood():
            raw = output.read_bytes()
            scanned = _scan(json.loads(raw), ended.returncode, endpoint, (started, finished))
            if report is not None:
                report.write_bytes(raw)
            return scanned


def _bare_locks(locks: Sequence[Lock], folder: Path) -> Iterator[Path]:
    """Each lock as its pins alone: pip-audit passes over a line in silence whose marker is false on this machine."""
    for lock in locks:
        path = folder / PurePosixPath(lock.path).name
        lines = (f"{pin} {' '.join(f'--hash={one}' for one in pin.hashes)}\n" for pin in lock.pins)
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
        yield path


def _scan(document: Any, exit_code: int, endpoint: Endpoint | None, times: tuple[datetime, datetime]) -> Scan:
    audited: set[Key] = set()
    skipped: list[tuple[str, str]] = []
    found: list[Vulnerability] = []
    for one in document["dependencies"]:
        if "skip_reason" in one:
            skipped.append((one["name"], one["skip_reason"]))
            continue
        pin = Pin(name=key_of(one["name"], one["version"])[0], version=one["version"])
        if key(pin) in audited:
            continue  # The same pin of another lock.
        audited.add(key(pin))
        found += [_vulnerability(pin, told) for told in one["vulns"]]
    if bool(found) != (exit_code == _FOUND_SOMETHING):
        raise ValueError(f"it ended with {exit_code} and reports {len(found)} vulnerabilities")
    return Scan(
        version=_version(),
        started=times[0],
        finished=times[1],
        audited=frozenset(audited),
        skipped=tuple(skipped),
        vulnerabilities=tuple(found),
        asked=frozenset(key_of(*one) for one in endpoint.asked) if endpoint else None,
    )


def _vulnerability(pin: Pin, told: Mapping[str, Any]) -> Vulnerability:
    return Vulnerability(
        pin=pin, id=str(told["id"]), aliases=tuple(told["aliases"]), fixed=tuple(told["fix_versions"])
    )


def _version() -> str:
    from importlib.metadata import version

    return version("pip-audit")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_OWN)}
    return kept | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "PYTHONUTF8": "1"}


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except subprocess.TimeoutExpired:
        raise UnknownError(f"pip-audit did not end within {TIME_LIMIT:.0f} s.") from None
    except (OSError, ValueError, KeyError, TypeError, InvalidVersion) as error:
        raise UnknownError(
            f"pip-audit could not be run, or its report not be understood: {error!r}."
        ) from None
