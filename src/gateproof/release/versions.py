"""Which version comes next: pure, from what is asked, what there is, and which milestones are released."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from gateproof.errors import RefusedError, UnknownError, UsageError
from gateproof.model import Milestone


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a person asks `invoke prepare` for; exactly one of the three."""

    milestone: str = ""
    patch: bool = False
    version: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """Which tags exist, as far as this clone and its remotes tell."""

    names: frozenset[str]
    unknown: str = ""
    """Why they do not tell, as a sentence; empty where they do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Next:
    """The version that is to be prepared."""

    version: str
    tag: str
    """The tag that releasing it will make."""
    milestone: Milestone | None = None


def next_version(current: str, asked: Asked, milestones: Sequence[Milestone], tags: Tags) -> Next:
    """What `asked` means for a project at version `current`.

    Raises UsageError for a question that makes no sense, RefusedError for a version that is not greater or a
    milestone out of its order, UnknownError where the order cannot be told because tags may be missing.
    """
    if sum(map(bool, (asked.milestone, asked.patch, asked.version))) != 1:
        raise UsageError("Say what to prepare: one of --milestone NAME, --patch and --version X.")
    now = _parsed(current, "the current version")
    if asked.milestone:
        return _milestone(now, asked.milestone, milestones, tags)
    wanted = _patch(now, milestones, tags) if asked.patch else _parsed(asked.version, "--version")
    _refuse_not_greater(wanted, now)
    planned = {one.name: _of(one) for one in milestones if one.version}
    if own := next((name for name, version in planned.items() if version == wanted), None):
        raise RefusedError(f"{wanted} is the version of the milestone {own}; use --milestone {own}.")
    if skipped := next((name for name, version in planned.items() if now < version < wanted), None):
        raise RefusedError(
            f"{wanted} would pass over the milestone {skipped} ({planned[skipped]}), which could then "
            f"never be released; use --milestone {skipped} first."
        )
    return Next(version=str(wanted), tag=f"v{wanted}")


def tag_of(version: str, milestones: Sequence[Milestone]) -> str:
    """The tag that a release of `version` gets: its milestone's, or `v` and the version."""
    return next((one.tag for one in milestones if one.tag and one.version == version), f"v{version}")


def _milestone(now: Version, name: str, milestones: Sequence[Milestone], tags: Tags) -> Next:
    found = next((one for one in milestones if name in (one.name, one.tag)), None)
    if found is None:
        names = ", ".join(one.name for one in milestones) or "none"
        raise UsageError(f"pyproject.toml names no milestone {name}; it has {names}.")
    if not found.version:
        raise UsageError(
            f"The milestone {found.name} has no version and no tag in pyproject.toml; give it both."
        )
    wanted = _of(found)
    if tags.unknown:
        raise UnknownError(f"It cannot be told which milestone is open. {tags.unknown}")
    if found.tag in tags.names:
        raise RefusedError(
            f"The milestone {found.name} is released: its tag {found.tag} exists, and tags never move."
        )
    before = [one for one in milestones[: milestones.index(found)] if one.tag and one.tag not in tags.names]
    if before:
        raise RefusedError(
            f"The milestone {before[0].name} comes before {found.name} and is not released: there is no tag "
            f"{before[0].tag}. Release it first."
        )
    if wanted == now:
        raise RefusedError(f"Version {wanted} is prepared already; go on with `invoke release`.")
    _refuse_not_greater(wanted, now)
    return Next(version=found.version, tag=found.tag, milestone=found)


def _patch(now: Version, milestones: Sequence[Milestone], tags: Tags) -> Version:
    if now.is_prerelease or now.local or now.epoch:
        raise UsageError(f"{now} is no plain version, so it has no next patch; use --version.")
    waiting = next((one for one in milestones if one.version and _of(one) == now), None)
    if waiting and tags.unknown:
        raise UnknownError(
            f"It cannot be told whether the milestone {waiting.name} is released. {tags.unknown}"
        )
    if waiting and waiting.tag not in tags.names:
        raise RefusedError(
            f"Version {now} is prepared for the milestone {waiting.name} and not released, so there is nothing to "
            "patch; go on with `invoke release`."
        )
    return Version(f"{now.major}.{now.minor}.{now.micro + 1}")


def _refuse_not_greater(wanted: Version, now: Version) -> None:
    if wanted <= now:
        raise RefusedError(
            f"Version {wanted} is not greater than {now}, the current one; nothing was changed."
        )


def _of(milestone: Milestone) -> Version:
    return _parsed(milestone.version, f"the version of the milestone {milestone.name}")


def _parsed(text: str, what: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise UsageError(
            f"{what[0].upper()}{what[1:]}, {text!r}, is not a version such as 1.2.3 (PEP 440)."
        ) from None
