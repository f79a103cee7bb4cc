"""Milestones: a planned state, and the items that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateproof.errors import RefusedError, UsageError
from gateproof.judge.assess import Assessment, ItemVerdict
from gateproof.judge.checklist import Checklist
from gateproof.model import Milestone


def read_milestones(table: object, where: str) -> tuple[Milestone, ...]:
    """The milestones of `[[tool.gateproof.milestones]]`. Raises UsageError that names every mistake."""
    mistakes: list[str] = []
    found: list[Milestone] = []
    for place, one in enumerate(table if isinstance(table, list) else [table], 1):
        told = one if isinstance(one, dict) else {}
        name, items = told.get("name"), told.get("items", [])
        if not isinstance(name, str) or not name.strip():
            mistakes.append(f"milestone {place} has no name")
        elif not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            mistakes.append(f'the items of the milestone {name} must be ids, such as ["S0", "S1.5"]')
        elif any(other.name == name for other in found):
            mistakes.append(f"the milestone {name} is there twice")
        else:
            version, tag = str(told.get("version", "")), str(told.get("tag", ""))
            found.append(Milestone(name=name, version=version, tag=tag, items=tuple(items)))
    if mistakes:
        raise UsageError(f"{where}: {'; '.join(mistakes)}.")
    return tuple(found)


def needed(milestone: Milestone, checklist: Checklist) -> tuple[str, ...]:
    """The ids of every item that the milestone needs.

    Raises UsageError for one that the checklist has not, and for a milestone that needs none: nothing is not a pass.
    """
    if not milestone.items:
        raise UsageError(
            f"The milestone {milestone.name} names no item, so nothing keeps it open; name its items."
        )
    ids = [item.id for item in checklist.items]
    chosen = {
        asked: [one for one in ids if one == asked or one.startswith(f"{asked}.")]
        for asked in milestone.items
    }
    unknown = [asked for asked, found in chosen.items() if not found]
    if unknown:
        raise UsageError(
            f"The milestone {milestone.name} needs {', '.join(unknown)}, which {checklist.name} has not."
        )
    wanted = {one for found in chosen.values() for one in found}
    return tuple(one for one in ids if one in wanted)


def open_items(assessment: Assessment, milestone: Milestone) -> tuple[ItemVerdict, ...]:
    """The items that keep the milestone open.

    What only the delivery can say, such as the milestone's own tag, is left out: it is made by releasing.
    """
    wanted = needed(milestone, assessment.checklist)
    return tuple(
        one
        for one in assessment.items
        if one.item.id in wanted and one.is_open and not one.judgement.awaits_delivery
    )


def refuse_open(assessment: Assessment, milestone: Milestone) -> None:
    """Stop a release whose milestone is open.

    Raises RefusedError that shows every open item with its reason; UsageError for an item that does not exist.
    """
    still_open = open_items(assessment, milestone)
    if still_open:
        listed = "".join(
            f"\n  {one.item.id}  {one.judgement.verdict}: {one.judgement.reason}" for one in still_open
        )
        raise RefusedError(
            f"The milestone {milestone.name} is open: {len(still_open)} of its items are not Done. "
            f"Bring their evidence, or waive them in the checklist with a reason and a day:{listed}"
        )


def restricted(assessment: Assessment, milestone: Milestone) -> Assessment:
    """The assessment with only the items that the milestone needs."""
    wanted = set(needed(milestone, assessment.checklist))
    items: Sequence[ItemVerdict] = [one for one in assessment.items if one.item.id in wanted]
    return replace(assessment, items=tuple(items))
