"""The repository before it is sealed: HEAD as the ZIP that it would become, and the ledger as its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from gateproof.errors import UnknownError
from gateproof.evidence.statement import parse
from gateproof.evidence.subject import subject_of
from gateproof.git import changed_paths, full_commit_id
from gateproof.judge.bundle import Bundle, EvidenceRun, read_run
from gateproof.judge.ci.noxfile import read_noxfile
from gateproof.pack.assessing import Assessed, Exam, assess_bundle, load_checklist
from gateproof.pack.bundle import open_bundle
from gateproof.record.ledger import GATES, Record, records, statement_lines
from gateproof.record.source import source_files
from gateproof.release.archive import archive
from gateproof.release.clean import refuse


def assess_repository(root: Path, exam: Exam, *, now: datetime) -> Assessed:
    """Assess HEAD by the exam, on the evidence in the ledger.

    Raises RefusedError where HEAD cannot even be packed, UsageError for a checklist that cannot be used.
    """
    checklist = load_checklist(root / exam.checklist, exam.proofs) if exam.checklist else None
    with repository_bundle(root, "HEAD", exam, now=now) as bundle:
        return Assessed(assessments=(assess_bundle(bundle, checklist, exam, now=now),))


@contextmanager
def repository_bundle(root: Path, commit: str, exam: Exam, *, now: datetime) -> Iterator[Bundle]:
    """The bundle that `commit` would be, with every record in the ledger as its evidence, unsealed.

    Raises UnknownError when git or the ledger cannot be read.
    """
    full = full_commit_id(root, commit)
    with TemporaryDirectory(prefix="gateproof-") as folder:
        target = Path(folder) / f"{commit}.zip"
        refuse(archive(root, full, target).findings, f"Commit {full[:12]}")
        with open_bundle(target, signers=exam.signers, now=now, rules=exam.rules) as bundle:
            tree = subject_of(source_files(root, full)).git_tree
            yield with_records(bundle, records(root), tree, root=root)


def with_records(bundle: Bundle, found: Sequence[Record], git_tree: str, *, root: Path) -> Bundle:
    """The bundle of the source `git_tree` with these records as its evidence."""
    noxfile = read_noxfile(bundle)
    gates = noxfile.gates if noxfile else ()
    runs = tuple(_run(record, root, gates) for record in found)
    others = {run.git_tree for run in runs} - {git_tree}
    differing = {tree: paths for tree in others if (paths := _differing(root, tree, git_tree))}
    return replace(bundle, runs=runs, git_tree=git_tree, differing=differing, unsound=(), is_sealed=False)


def _run(record: Record, root: Path, gates: Sequence[str]) -> EvidenceRun:
    """A record as evidence. A gate's record must not pass for a deployment's, nor any other's for a gate's."""
    try:
        statements = [parse(line) for line in statement_lines(record.folder)]
    except (OSError, ValueError) as error:
        raise UnknownError(f"{record.folder} is not a record ({error}); move that folder away.") from error
    place = record.folder.relative_to(root) if record.folder.is_relative_to(root) else record.folder
    return read_run(
        statements,
        record.attempt,
        kind=_kind(record, gates),
        place=place.as_posix(),
    )


def _kind(record: Record, gates: Sequence[str]) -> str:
    return "" if record.kind == GATES and record.attempt.gate not in gates else record.kind


def _differing(root: Path, one: str, other: str) -> tuple[str, ...]:
    try:
        return changed_paths(root, one, other)
    except UnknownError:
        return ()  # That source was never committed here, or is gone.
