"""A clean ZIP by the project's own rules, or the list of what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.findings import Code
from gateproof.git import full_commit_id
from gateproof.model import Finding
from gateproof.pack.inspect.inspection import inspect_commit, inspect_zip
from gateproof.pack.inspect.rules import DEFAULT_RULES, Rule, RuleException, RuleSet
from gateproof.release.archive import Archive, archive
from gateproof.release.reporting import counted, finding_lines, remedy_lines


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanArchive:
    """What became of `invoke archive`."""

    archive: Archive
    findings: tuple[Finding, ...]

    def lines(self) -> list[str]:
        """For a person."""
        if self.findings:
            count = f"{counted(self.findings)}; nothing was written."
            return [*finding_lines(self.findings), *remedy_lines(self.findings), "", count]
        built = self.archive
        return [
            f"{built.path.as_posix()}  {built.entries:,} files of commit {built.commit[:12]}, sha256 {built.sha256}"
        ]


def rule_set(settings: Settings) -> RuleSet:
    """The usual rules, and those of the project with its reasoned exceptions.

    Raises UsageError for two rules of one name, or an exception from a rule that there is none of.
    """
    own = tuple(
        Rule(name=rule.name, code=Code.FORBIDDEN.code, patterns=rule.patterns, sentence=rule.sentence)
        for rule in settings.archive.rules
    )
    exceptions = tuple(
        RuleException(rule=one.rule, path=one.path, reason=one.reason) for one in settings.archive.exceptions
    )
    return RuleSet(rules=(*DEFAULT_RULES, *own), exceptions=exceptions)


def archive_clean(root: Path, settings: Settings, commit: str, target: Path) -> CleanArchive:
    """Pack `commit` to `target` when nothing is wrong with it; otherwise leave `target` as it is and say what is.

    Raises UnknownError when git or the disk cannot do it.
    """
    rules = rule_set(settings)
    full = full_commit_id(root, commit)
    before = inspect_commit(root, full, rules)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnknownError(
            f"{target.parent} could not be made: {error.strerror}; give access to it."
        ) from error
    built = archive(root, full, target, inspect=lambda path: (*before, *inspect_zip(path, rules)))
    return CleanArchive(archive=built, findings=built.findings)


def refuse(findings: Sequence[Finding], what: str) -> None:
    """Raises RefusedError that lists the findings, when there are any."""
    if findings:
        listed = "\n  ".join([*finding_lines(findings), *remedy_lines(findings)])
        raise RefusedError(f"{what} must not be handed over; mend these and run it again:\n  {listed}")
