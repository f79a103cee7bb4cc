"""Every finding of an assessment: its code, its sentence, and what to do about it.

Ranges: J00 the project, J01 the buyer's exam, J02 claims, J03 CI and the gates.
"""

from __future__ import annotations

from gateproof.findings import FindingKind


class Code(FindingKind):
    """A kind of finding. `Code.BROKEN_LINK.at("README.md:3", "docs/x.md")` is the finding itself."""

    LITERAL_SECRET = (
        "J001",
        "A literal SECRET_KEY stands in the settings.",
        "Read it from the environment, and replace it: history keeps the old one.",
    )
    WEAKER_PROOF = (
        "J010",
        "The ZIP's own checklist asks less for this item than yours.",
        "Judge by your own copy, as this report does, and ask the seller why theirs differs.",
    )
    MISSING_ITEM = (
        "J011",
        "The ZIP's own checklist leaves this item of yours out.",
        "Judge by your own copy, as this report does, and ask the seller why theirs differs.",
    )
    UNREADABLE_CHECKLIST = (
        "J012",
        "The ZIP's own checklist cannot be read as one.",
        "Judge by your own copy, as this report does.",
    )
    OTHER_CHECKLIST = (
        "J013",
        "The sealed verdict was made by another checklist than the one in this ZIP.",
        "Do not go by the sealed verdict; this report does not.",
    )
    STATUSES_DIFFER = (
        "J020",
        "Two documents give one thing different statuses.",
        "Find out which is true, and write that into both; `invoke prepare` offers it.",
    )
    NOT_THE_VERDICT = (
        "J021",
        "A document's status is not what the evidence says.",
        "Write the verdict, or bring the evidence; `invoke prepare` offers the former.",
    )
    UNKNOWN_ITEM = (
        "J022",
        "A document gives a status to an item that the checklist has not.",
        "Mend the id, or add the item to the checklist.",
    )
    NUMBER_DIFFERS = (
        "J023",
        "A claimed number is not the one in evidence.",
        "Write the number that was measured; `invoke prepare` offers it.",
    )
    UNKNOWN_NUMBER = (
        "J024",
        "A claim mark names something that no evidence counts.",
        "Mend the name in the mark, or take the number away.",
    )
    OUT_OF_SCOPE = (
        "J025",
        "Something is claimed that is listed as out of scope.",
        "Take the claim away, or the line in the list.",
    )
    BROKEN_LINK = (
        "J026",
        "A link leads to nothing in the ZIP.",
        "Mend the link, or deliver what it leads to.",
    )
    BROKEN_ANCHOR = ("J027", "A link names a heading that is not there.", "Mend the part behind the #.")
    BROKEN_BADGE = (
        "J028",
        "A badge shows a workflow that is not in the ZIP.",
        "Mend the badge: a green picture of another workflow proves nothing.",
    )
    NOT_IN_CI = (
        "J030",
        "A gate is not run by CI.",
        "Let the workflow run it, as `nox -s gates` does; see `invoke ci.matrix`.",
    )
    TOOTHLESS_IN_CI = (
        "J031",
        "CI runs a gate in a way that cannot make CI red.",
        "Take away what swallows the failure.",
    )
    HIDDEN_IN_CI = (
        "J032",
        "CI runs a check that is no gate, so a release does not ask for it.",
        "Make it a gate in noxfile.py, or take it out of the workflow.",
    )
    UNREAD_CI = (
        "J033",
        "What CI runs there cannot be read.",
        "Write it in a way that can be read: a gate nobody can see is none.",
    )

    STALE_PART = (
        "J034",
        "A part that the noxfile and the settings say is not what it would be now.",
        "Run `invoke ci.docs`, and commit what it wrote.",
    )


def remedy_of(code: str) -> str:
    """What to do about a finding with this code, or nothing for a code that is not of this table."""
    return next((item.remedy for item in Code if item.code == code), "")
