"""Every finding about pins: its code, its sentence, and what to do about it."""

from __future__ import annotations

from gateproof.findings import FindingKind

_AGAIN = "Run `invoke pin`, and commit what it changes."


class Code(FindingKind):
    """A kind of finding. `Code.NO_LOCK.at("requirements/store.in")` is the finding itself."""

    NO_LOCK = ("P001", "Nothing pins what is asked for here.", _AGAIN)
    NOT_A_PIN = (
        "P002",
        "A line of the lock is not a package with one version and its hashes.",
        "Write what is wanted into the .in file, and run `invoke pin`.",
    )
    NO_STAMP = ("P003", "The lock does not say what it was made from.", _AGAIN)
    OTHER_INPUTS = ("P004", "What is asked for has changed since the lock was made.", _AGAIN)
    CHANGED_BY_HAND = ("P005", "The lock is not as `invoke pin` left it.", _AGAIN)
    NOT_SATISFIED = ("P006", "The lock does not hold what is asked for.", _AGAIN)
    TOO_OLD = (
        "P007",
        "The lock was renewed too long ago.",
        "Run `invoke pin --upgrade`, test, and commit; or change pins.cadence-days.",
    )
    NAMES_A_PLACE = (
        "P008",
        "The lock names an index, a host or a path of the machine that made it.",
        _AGAIN,
    )
    NOT_UNDERSTOOD = (
        "P009",
        "A line of the inputs is not a requirement, `-r FILE` or `-c FILE` beside it.",
        "Name the package with its versions; put indexes into the machine's own configuration.",
    )
    NO_INPUT = (
        "P010",
        "The lock has no .in file, so nobody can renew it.",
        "Write the .in file, or remove the lock.",
    )
    FROM_THE_FUTURE = ("P011", "The lock says that it was renewed after today.", _AGAIN)
