"""What settings may not say although their types allow it: every mistake, a clause each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from gateproof.config.tables import ArchiveSettings, Audit, Ci, Pins, Runners, Settings
from gateproof.evidence.layout import NAME
from gateproof.model import Milestone

_PYTHON = re.compile(r"3\.[0-9]{1,2}t?")
_PINNED_PYTHON = re.compile(r"3\.[0-9]+")


def mistakes_of(settings: Settings) -> Iterator[str]:
    """What is wrong with settings whose every key is known and of its type; nothing when they can be used."""
    if settings.time_limit <= 0:
        yield "time-limit must be more than 0 seconds"
    if settings.jobs < 1:
        yield "jobs must be at least 1"
    if not settings.product.strip() or not settings.signing.principal.strip():
        yield "product and signing.principal must not be empty"
    yield from _of_archive(settings.archive)
    yield from _of_pins(settings.pins)
    yield from _of_ci(settings.ci)
    yield from _of_audit(settings.audit)
    yield from _of_milestones(settings.milestones)
    yield from _of_what_is_let_be(settings)
    for line in settings.deploy.made_up:
        name, _, value = line.partition("=")
        if not name.isidentifier() or not value:
            yield f"deploy.made-up must be NAME=value, not {line!r}"
    if settings.deploy.test_processes < 1:
        yield "deploy.test-processes must be at least 1"


def _of_archive(archive: ArchiveSettings) -> Iterator[str]:
    name = archive.name
    if not name.endswith(".zip") or len(name) < 5 or any(sign in name for sign in '/\\:*?"<>|'):
        yield f"archive.name must be a plain file name that ends with .zip, not {name!r}"
    for one in archive.exceptions:
        if not one.reason.strip():
            yield f"the archive exception for {one.path} needs a reason"


def _of_pins(pins: Pins) -> Iterator[str]:
    if pins.engine not in {"pip-tools", "uv"}:
        yield f"pins.engine must be pip-tools or uv, not {pins.engine!r}"
    if pins.universal and pins.engine != "uv":
        yield "pins.universal needs the engine uv"
    if not pins.pythons or not all(map(_PINNED_PYTHON.fullmatch, pins.pythons)):
        yield 'pins.pythons must name Pythons such as "3.11"'
    if not pins.platforms or not set(pins.platforms) <= {"linux", "windows", "macos"}:
        yield "pins.platforms must be some of linux, windows and macos"
    if pins.cadence_days < 1:
        yield "pins.cadence-days must be at least 1"


def _of_ci(ci: Ci) -> Iterator[str]:
    for python in (ci.python, *ci.pythons):
        if not _PYTHON.fullmatch(python):
            yield f"ci: {python!r} is no Python such as 3.12"
    known = {item.name for item in fields(Runners)}
    for system in ci.systems:
        if system not in known:
            yield f"ci.systems: {system!r} is none of {', '.join(sorted(known))}"
    if ci.everywhere and not ci.systems:
        yield "ci.systems must name a system, or the gates in ci.everywhere run nowhere"


def _of_audit(audit: Audit) -> Iterator[str]:
    if audit.service not in ("pypi", "osv"):
        yield f"audit.service must be pypi or osv, not {audit.service!r}"
    if audit.max_age_days < 0:
        yield "audit.max-age-days must not be less than 0"
    for one in audit.ignored:
        if not _all_said(one.id, one.reason) or not _is_day(one.until):
            yield f"the ignored advisory {one.id!r} needs an id, a reason, and a day such as 2026-12-31"
    for said in audit.determined:
        if not _all_said(said.package, said.of, said.licence, said.reason):
            yield f"the licence determined for {said.package!r} needs package, of, licence and a reason"
    for let in audit.excepted:
        if not _all_said(let.package, let.licence, let.reason) or not _is_day(let.until):
            yield f"the licence excepted for {let.package!r} needs a licence, a reason, and a day such as 2026-12-31"


def _of_milestones(milestones: tuple[Milestone, ...]) -> Iterator[str]:
    names = [milestone.name for milestone in milestones]
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"the milestone {name} is there twice"
    for one in milestones:
        if not one.name.strip() or bool(one.version) != bool(one.tag):
            yield f"the milestone {one.name!r} needs a name, and a version and a tag or neither"
        if one.tag and not NAME.fullmatch(one.tag):
            yield f"the tag {one.tag!r} of the milestone {one.name} is not a plain name such as v0.2-m2"


def _of_what_is_let_be(settings: Settings) -> Iterator[str]:
    for secret in settings.secrets.allow:
        if not _all_said(secret.path.strip("/* "), secret.rule, secret.reason):
            yield (
                f"the secrets that are allowed in {secret.path!r} need a path that is not everything,"
                " a rule and a reason"
            )
    for waiver in settings.waivers:
        if not _all_said(waiver.by, waiver.reason) or not _is_day(waiver.until):
            yield (
                f"the waiver for the gate {waiver.gate} needs who (by), a day (until, such as 2026-12-31)"
                " and a reason"
            )
    for one in settings.accepted:
        if not _all_said(one.gate, one.finding, one.reason) or not _is_day(one.until):
            yield (
                f"the accepted finding {one.finding!r} needs a gate, a finding, a reason,"
                " and a day such as 2026-12-31"
            )


def _all_said(*texts: str) -> bool:
    return all(text.strip() for text in texts)


def _is_day(text: str) -> bool:
    try:
        # The length too, for ISO 8601 knows other forms of a day.
        return len(text) == len("2026-12-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False
