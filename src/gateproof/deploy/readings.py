"""Readers of what a deployment proof runs: an empty database, migrations, demo data, a web server, nothing left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers import NotUnderstoodError, Reader, django_migration_plan
from gateproof.record.readers.text import lines

TABLES = (
    "SELECT current_database(), count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
)
"""Counts everything in a database that could hold or give data; psql answers `NAME|NUMBER`."""

_COUNTED = re.compile(r"(\w+)\|(\d+)")
_APPLYING = re.compile(r"^  Applying (\S+)\.\.\.(.*)$")
_SEEDED = re.compile(r"^([a-z ]+): (\d+) \((-?\d+) new\)$")


def counted_tables(*, none: bool) -> Reader:
    """`psql -At -c TABLES`: passes when the database holds no table, or with `none=False` when it holds some."""
    return Reader(name="tables", read=lambda ended: _read_tables(ended, none))


def migrated() -> Reader:
    """`migrate -v 1` on a database that had nothing: each migration that was applied, by its name."""
    return Reader(name="migrate", read=_read_migrated)


def all_applied() -> Reader:
    """`showmigrations --plan`, and not one is left to apply."""
    plan = django_migration_plan()
    return Reader(name="all-applied", read=lambda ended: _read_plan(plan.read(ended)), requires=plan.requires)


def seeded() -> Reader:
    """`seed_demo`: what it says that it made, each kind counted as `orders.paid`; a kind without a row is a no."""
    return Reader(name="seed", read=_read_seeded)


def answered(*paths: str) -> Reader:
    """The web server's answers as JSON lines, as `serve.py` prints them: each path was asked and said 200."""
    return Reader(name="answers", read=lambda ended: _read_answers(ended, paths))


def listed(*, at_least: int) -> Reader:
    """A line for each thing that is there: containers, volumes. Shows that the question finds something."""
    return Reader(name="listed", read=lambda ended: _read_listed(ended, at_least))


def none_left() -> Reader:
    """A list that must be empty. Its step must have seen the same question find something before."""
    return Reader(name="none-left", read=_read_none_left)


def healthy(*services: str) -> Reader:
    """`docker compose ps --format json`: each of the services runs, and its health check says so."""
    return Reader(name="healthy", read=lambda ended: _read_healthy(ended, services))


def inspected_layers() -> Reader:
    """`gateproof.deploy.layers`: files of layers that were looked into, and no finding."""
    return Reader(name="layers", read=_read_layers)


def refused(words: str) -> Reader:
    """A command that must say no, and why: a refusal for another reason is not the one that was asked for."""
    return Reader(name="refused", read=lambda ended: _read_refused(ended, words), exit_codes=range(1, 128))


def pictured(*, roles: Sequence[str], widths: Mapping[str, int]) -> Reader:
    """`pictures.py`: each role has, at each width, a picture of a page that said something and answered.

    Beside each lies what the console said, and at each width somebody is refused.
    """
    return Reader(name="pictures", read=lambda ended: _read_pictures(ended, roles, widths))


def as_written(*sections: str) -> Reader:
    """`as_written.py`: each of these sections has commands, and each of them ended with 0."""
    return Reader(name="as-written", read=lambda ended: _read_as_written(ended, sections))


def gone() -> Reader:
    """`left.py`: each named thing was looked for, and none is there any longer."""
    return Reader(name="gone", read=_read_gone)


def _read_tables(ended: Ended, none: bool) -> Reading:
    text = [line for line in lines(ended.stdout.path) if line.strip()]
    found = _COUNTED.fullmatch(text[0]) if len(text) == 1 else None
    if ended.exit_code or found is None:
        raise NotUnderstoodError("psql did not answer with the database and the number of its tables")
    tables = int(found[2])
    is_right = (tables == 0) is none
    return Reading(
        outcome=Outcome.PASSED if is_right else Outcome.FAILED,
        reason=f"the database {found[1]} holds {tables} tables",
        looked_at=1,
        unit="databases",
        counts=(("tables", tables),),
    )


def _read_migrated(ended: Ended) -> Reading:
    applied = [match for line in lines(ended.stdout.path) if (match := _APPLYING.match(line))]
    unfinished = [match[1] for match in applied if match[2].strip() != "OK"]
    if ended.exit_code or unfinished:
        last = unfinished[-1] if unfinished else "none of those that began"
        return Reading(
            outcome=Outcome.FAILED, reason=f"migrate ended with {ended.exit_code}; it did not finish {last}"
        )
    return Reading(
        outcome=Outcome.PASSED if applied else Outcome.VACUOUS,
        reason=f"{len(applied)} migrations were applied",
        looked_at=len(applied),
        unit="migrations",
        passed=tuple(match[1] for match in applied),
    )


def _read_plan(reading: Reading) -> Reading:
    waiting = dict(reading.counts).get("not applied")
    if waiting is None:
        raise NotUnderstoodError("showmigrations did not say which migrations are applied")
    if waiting:
        return Reading(
            outcome=Outcome.FAILED,
            reason=f"{waiting} of {reading.looked_at} migrations are not applied",
            looked_at=reading.looked_at,
            unit=reading.unit,
        )
    return Reading(
        outcome=reading.outcome,
        reason=f"all {reading.looked_at} migrations are applied",
        looked_at=reading.looked_at,
        unit=reading.unit,
    )


def _read_seeded(ended: Ended) -> Reading:
    found = [match for line in lines(ended.stdout.path) if (match := _SEEDED.match(line))]
    if ended.exit_code or not found:
        raise NotUnderstoodError(f"seed_demo ended with {ended.exit_code} and said nothing of what is there")
    counts = tuple((match[1].replace(" ", "."), int(match[2])) for match in found)
    new = sum(int(match[3]) for match in found)
    missing = [name for name, number in counts if not number]
    outcome = Outcome.FAILED if missing else Outcome.PASSED if new > 0 else Outcome.VACUOUS
    reason = (
        f"there are no {', '.join(missing)}" if missing else f"{new} rows were made of {len(counts)} kinds"
    )
    return Reading(outcome=outcome, reason=reason, looked_at=max(new, 0), unit="rows", counts=counts)


def _read_answers(ended: Ended, paths: tuple[str, ...]) -> Reading:
    answers = {str(one.get("path")): one.get("status") for one in _objects(ended)}
    if missing := [path for path in paths if path not in answers]:
        raise NotUnderstoodError(f"nobody asked {', '.join(missing)}, or it was not answered")
    wrong = [f"{path} answered {answers[path]}" for path in paths if answers[path] != 200]
    outcome = Outcome.FAILED if wrong or ended.exit_code else Outcome.PASSED
    reason = "; ".join(wrong) or (
        f"the server ended with {ended.exit_code}" if ended.exit_code else f"{', '.join(paths)} answered 200"
    )
    return Reading(outcome=outcome, reason=reason, looked_at=len(paths), unit="answers")


def _read_listed(ended: Ended, at_least: int) -> Reading:
    found = [line for line in lines(ended.stdout.path) if line.strip()]
    if ended.exit_code:
        raise NotUnderstoodError(f"the list could not be had (exit code {ended.exit_code})")
    outcome = Outcome.PASSED if len(found) >= at_least else Outcome.FAILED
    return Reading(
        outcome=outcome,
        reason=f"{len(found)} {'is' if len(found) == 1 else 'are'} there",
        looked_at=len(found),
        unit="things that are there",
    )


def _read_none_left(ended: Ended) -> Reading:
    found = [line for line in lines(ended.stdout.path) if line.strip()]
    if ended.exit_code:
        raise NotUnderstoodError(f"the list could not be had (exit code {ended.exit_code})")
    return Reading(
        outcome=Outcome.FAILED if found else Outcome.PASSED,
        reason=f"{len(found)} are still there" if found else "none is there any longer",
        looked_at=1,
        unit="lists",
    )


def _read_healthy(ended: Ended, services: tuple[str, ...]) -> Reading:
    states = {str(one.get("Service")): (one.get("State"), one.get("Health")) for one in _objects(ended)}
    if ended.exit_code or not states:
        raise NotUnderstoodError(f"Compose did not list its services (exit code {ended.exit_code})")
    ill = [f"{name} is {states.get(name)}" for name in services if states.get(name) != ("running", "healthy")]
    return Reading(
        outcome=Outcome.FAILED if ill else Outcome.PASSED,
        reason="; ".join(ill) or f"{', '.join(services)} are healthy",
        looked_at=len(services),
        unit="services",
    )


def _read_layers(ended: Ended) -> Reading:
    said = list(_objects(ended))
    findings = [f"{one['path']}: {one['finding']}" for one in said if "finding" in one]
    summary = [one for one in said if "layers" in one]
    if ended.exit_code not in {0, 1} or len(summary) != 1:
        raise NotUnderstoodError(f"the image was not looked into to its end (exit code {ended.exit_code})")
    layers, files, words = (int(summary[0][key]) for key in ("layers", "files", "words"))
    is_whole = bool(layers and files and words)
    more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
    return Reading(
        outcome=Outcome.FAILED if findings else Outcome.PASSED if is_whole else Outcome.VACUOUS,
        reason=f"{findings[0]}{more}" if findings else f"{files} files in {layers} layers, and no finding",
        looked_at=files if is_whole else 0,
        unit="files of layers",
        counts=(("layers", layers), ("findings", len(findings))),
    )


def _read_refused(ended: Ended, words: str) -> Reading:
    told = any(words in line for one in (ended.stdout, ended.stderr) for line in lines(one.path))
    is_refused = ended.exit_code != 0 and told
    reason = (
        f"refused: {words}" if is_refused else f"it ended with {ended.exit_code} and did not say {words!r}"
    )
    return Reading(
        outcome=Outcome.PASSED if is_refused else Outcome.FAILED, reason=reason, looked_at=1, unit="refusals"
    )


def _read_pictures(ended: Ended, roles: Sequence[str], widths: Mapping[str, int]) -> Reading:
    found = list(_objects(ended))
    if ended.exit_code or not found:
        raise NotUnderstoodError(f"there is no picture (exit code {ended.exit_code})")
    good = [one for one in found if _is_told(one)]
    mute = [str(one.get("picture")) for one in found if one not in good]
    parts = [(str(one["picture"]).removesuffix(".png").split("-"), one.get("width")) for one in good]
    missing = [
        f"{role} on a {width}"
        for role in roles
        for width, pixels in widths.items()
        if not any(name[0] == role and name[-1] == width and wide == pixels for name, wide in parts)
    ]
    refusals = {
        str(one["picture"]).removesuffix(".png").split("-")[-1] for one in good if one["status"] >= 400
    }
    missing += [f"a refusal on a {width}" for width in widths if width not in refusals]
    wrong = [f"no picture of {one}" for one in missing] + [f"{one} tells of no page" for one in mute]
    return Reading(
        outcome=Outcome.FAILED if wrong else Outcome.PASSED,
        reason="; ".join(wrong[:3]) or f"{len(good)} pictures, each with what its page said",
        looked_at=len(good),
        unit="pictures",
    )


def _is_told(one: Mapping[str, Any]) -> bool:
    """Whether it is known what the page said, and the console. Where no server answered, or it failed, it is not."""
    status, has_said = one.get("status"), str(one.get("said", "")).strip()
    is_answer = isinstance(status, int) and 200 <= status < 500
    return bool(has_said) and is_answer and isinstance(one.get("console"), list)


def _read_as_written(ended: Ended, sections: tuple[str, ...]) -> Reading:
    blocks = [one for one in _objects(ended) if "block" in one]
    failed = [str(one["block"]) for one in blocks if one.get("exit") != 0]
    missing = [name for name in sections if name not in {one.get("section") for one in blocks}]
    if ended.exit_code not in {0, 1} or (missing and not failed):
        raise NotUnderstoodError(f"not every section was run (exit code {ended.exit_code})")
    return Reading(
        outcome=Outcome.FAILED if failed or ended.exit_code else Outcome.PASSED,
        reason=f"this one failed: {failed[0]}"
        if failed
        else f"{len(blocks)} commands ran as they are written",
        looked_at=len(blocks),
        unit="documented commands",
    )


def _read_gone(ended: Ended) -> Reading:
    looked = list(_objects(ended))
    still = [str(one.get("what")) for one in looked if one.get("there") is not False]
    if ended.exit_code not in {0, 1} or not looked:
        raise NotUnderstoodError(f"nobody could look (exit code {ended.exit_code})")
    return Reading(
        outcome=Outcome.FAILED if still else Outcome.PASSED,
        reason=f"still there: {', '.join(still)}" if still else f"none of {len(looked)} things is left",
        looked_at=len(looked),
        unit="things looked for",
    )


def _objects(ended: Ended) -> Iterable[dict[str, Any]]:
    """The JSON objects that a script of ours printed, a line each; other lines are the server's own."""
    for line in lines(ended.stdout.path):
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
