"""Reads whether Django's migrations are complete, and how many there are."""

from __future__ import annotations

import re

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.text import last_line, lines

_NO_CHANGES = re.compile(r"^No changes detected(?: in apps? ('\w+'(?:, '\w+')*))?$")
_WOULD_CHANGE = re.compile(r"^Migrations for '(\w+)':$")
_PLANNED = re.compile(r"^\[([ X])\] {2}([\w.]+)$")
_UNREADABLE = re.compile(r"^Traceback |^CommandError: |^\w+Error: ")
_REFUSES = {
    "--merge": "it only looks for conflicts",
    "--empty": "it makes an empty migration without comparing anything",
    "--update": "it changes the last migration",
}
_REQUIRES = (
    Requirement(options=("--check",), why="without --check changes do not fail"),
    Requirement(options=("--dry-run",), why="without --dry-run missing migrations are written"),
)


def django_migrations(*, apps: tuple[str, ...] = (), at_least: int = 1) -> Reader:
    """`makemigrations --check --dry-run`, which shows what it looked at only when the apps are named.

    Without names it passes over every app that has no migrations folder, and never says which it compared.
    """
    return Reader(
        name="django-migrations",
        read=lambda ended: _read(ended, frozenset(apps)),
        arguments=lambda files: apps,
        at_least=at_least,
        refuses=_REFUSES,
        requires=_REQUIRES,
    )


def django_migration_plan(*, at_least: int = 1) -> Reader:
    """`showmigrations --plan`: the migrations that the project has."""
    need = Requirement(
        options=("--plan", "-p"), why="without --plan migrations are listed by app, not as they would run"
    )
    return Reader(name="django-migration-plan", read=_read_plan, at_least=at_least, requires=(need,))


def _read(ended: Ended, wanted: frozenset[str]) -> Reading:
    missing = [match[1] for line in lines(ended.stdout.path) if (match := _WOULD_CHANGE.match(line))]
    if missing:
        reason = f"migrations are missing for {', '.join(missing)}"
        return Reading(outcome=Outcome.FAILED, reason=reason, looked_at=len(missing), unit="apps")
    match = _NO_CHANGES.match(last_line(ended.stdout))
    if ended.exit_code != 0 or match is None:
        raise NotUnderstoodError("makemigrations neither found changes nor said 'No changes detected'")
    apps = {name.strip("' ") for name in (match[1] or "").split(",") if name}
    if not apps:
        reason = "Django does not say which apps it compared: name them"
        return Reading(outcome=Outcome.VACUOUS, reason=reason, unit="apps")
    if not wanted <= apps:
        raise NotUnderstoodError(f"makemigrations did not look at {', '.join(sorted(wanted - apps))}")
    reason = f"no changes in {len(apps)} apps"
    return Reading(outcome=Outcome.PASSED, reason=reason, looked_at=len(apps), unit="apps")


def _read_plan(ended: Ended) -> Reading:
    if ended.exit_code != 0:
        raise NotUnderstoodError("showmigrations could not show the plan")
    planned = [match for line in lines(ended.stdout.path) if (match := _PLANNED.match(line))]
    names = {match[2] for match in planned}
    waiting = sum(match[1] == " " for match in planned)
    return Reading(
        outcome=Outcome.PASSED,
        reason=f"{len(names)} migrations are planned",
        looked_at=len(names),
        unit="migrations",
        counts=(("not applied", waiting),),
    )
