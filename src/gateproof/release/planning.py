"""Which release a commit can be: pure, from what was observed; every reason against it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from packaging.version import InvalidVersion, Version

from gateproof.config import GateWaiver, Settings
from gateproof.errors import RefusedError, UnknownError, UsageError
from gateproof.judge.standing import GateStanding, Standing, State
from gateproof.model import Milestone
from gateproof.release.changelog import CHANGELOG, parse
from gateproof.release.situation import KnownTag, Situation

ROOM = 64 << 20
"""Bytes for a release of nothing at all."""
COPIES = 5
"""How often the source lies on the disk at once: scratch checkout, two ZIPs, the delivery, the reader's copy."""
_NO_RUN = (State.MISSING, State.STALE, State.UNCLEAN, State.UNFINISHED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The release that would be made."""

    product: str
    version: str
    tag: str
    commit: str
    """The prepared commit; the release's own commit will be its child."""
    milestone: Milestone | None
    """The one that this version reaches; None for a patch."""
    judged_by: Milestone | None
    """Whose items must be Done: those of the milestone, or for a patch of the last one before it."""
    earlier: tuple[KnownTag, ...]
    """Tags of earlier milestones below the commit, oldest first."""
    made: KnownTag | None = None
    """The tag, where an earlier call made it already: then only the delivery is missing."""
    remarks: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """For a person who wants to know before anything happens."""
        name = f", milestone {self.milestone.name}" if self.milestone else ""
        judged = (
            f"judge the checklist: {self.judged_by.name} needs {', '.join(self.judged_by.items)}"
            if self.judged_by
            else "judge no item: no milestone is reached by this version or an earlier one"
        )
        tags = f", with the tags {', '.join(tag.name for tag in self.earlier)}" if self.earlier else ""
        steps = (
            [f"make dist/{self.version}/ from the tag {self.tag}, which exists"]
            if self.made
            else [
                judged,
                f"seal the evidence{tags}",
                f"pack and verify dist/{self.version}/",
                f"create the signed tag {self.tag} on a child of {self.commit[:12]}; no branch moves",
            ]
        )
        return [
            f"Release {self.product} {self.version}{name} from commit {self.commit[:12]}:",
            *(f"  {step}" for step in steps),
            *(f"  note: {remark}" for remark in self.remarks),
        ]


def plan_release(seen: Situation, settings: Settings) -> Plan:
    """The release that the commit which is checked out can be.

    Raises UnknownError where it cannot be told, and RefusedError where it must not be; each lists every reason,
    with what mends it.
    """
    wanted = _version(seen.version)
    milestone = next(
        (one for one in settings.milestones if one.tag and _version(one.version) == wanted), None
    )
    tag = milestone.tag if milestone else f"v{seen.version}"
    before = _before(wanted, milestone, settings.milestones)
    own = seen.tags.get(tag)
    made = own if own and own.is_annotated and own.parents == (seen.commit,) else None
    unknown = [*_unknown(seen, before)]
    against = [
        *_not_exact(seen),
        *_taken(seen, tag, own, made, settings.milestones),
        *_not_prepared(seen, settings.milestones, is_taken=own is not None),
        *_out_of_order(seen, before, wanted, settings.milestones, is_unknown=bool(unknown)),
        *_no_room(seen),
    ]
    if unknown or against:
        error = UnknownError if unknown else RefusedError
        raise error(
            f"{settings.product} {seen.version} cannot be released:\n  " + "\n  ".join([*unknown, *against])
        )
    return Plan(
        product=settings.product,
        version=seen.version,
        tag=tag,
        commit=seen.commit,
        milestone=milestone,
        judged_by=milestone or (before[-1] if before else None),
        earlier=tuple(seen.tags[one.tag] for one in before),
        made=made,
        remarks=tuple(
            f"the remote {name} did not answer, so whether it has the tag {tag} was not seen"
            for name, tags in seen.remotes.items()
            if tags is None
        ),
    )


def gates_to_run(standing: Standing, waivers: Sequence[GateWaiver], *, today: date) -> tuple[str, ...]:
    """The gates that have no clean record on this source yet.

    Raises RefusedError for a gate that is red, or flaky without a waiver that holds today.
    """
    waived = {waiver.gate for waiver in waivers if today <= waiver.last_day}
    stops = [
        gate
        for gate in standing.gates
        if gate.state is State.RED or (gate.state is State.FLAKY and gate.gate not in waived)
    ]
    if stops:
        raise RefusedError(
            "A release needs every gate green on this very source:\n  "
            + "\n  ".join(f"{gate.gate}  {gate.state}: {gate.sentence}. {_mend(gate)}" for gate in stops)
        )
    return tuple(dict.fromkeys(gate.gate for gate in standing.gates if gate.state in _NO_RUN))


def waivers_used(standing: Standing, waivers: Sequence[GateWaiver], *, today: date) -> tuple[GateWaiver, ...]:
    """The waivers that this release rests on; they are sealed with it."""
    flaky = {gate.gate for gate in standing.gates if gate.state is State.FLAKY}
    return tuple(one for one in waivers if one.gate in flaky and today <= one.last_day)


def _mend(gate: GateStanding) -> str:
    if gate.state is State.RED:
        return f"Mend it, and prepare again; or see with `nox -s {gate.gate}` in a clean checkout whether it stays."
    return "Find out why; or waive it in [[tool.gateproof.waivers]] with gate, by, until and reason."


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise UsageError(f"{text!r} in pyproject.toml is not a version such as 1.2.3 (PEP 440).") from None


def _before(
    wanted: Version, milestone: Milestone | None, milestones: Sequence[Milestone]
) -> tuple[Milestone, ...]:
    """The milestones that must have been released before."""
    if milestone:
        return tuple(one for one in milestones[: milestones.index(milestone)] if one.tag)
    return tuple(one for one in milestones if one.tag and _version(one.version) < wanted)


def _unknown(seen: Situation, before: Sequence[Milestone]) -> Iterator[str]:
    if seen.is_shallow:
        yield "This clone is shallow, so tags may be missing; run `git fetch --unshallow --tags`."
        return
    for tag in (one.tag for one in before if one.tag not in seen.tags):
        for remote, tags in seen.remotes.items():
            if tags is None:
                yield (
                    f"Whether {tag} was released cannot be told: it is not here, and the remote {remote} does not "
                    f"answer; run `git fetch --tags {remote}`."
                )
            elif tag in tags:
                yield f"The remote {remote} has the tag {tag}, which this clone lacks; run `git fetch --tags {remote}`."


def _not_exact(seen: Situation) -> Iterator[str]:
    if not seen.branch:
        yield "HEAD is detached; run `git switch main`, or the branch that was prepared."
    if seen.differing:
        more = f" and {len(seen.differing) - 3} more" if len(seen.differing) > 3 else ""
        yield (
            f"The checkout differs from its commit: {', '.join(seen.differing[:3])}{more}; "
            "run `git status`, then commit, ignore or remove that."
        )


def _taken(
    seen: Situation, tag: str, own: KnownTag | None, made: KnownTag | None, milestones: Sequence[Milestone]
) -> Iterator[str]:
    if own and not made:
        yield (
            f"The tag {tag} exists and marks {own.commit[:12]}, which was not released from this commit. "
            f"Tags are never moved; prepare the next one: `{_prepare(seen, milestones)}`."
        )
    for remote, tags in seen.remotes.items():
        there = (tags or {}).get(tag)
        if there and there != (made.id if made else None):
            yield (
                f"The remote {remote} has another tag {tag} already ({there[:12]}). Tags are never moved; "
                f"run `git fetch --tags {remote}` and look at it."
            )


def _not_prepared(seen: Situation, milestones: Sequence[Milestone], *, is_taken: bool) -> Iterator[str]:
    if is_taken:
        return  # Then the next version is what there is to prepare, and that has been said.
    changelog = parse(seen.changelog)
    section = changelog.section(seen.version)
    run = f"run `{_prepare(seen, milestones)}`"
    if section is None:
        yield f"This commit is not prepared: {CHANGELOG} has no section {seen.version}; {run}."
    elif section.day is None or section.is_empty:
        what = "no day" if section.day is None else "nothing in it"
        yield f"This commit is not prepared: the section {seen.version} of {CHANGELOG} has {what}; mend it and commit."
    if section and any(one.is_unreleased and not one.is_empty for one in changelog.sections):
        yield (
            f"{CHANGELOG} has something under Unreleased, which this release would hold without saying so; "
            f"move it into the section {seen.version}, or release the prepared commit itself."
        )


def _out_of_order(
    seen: Situation,
    before: Sequence[Milestone],
    wanted: Version,
    milestones: Sequence[Milestone],
    *,
    is_unknown: bool,
) -> Iterator[str]:
    for one in before:
        tag = seen.tags.get(one.tag)
        if tag is None and not is_unknown:
            yield (
                f"The milestone {one.name} comes before and is not released: there is no tag {one.tag}; "
                f"run `invoke prepare --milestone {one.name}` and release it first."
            )
        elif tag is not None and not tag.is_below:
            yield (
                f"The milestone {one.name} was not released from a commit below this one; "
                f"run `git merge-base {one.tag} HEAD` and bring its line in."
            )
    for one in milestones:
        later = seen.tags.get(one.tag) if one.tag else None
        if later and later.is_below and _version(one.version) > wanted:
            yield (
                f"The milestone {one.name} ({one.version}) was released below this commit already, so {seen.version} "
                f"would step back; run `{_prepare(seen, milestones)}`."
            )


def _no_room(seen: Situation) -> Iterator[str]:
    needed = ROOM + COPIES * seen.size
    if seen.free < needed:
        yield (
            f"There are {seen.free >> 20:,} MiB free and a release may need {needed >> 20:,} MiB; "
            "make room here and in TMPDIR."
        )


def _prepare(seen: Situation, milestones: Sequence[Milestone]) -> str:
    """The command that prepares what comes next."""
    following = next((one.name for one in milestones if one.tag and one.tag not in seen.tags), None)
    return f"invoke prepare --milestone {following}" if following else "invoke prepare --patch"
