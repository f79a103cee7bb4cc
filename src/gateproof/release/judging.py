"""The checklist before and after sealing: what a release must have Done, and what the finished delivery says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError
from gateproof.judge.assess import Assessment
from gateproof.judge.bundle import Bundle
from gateproof.judge.milestones import needed, refuse_open
from gateproof.model import Milestone
from gateproof.pack.assessing import Exam, assess_bundle, load_checklist, own_checklist
from gateproof.pack.bundle import open_bundle
from gateproof.release.assessing import repository_bundle
from gateproof.release.clean import rule_set
from gateproof.release.waived import rests_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A checklist of the scratch clone, and the milestone whose items must be Done."""

    checklist: Path
    milestone: Milestone | None

    @property
    def is_asked(self) -> bool:
        """Whether there is a checklist."""
        return self.checklist.is_file()

    def exam(self, settings: Settings, signers: Path) -> Exam:
        return Exam(checklist=self.checklist, rules=rule_set(settings), signers=signers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A finished delivery, as a buyer would judge it."""

    assessment: Assessment | None
    """None where there is no checklist."""
    waived: tuple[str, ...]
    """What it rests on beside what was seen, a sentence each."""

    def lines(self) -> list[str]:
        """The last words about it: how many items are Done, and by name what was waived."""
        rests = ["It rests on what a person lets be open; none of that is a pass:"] if self.waived else []
        return [counted(self.assessment), *rests, *(f"  WAIVED: {sentence}" for sentence in self.waived)]


def question(clone: Path, settings: Settings, milestone: Milestone | None) -> Question:
    """What is asked of the source in `clone`.

    Raises RefusedError for a milestone that needs items of a checklist that is not there.
    """
    asked = Question(checklist=clone / settings.checklist, milestone=milestone)
    if milestone and not asked.is_asked:
        raise RefusedError(
            f"The milestone {milestone.name} needs items, and there is no {settings.checklist}; "
            "write it, or name it in [tool.gateproof] checklist."
        )
    return asked


def judge_source(
    asked: Question, clone: Path, commit: str, settings: Settings, signers: Path, *, now: datetime
) -> Assessment | None:
    """The checklist judged on the commit with the records in the clone's ledger; None where there is no checklist.

    Raises RefusedError that shows every item which keeps the milestone open. What only sealing and the delivery
    can say is left for `judge_delivery`.
    """
    if not asked.is_asked:
        return None
    exam = asked.exam(settings, signers)
    with repository_bundle(clone, commit, exam, now=now) as bundle:
        assessment = assess_bundle(bundle, load_checklist(asked.checklist), exam, now=now)
    if asked.milestone:
        refuse_open(assessment, asked.milestone)
    return assessment


def judge_delivery(
    asked: Question, folder: Path, settings: Settings, signers: Path, *, now: datetime
) -> Judged:
    """The checklist judged on the finished delivery, as a buyer would.

    Raises RefusedError when an item that the milestone needs is open: now nothing is left to be decided later.
    """
    exam = asked.exam(settings, signers)
    with open_bundle(folder, signers=signers, now=now, rules=exam.rules) as bundle:
        checklist = load_checklist(asked.checklist) if asked.is_asked else None
        assessment = assess_bundle(bundle, checklist, exam, now=now) if checklist else None
        judged = Judged(assessment=assessment, waived=rests_on(bundle, settings.waivers, assessment))
    if asked.milestone and assessment:
        wanted = needed(asked.milestone, assessment.checklist)
        still = [one for one in assessment.open if one.item.id in wanted]
        if still:
            listed = "".join(
                f"\n  {one.item.id}  {one.judgement.verdict}: {one.judgement.reason}" for one in still
            )
            raise RefusedError(
                f"The finished delivery leaves {len(still)} items of {asked.milestone.name} open, so no tag was "
                f"made; `invoke release --rehearse` and `invoke assess` show them:{listed}"
            )
    return judged


def judged_by_own(bundle: Bundle, settings: Settings, *, now: datetime) -> Assessment | None:
    """A bundle judged by the checklist that it holds; None where it holds none that can be used."""
    own = own_checklist(bundle, settings.checklist)
    if own is None or isinstance(own[1], str):
        return None
    return assess_bundle(bundle, own[1], Exam(rules=rule_set(settings)), now=now)


def counted(assessment: Assessment | None) -> str:
    """A line for a person."""
    if assessment is None:
        return "There is no checklist, so no item was judged."
    return f"{len(assessment.done)} of {len(assessment.items)} items of {assessment.checklist.name} are Done."
