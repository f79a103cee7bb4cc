"""`gateproof assess`: read the exam, open each ZIP, judge, and say it in one of three forms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from gateproof.errors import NO, YES, GateproofError, UnknownError, UsageError
from gateproof.findings import printable, printable_text
from gateproof.judge import assessment_text
from gateproof.judge.assess import Assessment, assess
from gateproof.judge.bundle import Bundle
from gateproof.judge.checklist import Checklist, parse
from gateproof.judge.milestones import read_milestones, restricted
from gateproof.judge.proofmap import ENDING, with_map
from gateproof.judge.proofs import CHECKS
from gateproof.judge.tomltext import read_toml, table
from gateproof.model import Milestone
from gateproof.pack.bundle import open_bundle
from gateproof.pack.inspect.rules import DEFAULT, RuleSet

OWN = "docs/07_sales_ready.md"
"""Where a project keeps its checklist."""
Form = Literal["table", "markdown", "json"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exam:
    """What a ZIP is asked, by whoever asks."""

    checklist: Path | None = None
    proofs: Path | None = None
    signers: Path | None = None
    milestone: str | None = None
    rules: RuleSet = DEFAULT


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessed:
    """Every ZIP's assessment, and why some have none."""

    assessments: tuple[Assessment, ...]
    failures: tuple[tuple[str, GateproofError], ...] = ()

    @property
    def exit_code(self) -> int:
        """That of the ZIP with the worst answer; "could not find out" is worse than "no"."""
        codes = [one.exit_code for one in self.assessments] + [error.exit_code for _, error in self.failures]
        return max(codes, default=NO) if any(codes) or not codes else YES

    def text(self, form: Form, *, width: int = 100) -> str:
        """The answer in one of its forms, with its last line end."""
        if form == "json":
            return json.dumps(self._mapping(), indent=2) + "\n"
        if form == "markdown":
            return printable_text("\n".join(one.marked() for one in self.assessments))
        return "\n".join(self._lines(width)) + "\n"

    def _mapping(self) -> dict[str, Any]:
        mappings = [assessment_text.as_mapping(one) for one in self.assessments]
        failed = [
            {"zip": name, "exitCode": error.exit_code, "error": str(error)} for name, error in self.failures
        ]
        if len(mappings) == 1 and not failed:
            return mappings[0]
        return {"zips": [*mappings, *failed], "exitCode": self.exit_code}

    def _lines(self, width: int) -> list[str]:
        if len(self.assessments) == 1 and not self.failures:
            return list(assessment_text.lines(self.assessments[0], width=width))
        rows = list(assessment_text.comparison(self.assessments))
        return [*rows, *(f"{name}: {error}" for name, error in self.failures)]


def assess_zips(paths: Sequence[Path], exam: Exam, *, now: datetime) -> Assessed:
    """Assess each ZIP by the same exam.

    With one ZIP whatever keeps it from being assessed is raised; with several the others are assessed all the
    same. Raises UsageError for a checklist, a proof map or a signers file that cannot be used.
    """
    checklist = load_checklist(exam.checklist, exam.proofs) if exam.checklist else None
    assessments, failures = [], []
    for path in paths:
        try:
            with open_bundle(path, signers=exam.signers, now=now, rules=exam.rules) as bundle:
                assessments.append(assess_bundle(bundle, checklist, exam, now=now))
        except UsageError:
            raise
        except GateproofError as error:
            if len(paths) == 1:
                raise
            failures.append((path.name, error))
    return Assessed(assessments=tuple(assessments), failures=tuple(failures))


def assess_bundle(bundle: Bundle, checklist: Checklist | None, exam: Exam, *, now: datetime) -> Assessment:
    """Assess one open bundle. Raises UsageError where there is no checklist to judge by."""
    own = own_checklist(bundle, checklist.name if checklist else OWN)
    if checklist is None:
        if own is None:
            raise UsageError(f"{bundle.name} holds no {OWN}; give your own with --checklist FILE.")
        if isinstance(own[1], str):
            # The reader gave no checklist, so what cannot be used is the stranger's.
            raise UnknownError(f"{bundle.name} cannot be assessed by its own checklist. {own[1]}")
        checklist = own[1]
        if exam.proofs:
            checklist = with_map(checklist, _read(exam.proofs), exam.proofs.name, CHECKS)
    assessment = assess(checklist, bundle, now=now, own=own)
    return restricted(assessment, _milestone(bundle, exam.milestone)) if exam.milestone else assessment


def load_checklist(path: Path, proofs: Path | None = None) -> Checklist:
    """A checklist from the disk, with the proof map that is given or lies beside it.

    Raises UsageError for one that cannot be used, UnknownError for one that cannot be read.
    """
    checklist = parse(_read(path), path.name, CHECKS)
    beside = path.with_name(path.stem + ENDING)
    proof_map = proofs or (beside if beside.exists() else None)
    return with_map(checklist, _read(proof_map), proof_map.name, CHECKS) if proof_map else checklist


def own_checklist(bundle: Bundle, name: str) -> tuple[str, Checklist | str] | None:
    """The ZIP's own copy of a checklist with its path, or why it cannot be read; None where there is none."""
    file = name.rpartition("/")[2]
    found = [path for path in bundle.named(file, OWN.rpartition("/")[2]) if not path.startswith("evidence/")]
    path = next((path for path in found if path.rpartition("/")[2] == file), found[0] if found else None)
    if path is None:
        return None
    try:
        checklist = parse(bundle.read(path), path, CHECKS)
        beside = path.removesuffix(".md") + ENDING
        if bundle.has(beside):
            checklist = with_map(checklist, bundle.read(beside), beside, CHECKS)
    except UsageError as error:
        return path, str(error)
    return path, checklist


def _milestone(bundle: Bundle, name: str) -> Milestone:
    text = bundle.text("pyproject.toml") or ""
    try:
        settings = table(read_toml(text), "tool", "gateproof")
    except ValueError as error:
        raise UsageError(f"The pyproject.toml of {bundle.name} is not TOML: {error}.") from None
    listed = read_milestones(settings.get("milestones", []), "pyproject.toml")
    found = next((one for one in listed if name in (one.name, one.tag)), None)
    if found is None:
        names = printable(", ".join(one.name for one in listed)) or "none"
        raise UsageError(f"{bundle.name} names no milestone {name}; it has {names}.")
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnknownError(f"{path} could not be read: {error.strerror}.") from None
