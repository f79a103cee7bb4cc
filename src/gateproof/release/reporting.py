"""Findings in words: lines for a person, a mapping for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateproof.findings import Code, printable
from gateproof.model import Finding


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """A line a finding: code, path, sentence."""
    return [f"{finding.code}  {finding.path or '(the whole)'}: {finding.sentence}" for finding in findings]


def counted(findings: Sequence[Finding]) -> str:
    """How many there are, in words."""
    return f"{len(findings):,} finding{'' if len(findings) == 1 else 's'}"


def remedy_lines(findings: Iterable[Finding]) -> list[str]:
    """A line a kind of finding: what to do about it."""
    kinds = {finding.code for finding in findings}
    remedies = [f"  {code.code}  {code.remedy}" for code in Code if code.code in kinds]
    return ["", "What to do:", *remedies] if remedies else []


def findings_lines(found: Mapping[Path, Sequence[Finding]]) -> Iterator[str]:
    """What was found in each of several ZIPs, and what to do about each kind of finding."""
    for path, findings in found.items():
        yield f"{printable(path.as_posix())}: {counted(findings) if findings else 'clean'}"
        yield from (f"  {line}" for line in finding_lines(findings))
    yield from remedy_lines(finding for findings in found.values() for finding in findings)


def findings_as_mapping(found: Mapping[Path, Sequence[Finding]]) -> list[dict[str, Any]]:
    """For `--json`."""
    remedies = {code.code: code.remedy for code in Code}
    return [
        {
            "path": path.as_posix(),
            "clean": not findings,
            "findings": [
                {"code": f.code, "path": f.path, "sentence": f.sentence, "remedy": remedies.get(f.code, "")}
                for f in findings
            ],
        }
        for path, findings in found.items()
    ]
