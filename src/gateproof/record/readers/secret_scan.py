"""Reads our own `gateproof secrets --json`: whether every file was looked at, and what was found."""

from __future__ import annotations

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import count_of, json_from


def secret_scan(*, at_least: int = 1) -> Reader:
    """Files that were scanned for secrets; each must have been looked at, and each canary found."""
    need = Requirement(options=("--json",), why="without --json it cannot be told what was looked at")
    return Reader(name="secret-scan", read=_read, at_least=at_least, requires=(need,))


def _read(ended: Ended) -> Reading:
    report = json_from(ended.stdout.path)
    try:
        files, scanned, members = (count_of(report[name]) for name in ("files", "scanned", "members"))
        planted, found = (count_of(report["canaries"][name]) for name in ("planted", "found"))
        findings = [f"{one['code']} {one['path']}: {one['sentence']}" for one in report["findings"]]
        allowed = sum(count_of(one["times"]) for one in report["allowed"])
        rules = count_of(report["scanner"]["rules"])
    except (KeyError, TypeError) as missing:
        raise NotUnderstoodError(f"the report of the secret scan lacks {missing}") from None
    if scanned > files or (scanned < files and not (findings or allowed)) or found > planted:
        raise NotUnderstoodError("the report of the secret scan contradicts itself")
    outcome, reason = _outcome(files, planted, found, findings)
    return Reading(
        outcome=outcome,
        reason=reason,
        looked_at=scanned,
        unit="files",
        counts=(
            ("files", files),
            ("within archives", members),
            ("rules", rules),
            ("canaries", found),
            ("findings", len(findings)),
            ("allowed", allowed),
        ),
    )


def _outcome(files: int, planted: int, found: int, findings: list[str]) -> tuple[Outcome, str]:
    if not files:
        return Outcome.VACUOUS, "there is no file, so nothing was looked at"
    if not planted or found < planted:
        return Outcome.VACUOUS, f"{found} of {planted} planted secrets were found, so a green means nothing"
    if findings:
        return Outcome.FAILED, f"{len(findings)} findings, first {findings[0]}"
    return Outcome.PASSED, f"{files} files hold no secret"
