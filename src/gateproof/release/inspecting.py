"""`gateproof inspect`: several ZIPs, each alone or held against the commit that it is said to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateproof import git
from gateproof.config import load_settings
from gateproof.errors import NO, YES, GateproofError, UnknownError
from gateproof.findings import Notes, printable
from gateproof.model import Finding
from gateproof.pack.inspect.inspection import inspect_commit, inspect_zip
from gateproof.pack.inspect.rules import DEFAULT, RuleSet
from gateproof.pack.verifier.delivery import opened, sha256_of
from gateproof.pack.zipreader import open_zip
from gateproof.release.archive import archive, compare
from gateproof.release.clean import rule_set
from gateproof.release.reporting import findings_as_mapping, findings_lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """What was found in each ZIP."""

    found: Mapping[Path, tuple[Finding, ...]]
    failures: Mapping[Path, GateproofError] = field(default_factory=dict)
    """The ZIPs that could not be inspected."""
    notes: Mapping[Path, str] = field(default_factory=dict)
    """Whether the bytes are those that git writes, where that was asked."""

    @property
    def exit_code(self) -> int:
        """0 when every ZIP is clean, 1 when one is not, and 4 when one could not be inspected."""
        if self.failures:
            return max(error.exit_code for error in self.failures.values())
        return NO if any(self.found.values()) else YES

    def lines(self) -> Iterator[str]:
        """For a person: a table first where there are several."""
        if len(self.found) + len(self.failures) > 1:
            yield from self._table()
            yield ""
        yield from findings_lines(self.found)
        for path, note in self.notes.items():
            yield f"{printable(path.as_posix())}: {note}"
        for path, error in self.failures.items():
            yield f"{printable(path.as_posix())}: could not be inspected: {error}"

    def _table(self) -> Iterator[str]:
        rows = [("ZIP", "findings", "kinds")]
        for path, findings in self.found.items():
            kinds = sorted({finding.code for finding in findings})
            rows.append((printable(path.as_posix()), str(len(findings)), " ".join(kinds) or "clean"))
        rows += [(printable(path.as_posix()), "unknown", "") for path in self.failures]
        wide = max(len(name) for name, _, _ in rows)
        yield from (f"{name:{wide}}  {count:>8}  {kinds}".rstrip() for name, count, kinds in rows)

    def as_mapping(self) -> list[dict[str, Any]]:
        """For `--json`."""
        noted = {path.as_posix(): note for path, note in self.notes.items()}
        told = [
            {**one, **({"note": noted[one["path"]]} if one["path"] in noted else {})}
            for one in findings_as_mapping(self.found)
        ]
        failed = [
            {"path": path.as_posix(), "clean": False, "error": str(error), "exitCode": error.exit_code}
            for path, error in self.failures.items()
        ]
        return [*told, *failed]


def inspect_zips(paths: Sequence[Path], *, commit: str = "", repository: Path | None = None) -> Inspected:
    """Inspect each ZIP; with `commit`, also that commit of `repository`, and hold each ZIP against it both ways.

    Where a commit is given the rules are those of its repository, otherwise the usual ones.
    Of a delivery's folder or outer ZIP the ZIP in it is inspected.
    With one ZIP whatever keeps it from being inspected is raised; with several the others are inspected all the same.
    Raises UnknownError for a commit or a repository that is not there, UsageError for broken settings.
    """
    top, full, rules = Path(), "", DEFAULT
    if commit:
        top = git.top_of(repository or Path())
        full = git.full_commit_id(top, commit)
        rules = rule_set(load_settings(top)) if (top / "pyproject.toml").exists() else DEFAULT
    found: dict[Path, tuple[Finding, ...]] = {}
    failures: dict[Path, GateproofError] = {}
    notes: dict[Path, str] = {}
    for path in paths:
        try:
            with _zip_of(path) as zip_path:
                found[path] = inspect_zip(zip_path, rules)
                if full:
                    more, notes[path] = _against(zip_path, top, full, rules)
                    found[path] = tuple(dict.fromkeys((*found[path], *more)))
        except GateproofError as error:
            if len(paths) == 1:
                raise
            found.pop(path, None)
            failures[path] = error
    return Inspected(found=found, failures=failures, notes=notes)


@contextmanager
def _zip_of(path: Path) -> Iterator[Path]:
    """The ZIP itself, also where a delivery's folder or outer ZIP is given: what matters lies in the inner one."""
    outer = Notes()
    with opened(path, outer) as delivery:
        if delivery is None:
            first = outer.findings()[0]
            raise UnknownError(f"{path} is no sound delivery: {first.code} {first.path}: {first.sentence}")
        yield delivery.zip


def _against(path: Path, top: Path, full: str, rules: RuleSet) -> tuple[tuple[Finding, ...], str]:
    """What differs between a ZIP and a commit, and whether git would write the same bytes again."""
    with git.lent_objects(top) as lent, open_zip(path) as zf:
        differing = compare(zf, full, git.tree_entries(lent, full))
    with TemporaryDirectory(prefix="gateproof-") as folder:
        again = archive(top, full, Path(folder) / "again.zip").sha256
    if again == sha256_of(path):
        note = f"byte for byte what git writes of commit {full[:12]}"
    elif differing:
        note = f"not what git writes of commit {full[:12]}"
    else:
        note = f"the contents of commit {full[:12]}, in other bytes than git and zlib write here"
    return (*inspect_commit(top, full, rules), *differing), note
