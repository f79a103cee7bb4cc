"""Scan a ZIP, a folder or a commit for secrets, and show that every file of it was looked at."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateproof.config import Settings, load_settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.findings import printable
from gateproof.model import Finding
from gateproof.pack.inspect.rules import RuleException
from gateproof.pack.zipreader import open_zip
from gateproof.release.archive import archive
from gateproof.release.reporting import finding_lines
from gateproof.release.secretscan.allow import EVIDENCE, NOT_LOOKED_AT, Allowed, Catch, about, judge
from gateproof.release.secretscan.canaries import OURS, THEIRS, canary_text, token
from gateproof.release.secretscan.kingfisher import Hit, Report, run_kingfisher
from gateproof.release.secretscan.shadow import Shadow

NAMES = "names.txt"
"""The copy that holds the paths of all files, a line each: a name can be a secret too."""

Run = Callable[[Path], Report]


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretScan:
    """What a scan looked at, and what it found."""

    what: str
    """The ZIP, the folder or the commit."""
    files: int
    """Of the ZIP, the folder or the commit."""
    scanned: int
    """How many of them were looked at. What was not is a finding."""
    members: int
    """Files within archives, which were looked at too."""
    planted: int
    """Canaries, for each rule set and each kind of name."""
    found: int
    rules: int
    version: str
    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every file was looked at, every canary was found, and nothing else was."""
        return bool(self.files and self.planted and self.found == self.planted and not self.findings)

    def as_mapping(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "what": self.what,
            "scanner": {"name": "kingfisher", "version": self.version, "rules": self.rules},
            "files": self.files,
            "scanned": self.scanned,
            "members": self.members,
            "canaries": {"planted": self.planted, "found": self.found},
            "findings": [
                {"code": one.code, "path": one.path, "sentence": one.sentence} for one in self.findings
            ],
            "allowed": [
                {
                    "path": one.entry.path,
                    "rule": one.entry.rule,
                    "reason": one.entry.reason,
                    "times": one.times,
                }
                for one in self.allowed
            ],
        }

    def lines(self) -> list[str]:
        """For a person."""
        allowed = [
            f"allowed {one.times} times: {one.entry.rule} in {printable(one.entry.path)}: {one.entry.reason}"
            for one in self.allowed
        ]
        members = f" and {self.members:,} files within archives" if self.members else ""
        looked = f"{self.scanned:,} of {self.files:,} files{members} were looked at by {self.rules} rules"
        canaries = f"{self.found} of {self.planted} canaries were found"
        return [*finding_lines(self.findings), *allowed, f"{self.what}: {looked}; {canaries}."]


def scan_head(root: Path, *, run: Run = run_kingfisher) -> SecretScan:
    """Scan the commit that is checked out at `root`, by its own allow-list for the source."""
    allow = about(allowances(load_settings(root)), evidence=False)
    return scan_commit(root, "HEAD", allow, run=run)


def allowances(settings: Settings) -> tuple[RuleException, ...]:
    """What the settings allow, for a reason each."""
    return tuple(
        RuleException(rule=one.rule, path=one.path, reason=one.reason) for one in settings.secrets.allow
    )


def scan_commit(
    root: Path, commit: str, allow: Iterable[RuleException] = (), *, run: Run = run_kingfisher
) -> SecretScan:
    """Scan the archive of a commit, as `invoke archive` makes it: what lies around it in the checkout is nobody's.

    Raises RefusedError where the archive lies, and UnknownError where git or kingfisher cannot answer.
    """
    with tempfile.TemporaryDirectory(prefix="gateproof-") as folder:
        built = archive(root, commit, Path(folder) / "commit.zip")
        if built.findings:
            raise RefusedError(
                f"The archive of {built.commit[:12]} has findings; see `invoke archive`:\n  "
                + "\n  ".join(finding_lines(built.findings))
            )
        scan = _scan(f"commit {built.commit}", _zipped(built.path), allow, run)
    if scan.files != built.entries:
        raise UnknownError(
            f"{scan.files} files were unpacked of {built.entries}; this is a bug in gateproof."
        )
    return scan


def scan_zip(path: Path, allow: Iterable[RuleException] = (), *, run: Run = run_kingfisher) -> SecretScan:
    """Scan any ZIP. Raises UnknownError where it or kingfisher cannot be read, RefusedError where it lies."""
    return _scan(printable(path.name), _zipped(path), allow, run)


def scan_folder(
    folder: Path, allow: Iterable[RuleException] = (), *, below: str = "", run: Run = run_kingfisher
) -> SecretScan:
    """Scan every file below a folder, hidden ones included; `below` goes before the paths that are told.

    Raises UnknownError for what cannot be read.
    """

    def take(shadow: Shadow) -> None:
        _take_folder(shadow, folder, below)

    return _scan(printable(folder.name), take, allow, run, start_early=True)


def refuse_secrets(evidence: Path, settings: Settings, *, run: Run = run_kingfisher) -> None:
    """Look for secrets in evidence that is about to be sealed.

    Raises RefusedError where there is one, and UnknownError where it cannot be told.
    """
    allow = about(allowances(settings), evidence=True)
    scan = scan_folder(evidence, allow, below=EVIDENCE, run=run)
    if scan.findings:
        listed = "\n  ".join(finding_lines(scan.findings))
        raise RefusedError(f"The evidence must not be sealed; mend these and run it again:\n  {listed}")
    if not scan.is_clean:
        raise UnknownError(f"Whether the evidence holds secrets is not known. {scan.lines()[-1]}")


def _zipped(path: Path) -> Callable[[Shadow], None]:
    def take(shadow: Shadow) -> None:
        with open_zip(path) as packed:
            for entry in packed.entries:
                shadow.add(entry.name, packed.blocks(entry))

    return take


def _take_folder(shadow: Shadow, folder: Path, below: str) -> None:
    """Give every file to the shadow, in the order of their names; a link is what it points to, and not followed."""
    ahead = [(str(folder), below)]
    while ahead:
        place, told = ahead.pop()
        with os.scandir(place) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
        for entry in inside:
            if entry.is_symlink():
                shadow.add(told + entry.name, [os.fsencode(Path(entry.path).readlink())])
            elif entry.is_dir():
                ahead.append((entry.path, f"{told}{entry.name}/"))
            else:
                shadow.add_file(told + entry.name, entry.path)


def _scan(
    what: str,
    take: Callable[[Shadow], None],
    allow: Iterable[RuleException],
    run: Run,
    *,
    start_early: bool = False,
) -> SecretScan:
    with (
        tempfile.TemporaryDirectory(prefix="gateproof-") as folder,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        shadow = Shadow(Path(folder) / "files")
        # The scanner reads its rules before it looks into the folder, about as long as links take to make.
        early = pool.submit(run, shadow.shown) if start_early else None
        try:
            take(shadow)
            paths = tuple(shadow.paths.values())
            planted = _plant(shadow, paths)
            shadow.show()
            report = early.result() if early else None
            if report is None or not report.files:  # it looked before there was anything
                report = run(shadow.shown)
            missed = _missed(shadow, report, len(planted), run)
            hits = [hit for hit in report.hits if not shadow.is_signature(hit.name)]
            shadow.remove()
        except OSError as error:
            raise UnknownError(
                f"{what} could not be scanned: {error}. Make room or give access, and run it again."
            ) from None
    canaries = {(name, rule) for name in planted if name != NAMES for rule in (THEIRS, OURS)}
    found = canaries & {(hit.name, hit.rule) for hit in report.hits}
    caught = _caught(hits, shadow, paths, missed)
    findings, allowed = judge(caught, allow)
    closed = {catch.path for catch in caught if catch.rule == NOT_LOOKED_AT}
    return SecretScan(
        what=what,
        files=shadow.files,
        scanned=shadow.files - len({path.partition("!")[0] for path in closed}),
        members=sum("!" in path for path in paths),
        planted=len(canaries),
        found=len(found),
        rules=report.rules,
        version=report.version,
        findings=findings,
        allowed=allowed,
    )


def _plant(shadow: Shadow, paths: Sequence[str]) -> list[str]:
    """Plant a canary beside each kind of name that a copy has, and the list of all paths."""
    kinds = sorted({f".{name.rpartition('.')[2]}" for name in shadow.paths} | {".txt"})
    names = [f"canary{kind}" for kind in kinds]
    for name in names:
        shadow.plant(name, canary_text())
    shadow.plant(NAMES, "\n".join(path.replace("\n", " ").replace("\r", " ") for path in paths) + "\n")
    return [*names, NAMES]


def _missed(shadow: Shadow, report: Report, planted: int, run: Run) -> tuple[str, ...]:
    """The paths that the scanner passed over: its own count says whether there are any, a canary in each which.

    Raises UnknownError where the count cannot be explained.
    """
    if report.files == len(shadow.paths) + planted:
        return ()
    shadow.mark(token)
    marked = {hit.name for hit in run(shadow.shown).hits if hit.rule == THEIRS}
    missed = tuple(path for name, path in shadow.paths.items() if name not in marked)
    if not missed:
        raise UnknownError(
            f"kingfisher looked at {report.files} of {len(shadow.paths) + planted} files, and does not say at which."
        )
    return missed


def _caught(
    hits: Iterable[Hit], shadow: Shadow, paths: Sequence[str], missed: Iterable[str]
) -> tuple[Catch, ...]:
    """What every hit and every file that was passed over comes to. No path is shown further than is safe."""
    found: list[tuple[str, str, str]] = []
    shown: dict[str, str] = {}
    for hit in hits:
        if hit.name == NAMES and 0 < hit.line <= len(paths):
            path = paths[hit.line - 1]
            shown[path] = _beginning(path, hit.column)
            found.append((path, hit.rule, f"Its name does: {hit.rule}."))
        elif hit.name in shadow.paths:
            found.append((shadow.paths[hit.name], hit.rule, f"Line {hit.line}: {hit.rule}."))
    why = {**shadow.closed, **dict.fromkeys(missed, "the scanner passes over it")}
    found += [(path, NOT_LOOKED_AT, f"Why: {reason}.") for path, reason in why.items()]
    return tuple(
        Catch(path=path, rule=rule, detail=detail, shown=shown.get(path, "")) for path, rule, detail in found
    )


def _beginning(path: str, end: int) -> str:
    """A path up to the secret in it; `end` counts bytes."""
    return path.encode("utf-8", "surrogateescape")[:end].decode("utf-8", "ignore") + "…"
