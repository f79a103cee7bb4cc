"""Whose fault a red gate is, and what to do next: words for a person; nothing here decides an outcome."""

from __future__ import annotations

import enum
import re
from collections import deque
from dataclasses import dataclass

from gateproof.model import Outcome


class Fault(enum.StrEnum):
    """Who is to mend a red gate."""

    PROJECT = "project"
    """The gate looked, and what it saw is not good."""
    SETUP = "set-up"
    """The gate could not look: its environment, variables, services or its own lines in the noxfile."""
    UNCLEAR = "unclear"
    """Nothing tells; a person has to read the log."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Blame:
    """Whose fault it is, and the next thing to do."""

    fault: Fault
    advice: str


_SET_UP = (
    (r"No module named '([\w.]+)'", "add what holds {} to the gate's lock or `installs`"),
    (r"KeyError: '([A-Z][A-Z0-9_]+)'", 'give the variable to the gate: env={{"{}": …}}'),
    (r"Set the (\w+) environment variable", 'give the variable to the gate: env={{"{}": …}}'),
    (r"UndefinedValueError: (\w+) not found", 'give the variable to the gate: env={{"{}": …}}'),
    (r"The SECRET_KEY setting must not be empty", 'give SECRET_KEY to the gate: env={{"SECRET_KEY": …}}'),
    (r"Error loading psycopg2? ", "add psycopg[binary] to the gate's lock or `installs`"),
    (
        r"[Cc]onnection refused|could not translate host name|connection to server .{0,200} failed",
        'start what it speaks to: needs=("postgres",), and lead the settings there by env',
    ),
    (r"ImproperlyConfigured: (.{1,120})", "mend the settings that the gate is given: {}"),
    (
        r"FileNotFoundError: .{0,200}?'([^'\n]{1,200})'",
        "let the gate have {}: folders=(…), or a file of the repository",
    ),
    (r"PermissionError: .{0,200}?'([^'\n]{1,200})'", "let the gate write elsewhere than to {}: folders=(…)"),
    (r"is not in the environment that its lock makes", "add the tool to the gate's lock or `installs`"),
    (r"could not be installed from (.{1,80}?):", "mend {}, or add what it needs to be built"),
    (
        r"which the environment is made from, cannot be read",
        "name the file that is there, in the gate's decorator",
    ),
    (
        r"changed its source|source changed while the gate ran",
        "keep it from writing there: in_copy=True, or folders=(…)",
    ),
    (r"The secrets file (\S+)", "make {}, with NAME=VALUE lines"),
    (r"did not end within its time limit", "raise time-limit in [tool.gateproof], or make it faster"),
    (
        r"invalid choice|unrecognized arguments|[Nn]o such option|Unknown command",
        "mend the command in the noxfile",
    ),
)
_SIGNS = tuple((re.compile(pattern), advice) for pattern, advice in _SET_UP)
_HAS_NO_TEST = re.compile(r"no test was found|found no test")


def blame(
    *, gate: str, outcome: Outcome | None, reason: str, looked_at: int, log: str, place: str = ""
) -> Blame:
    """Whose fault a gate is that is not green; `log` is the end of what it said, `place` where all of it lies.

    `outcome` is None for a gate that left no record.
    """
    again = f"then `nox -s {gate}`"
    read = f"read {place}" if place else "read its log"
    if outcome is None:
        return Blame(fault=Fault.SETUP, advice=f"it never started: `nox -s {gate}`")
    if words := _of_the_project(outcome, reason, looked_at, read):
        return Blame(fault=Fault.PROJECT, advice=f"{words}, {again}")
    if words := _sign(reason) or _sign(log):
        return Blame(fault=Fault.SETUP, advice=f"{words}, {again}")
    if outcome in (Outcome.VACUOUS, Outcome.SKIPPED):
        return Blame(
            fault=Fault.SETUP, advice=f"{read}: the gate's lines in the noxfile let it look at nothing"
        )
    return Blame(fault=Fault.UNCLEAR, advice=f"{read}, {again}")


def _of_the_project(outcome: Outcome, reason: str, looked_at: int, read: str) -> str | None:
    """What the project has to mend, where the gate did its part."""
    if outcome is Outcome.FAILED and looked_at:
        return f"{read}, mend what it names"
    if outcome is Outcome.VACUOUS and _HAS_NO_TEST.search(reason):
        return "write a first test"
    if outcome is Outcome.SKIPPED and "tests were skipped" in reason:
        return "every test is skipped; let one run"
    return None


def _sign(text: str) -> str | None:
    """What the last sign in a text asks for: tracebacks name their cause at the end."""
    found = [(advice, match) for sign, advice in _SIGNS if (match := _last(sign, text))]
    if not found:
        return None
    # The last line that bears a sign; of several on one line the first of the table, which says most.
    advice, match = max(found, key=lambda one: text.count("\n", 0, one[1].start()))
    return advice.format(*(match.groups() or ("",)))


def _last(sign: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(deque(sign.finditer(text), maxlen=1)), None)
