"""What a scan comes to, and every way in which it is not a pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateproof.config import Audit, IgnoredAdvisory
from gateproof.model import Outcome
from gateproof.release.supply.audit import Audited, Scan, Source, Vulnerability, judge
from gateproof.release.supply.keys import key_of
from gateproof.release.supply.locks import Lock, Pin, parse_lock
from supply import lock_text

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STORE = parse_lock("requirements/store.txt", lock_text("django==5.2.1", "stripe==9.0"))
DUMP = Source(name="all.zip", updated=NOW - timedelta(days=2), is_live=False)
LIVE = Source(name="PyPI", updated=NOW, is_live=True)
KEYS = frozenset({key_of("django", "5.2.1"), key_of("stripe", "9")})
SCAN = Scan(
    version="2.10.1", started=NOW, finished=NOW, audited=KEYS, skipped=(), vulnerabilities=(), asked=KEYS
)
FOUND = Vulnerability(pin=STORE.pins[0], id="PYSEC-1", aliases=("CVE-2026-1",), fixed=("5.2.2",))
POLICY = Audit()
WHY = "No network here"


def audited(
    *locks: Lock, source: Source = DUMP, policy: Audit = POLICY, override: str = "", **scan: Any
) -> Audited:
    return judge(locks or (STORE,), replace(SCAN, **scan), source, policy, override=override, now=NOW)


def ignoring(called: str = "CVE-2026-1", until: str = "2026-11-24") -> Audit:
    return Audit(ignored=(IgnoredAdvisory(id=called, reason="It is not called.", until=until),))


def aged(**changes: Any) -> Source:
    return replace(DUMP, **changes)


def test_all_pins_audited_against_fresh_advisories_pass() -> None:
    found = audited()

    assert (found.outcome, found.reason) == (Outcome.PASSED, "2 pins of 1 locks have no known vulnerability")
    assert audited(source=LIVE, asked=None).outcome is Outcome.PASSED


UNDATED = replace(STORE, resolved=None)
LATER = replace(STORE, resolved=date(2026, 11, 23))
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "a pin that was not audited",
        {"audited": KEYS - {key_of("stripe", "9")}},
        "stripe==9 is pinned and was not",
    ),
    (
        "another version was audited",
        {"audited": {*KEYS - {key_of("stripe", "9")}, key_of("stripe", "8")}},
        "not",
    ),
    ("what is not pinned was audited", {"audited": KEYS | {key_of("left", "1")}}, "left==1 was audited"),
    (
        "a pin was skipped",
        {"skipped": (("stripe", "not found on PyPI"),)},
        "stripe was not audited: not found",
    ),
    ("nothing was audited", {"audited": frozenset()}, "is pinned and was not audited"),
    ("our endpoint was not asked", {"asked": frozenset()}, "no advisory was asked for django==5.2.1"),
]


@pytest.mark.parametrize(("scan", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_was_not_looked_at_is_unknown_and_no_override_helps(scan: dict[str, Any], why: str) -> None:
    for override in ("", WHY):
        found = audited(override=override, **scan)
        assert found.outcome is Outcome.ERRORED
        assert any(why in sentence for sentence in found.unknown)


@pytest.mark.parametrize(
    ("lock", "why"),
    [
        (parse_lock("requirements/empty.txt", lock_text()), "requirements/empty.txt pins nothing"),
        (
            parse_lock("requirements/loose.txt", lock_text("django==5.2.1", "stripe==9.0", "left>=1")),
            "left>=1 names no single version",
        ),
    ],
)
def test_a_lock_that_does_not_pin_cannot_be_audited(lock: Lock, why: str) -> None:
    found = audited(STORE, lock, override=WHY)

    assert found.outcome is Outcome.ERRORED
    assert any(why in sentence for sentence in found.unknown)


AGED: list[tuple[str, Lock, Source, str]] = [
    ("a day too old", STORE, aged(updated=NOW - timedelta(days=8)), "8 days ago; at most 7 are allowed"),
    ("a lock that is newer", LATER, DUMP, "requirements/store.txt were chosen later"),
    ("a lock without a day", UNDATED, DUMP, "does not say when its versions were chosen"),
    ("a dump of the future", STORE, aged(updated=NOW + timedelta(days=3)), "still to come"),
]


@pytest.mark.parametrize(("lock", "source", "why"), [row[1:] for row in AGED], ids=[row[0] for row in AGED])
def test_what_old_advisories_cannot_know_is_unknown_or_waived(lock: Lock, source: Source, why: str) -> None:
    found, waived = audited(lock, source=source), audited(lock, source=source, override=WHY)

    assert found.outcome is Outcome.ERRORED
    assert any(why in sentence for sentence in found.unknown)
    assert waived.outcome is Outcome.WAIVED
    assert any(why in sentence and WHY in sentence for sentence in waived.waived)
    assert audited(lock, source=source, override="  ").outcome is Outcome.ERRORED


def test_an_override_that_is_not_needed_changes_nothing() -> None:
    assert audited(override=WHY).outcome is Outcome.PASSED


def test_the_policy_says_how_old_is_too_old() -> None:
    eight = aged(updated=NOW - timedelta(days=8))

    assert audited(
        replace(STORE, resolved=date(2026, 1, 1)), source=eight, policy=Audit(max_age_days=8)
    ).outcome is (Outcome.PASSED)


def test_a_live_service_knows_of_every_pin() -> None:
    assert audited(LATER, source=LIVE, asked=None).outcome is Outcome.PASSED


def test_a_known_vulnerability_is_a_no_whatever_else_is_unknown() -> None:
    for override in ("", WHY):
        found = audited(UNDATED, vulnerabilities=(FOUND,), override=override, skipped=(("x", "y"),))
        assert found.outcome is Outcome.FAILED
        assert found.reason == "django==5.2.1 has PYSEC-1 (mended in 5.2.2)"


@pytest.mark.parametrize("called", ["PYSEC-1", "CVE-2026-1"])
def test_an_ignored_advisory_is_waived_and_never_a_pass(called: str) -> None:
    found = audited(vulnerabilities=(FOUND,), policy=ignoring(called))

    assert found.outcome is Outcome.WAIVED
    assert found.waived == ("django==5.2.1 has PYSEC-1, ignored until 2026-11-24: It is not called.",)


@pytest.mark.parametrize(
    "policy", [ignoring(until="2026-11-23"), ignoring("CVE-2026-11")], ids=["over", "another"]
)
def test_an_exception_that_is_over_or_about_another_excuses_nothing(policy: Audit) -> None:
    assert audited(vulnerabilities=(FOUND,), policy=policy).outcome is Outcome.FAILED


def test_an_exception_that_is_over_or_unused_is_said() -> None:
    assert audited(policy=ignoring(until="2026-11-23")).notes == (
        "CVE-2026-1 was ignored until 2026-11-23, and is no longer",
    )
    assert audited(policy=ignoring()).notes == ("CVE-2026-1 is ignored and no pin has it: take it away",)


def test_one_exception_does_not_excuse_the_next_vulnerability() -> None:
    other = Vulnerability(pin=Pin(name="stripe", version="9.0"), id="PYSEC-2", aliases=(), fixed=())
    found = audited(vulnerabilities=(FOUND, other), policy=ignoring())

    assert found.outcome is Outcome.FAILED
    assert found.reason == "stripe==9.0 has PYSEC-2 (no version mends it)"


def test_the_report_tells_all_of_it() -> None:
    text = "\n".join(audited(LATER, vulnerabilities=(FOUND,), policy=ignoring(), override=WHY).lines())

    assert text.startswith("WAIVED: ")
    for words in (
        "newest advisory of 2026-11-22",
        "requirements/store.txt: 2 pins",
        "waived: django==5.2.1",
        WHY,
    ):
        assert words in text
