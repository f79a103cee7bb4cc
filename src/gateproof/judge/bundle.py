"""A bundle: a ZIP as the judge sees it, its files, its evidence and what was delivered beside it.

The judge touches no disk: `pack.bundle` makes bundles from ZIPs, tests make them from dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from gateproof.evidence.attempts import Attempt
from gateproof.evidence.statement import LINK, RUN_FIELD, TEST_RESULT, Statement
from gateproof.judge.audited import Audited, audited
from gateproof.model import Finding, Outcome

MOST_TEXT = 4 * 1024 * 1024
"""Bytes of a file that is read as text; no document or source file comes near."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RanCommand:
    """One command of a run, as its statement tells it."""

    argv: tuple[str, ...]
    cwd: str
    outcome: Outcome | None
    reason: str
    looked_at: int
    unit: str
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRun:
    """One recorded attempt: what ran, on which source, and what it saw."""

    kind: str
    """`gates`, `tasks` or `deploy`; empty for a record that was not sealed, which nobody has sorted yet."""
    attempt: Attempt
    git_tree: str
    place: str
    """Where a reader finds it, such as `evidence/gates/test/py3.11-linux/20260101T120000Z-00000000`."""
    commands: tuple[RanCommand, ...]
    passed: tuple[str, ...] = ()
    """Names of tests that passed."""
    failed: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    audited: Audited | None = None
    """What it says of pins, where it is an audit."""

    @property
    def name(self) -> str:
        """The gate or task."""
        return self.attempt.gate


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryFacts:
    """What lies beside the ZIP, as the verifier found it."""

    is_whole: bool
    """Whether everything beside it was there and agreed; `findings` say what did not."""
    findings: tuple[Finding, ...] = ()
    tag: str | None = None
    """The signed tag that leads to the files in this ZIP."""
    is_rehearsal: bool = False
    principals: tuple[str, ...] = ()


def _no_findings() -> tuple[Finding, ...]:
    return ()


def _nobody(signed: bytes, signature: bytes, at: datetime) -> str | None:
    del signed, signature, at
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """Everything that the judge may look at."""

    name: str
    sizes: Mapping[str, int]
    """Every file by its path, with its bytes."""
    read: Callable[[str], bytes]
    """The contents of a file of `sizes`."""
    links: frozenset[str] = frozenset()
    """Symbolic links among them."""
    executables: frozenset[str] = frozenset()
    """Executable files among them."""
    blocks: Callable[[str], Iterable[bytes]] | None = None
    """The contents of a file a piece at a time, where that takes less memory than `read`."""
    git_tree: str | None = None
    """The source that this ZIP holds; None where no evidence made it worth knowing."""
    runs: tuple[EvidenceRun, ...] = ()
    unsound: tuple[Finding, ...] = ()
    """Why the sealed evidence is not to be believed; empty where it is sound or there is none."""
    differing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By another source that evidence is about: the files in which it differs from this one."""
    is_sealed: bool = True
    """False for a source whose evidence still lies in the ledger: sealing will make `evidence/`."""
    has_evidence: bool = False
    required: tuple[str, ...] = ()
    """The gates that the sealed verdict requires."""
    delivery: DeliveryFacts | None = None
    """None for a bare ZIP."""
    inspect: Callable[[], tuple[Finding, ...]] = _no_findings
    """What is wrong with the ZIP as a package; asked only when a proof is about that."""
    vouch: Callable[[bytes, bytes, datetime], str | None] = _nobody
    """Who signed some bytes, going by the reader's own signers file; None where nobody is known to have."""
    has_signers: bool = False
    """Whether the reader gave a signers file."""
    tags: tuple[str, ...] = ()
    """Signed tags of earlier milestones that lead to this commit, as sealed in `evidence/tags/`."""
    sealed_checklist: str | None = None
    """The SHA-256 of the checklist that the sealed verdict was made by."""
    cache: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def has(self, path: str) -> bool:
        """Whether a file of this path is there."""
        return path in self.sizes

    def text(self, path: str) -> str | None:
        """A file as UTF-8 text; None where it is not there, too large, a link or not text."""
        if path not in self.cache:
            self.cache[path] = self._text(path)
        return self.cache[path]

    def _text(self, path: str) -> str | None:
        if path in self.links or not 0 <= self.sizes.get(path, -1) <= MOST_TEXT:
            return None
        try:
            text = self.read(path).decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    def digest(self, path: str) -> str:
        """The SHA-256 of a file."""
        content = sha256()
        for block in self.blocks(path) if self.blocks else (self.read(path),):
            content.update(block)
        return content.hexdigest()

    def named(self, *names: str) -> Iterator[str]:
        """Paths whose last part is one of `names`, those nearest the top first."""
        found = [path for path in self.sizes if path.rpartition("/")[2] in names]
        return iter(sorted(found, key=lambda path: (path.count("/"), path)))

    def below(self, folder: str) -> tuple[str, ...]:
        """Paths in a folder, which may be the top (empty)."""
        start = f"{folder.rstrip('/')}/" if folder else ""
        return tuple(sorted(path for path in self.sizes if path.startswith(start)))


def read_run(statements: Iterable[Statement], attempt: Attempt, *, kind: str, place: str) -> EvidenceRun:
    """A run from the statements of one record, whose attempt was read already."""
    listed = tuple(statements)
    result = next(item for item in listed if item.predicate_type == TEST_RESULT)
    sources = {source.git_tree for item in listed for source in item.sources()}
    ours = _mapping(result.predicate.get(RUN_FIELD))
    return EvidenceRun(
        kind=kind,
        attempt=attempt,
        git_tree=sources.pop() if len(sources) == 1 else "",
        place=place,
        commands=tuple(_command(item) for item in listed if item.predicate_type == LINK),
        passed=_texts(result.predicate.get("passedTests")),
        failed=_texts(result.predicate.get("failedTests")),
        counts=_counts(ours),
        audited=audited(listed),
    )


def _command(link: Statement) -> RanCommand:
    ours = _mapping(link.predicate.get(RUN_FIELD))
    outcome = str(ours.get("outcome"))
    executed = ours.get("executed") is True
    cwd, reason, unit = (ours.get(name) for name in ("cwd", "reason", "unit"))
    looked_at = ours.get("looked_at")
    return RanCommand(
        argv=_texts(link.predicate.get("command")),
        cwd=cwd if isinstance(cwd, str) else "",
        outcome=Outcome[outcome] if executed and outcome in Outcome.__members__ else None,
        reason=reason if isinstance(reason, str) else "",
        looked_at=looked_at if isinstance(looked_at, int) else 0,
        unit=unit if isinstance(unit, str) else "things",
        counts=_counts(ours),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _counts(ours: Mapping[str, object]) -> tuple[tuple[str, int], ...]:
    counts = _mapping(ours.get("counts"))
    numbers = {name: count for name, count in counts.items() if type(count) is int}
    looked_at = ours.get("looked_at")
    if type(looked_at) is int:
        numbers.setdefault("looked_at", looked_at)
    return tuple(sorted(numbers.items()))
