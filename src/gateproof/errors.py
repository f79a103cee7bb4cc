"""Every failure that gateproof expects, each with the exit code it ends in.

An answer of "no" is a result and is returned; these are for what could not be asked or found out.
A message is one sentence: what happened, to what, and what to do next.
"""

from __future__ import annotations

from typing import ClassVar

YES = 0
NO = 1
USAGE = 2
NOTHING_RAN = 3
UNKNOWN = 4
INTERRUPTED = 130


class GateproofError(Exception):
    """An expected failure; `exit_code` is what the process ends with."""

    exit_code: ClassVar[int] = UNKNOWN


class UsageError(GateproofError):
    """The command line or the configuration is wrong; nothing was begun."""

    exit_code = USAGE


class RefusedError(GateproofError):
    """The answer is no, and going on would be wrong; the message says what mends it."""

    exit_code = NO


class NothingRanError(GateproofError):
    """There was nothing to do the work on: no gate, no record, no archive."""

    exit_code = NOTHING_RAN


class NotHereError(GateproofError):
    """What a gate or a proof runs on is not on this machine; the message says what to install."""

    exit_code = NOTHING_RAN


class UnknownError(GateproofError):
    """The question could not be answered: no git, a time limit, an unreadable file."""

    exit_code = UNKNOWN


class InterruptedRunError(GateproofError):
    """A person or the system stopped the run."""

    exit_code = INTERRUPTED
