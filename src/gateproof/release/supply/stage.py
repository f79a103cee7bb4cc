"""Audit the locks of a checkout: read them, ask pip-audit, and judge what it says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import UsageError
from gateproof.release.supply.audit import Audited, judge
from gateproof.release.supply.licences import load
from gateproof.release.supply.locks import read_locks
from gateproof.release.supply.pipaudit import scan


def audit_checkout(
    root: Path,
    settings: Settings,
    *,
    now: datetime,
    advisories: Path | None = None,
    override: str | None = None,
    report: Path | None = None,
) -> Audited:
    """Audit every lock of the project at `root`.

    `advisories` is a dump to ask instead of the service that the settings name. `override` is a person's reason to let
    be what the dump cannot know; it goes before that of the settings.

    Raises UsageError for an override without a reason or an allowed licence that is not SPDX, NothingRanError without a
    lock, and UnknownError when pip-audit, the dump or the record of licences cannot be read.
    """
    if override is not None and not override.strip():
        raise UsageError("The override of the advisories' age has no reason; say why, or take it away.")
    policy = settings.audit
    locks = read_locks(root, settings.pins.folder)
    scanned, source = scan(locks, service=policy.service, dump=advisories, report=report)
    record = load(root, settings.pins.folder) if policy.licences else None
    return judge(locks, scanned, source, policy, override=override or policy.override, now=now, record=record)
