"""Gather what release notes are made from: the changelog's section, the commits, what changed since the last tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from gateproof.config import Settings
from gateproof.errors import RefusedError
from gateproof.git import full_commit_id, git
from gateproof.judge.bundle import Bundle
from gateproof.judge.changes import compare, first
from gateproof.pack.assessing import Exam
from gateproof.pack.bundle import open_bundle
from gateproof.release.archive import archive
from gateproof.release.assessing import repository_bundle
from gateproof.release.bumping import current_version
from gateproof.release.changelog import CHANGELOG, UNRELEASED, Changelog, parse
from gateproof.release.clean import refuse, rule_set
from gateproof.release.judging import judged_by_own
from gateproof.release.notes import Commit, Facts, notes, tag_page
from gateproof.release.secretscan.texts import refuse_secrets_in
from gateproof.release.signing import published_signers
from gateproof.release.tags import observe_tags, previous_tag
from gateproof.release.versions import tag_of
from gateproof.release.waived import rests_on

_BETWEEN, _END = "\x1f", "\x1e"


def gather(
    root: Path,
    settings: Settings,
    bundle: Bundle,
    *,
    commit: str,
    version: str,
    day: date,
    now: datetime,
    section: str = "",
    checksums: Sequence[tuple[str, str]] = (),
) -> Facts:
    """The facts of the release of `version` from `commit`, whose ZIP or repository `bundle` is.

    `section` is the name of the changelog's section, where it is not the version.
    Raises RefusedError where the changelog has none, UnknownError where git or the last release cannot be read.
    """
    written = parse(bundle.text(CHANGELOG) or "").section(section or version)
    if written is None:
        raise RefusedError(
            f"{CHANGELOG} has no section {section or version}; write it with `invoke prepare`."
        )
    previous = previous_tag(root, commit, version, settings.milestones)
    milestone = next((one.name for one in settings.milestones if one.version == version), "")
    if previous:
        with released(root, previous, now) as before:
            changes = compare(before, bundle)
    else:
        changes = first(bundle)
    return Facts(
        product=settings.product,
        version=version,
        tag=tag_of(version, settings.milestones),
        milestone=milestone,
        day=written.day or day,
        section=written.body,
        previous=previous,
        commits=tuple(_commits(root, previous, commit)),
        changes=changes,
        waived=rests_on(bundle, settings.waivers, judged_by_own(bundle, settings, now=now)),
        checksums=tuple(checksums),
        zip_name=settings.archive.name,
        principal=settings.signing.principal,
    )


def preview(root: Path, settings: Settings, commit: str, *, now: datetime) -> Facts:
    """The facts as they would be if `commit` were released now, on the evidence in the ledger.

    What is not prepared yet is told from the section Unreleased.
    Raises what `gather` raises, and UsageError for a project without a version.
    """
    full = full_commit_id(root, commit)
    version = current_version(root)
    with repository_bundle(
        root, full, Exam(rules=rule_set(settings), signers=published_signers(root, settings)), now=now
    ) as bundle:
        changelog = parse(bundle.text(CHANGELOG) or "")
        is_out = tag_of(version, settings.milestones) in observe_tags(root, ()).names
        is_prepared = changelog.section(version) is not None and not is_out
        facts = gather(
            root,
            settings,
            bundle,
            commit=full,
            # Above the released version, whatever the next one will be called.
            version=f"{version}.post0" if is_out else version,
            day=now.date(),
            now=now,
            section=version if is_prepared else _unreleased(changelog),
        )
        return replace(facts, is_preview=True, version=version if is_prepared else UNRELEASED.lower())


def preview_text(root: Path, settings: Settings, commit: str, *, now: datetime, as_tag_page: bool) -> str:
    """The notes as they would be, in one of their two forms.

    Raises what `preview` raises, RefusedError for a secret in them, and UnknownError where that cannot be told:
    what is shown on a terminal or in a log of CI is given away as well.
    """
    facts = preview(root, settings, commit, now=now)
    text = tag_page(facts) if as_tag_page else notes(facts)
    refuse_secrets_in({"notes.md": text.encode("utf-8")})
    return text


def _unreleased(changelog: Changelog) -> str:
    return next((one.name for one in changelog.sections if one.is_unreleased), UNRELEASED)


@contextmanager
def released(root: Path, tag: str, now: datetime) -> Iterator[Bundle]:
    """The release that `tag` marks, with the evidence that was sealed into it."""
    commit = full_commit_id(root, f"refs/tags/{tag}")
    with TemporaryDirectory(prefix="gateproof-") as folder:
        target = Path(folder) / f"{tag.replace('/', '-')}.zip"
        refuse(archive(root, commit, target).findings, f"The release {tag}")
        with open_bundle(target, now=now) as bundle:
            yield bundle


def _commits(root: Path, previous: str, commit: str) -> Iterator[Commit]:
    since = (commit, *((f"^refs/tags/{previous}",) if previous else ()))
    shape = f"--format=%H{_BETWEEN}%s{_BETWEEN}%b{_END}"
    told = git("log", "--no-merges", shape, *since, "--", cwd=root).decode("utf-8", "replace")
    telling = set(git("log", "--format=%H", *since, "--", CHANGELOG, cwd=root).decode().split())
    for record in filter(str.strip, told.split(_END)):
        full, subject, body = record.strip("\n").split(_BETWEEN, 2)
        yield Commit(id=full, subject=subject, body=body, tells_users=full in telling)
