"""What the licences of the pins come to, and every way in which they are not a pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateproof.config import Audit, DeterminedLicence, ExceptedLicence
from gateproof.errors import UsageError
from gateproof.model import Outcome
from gateproof.release.supply.audit import Scan, Source, judge
from gateproof.release.supply.licences import Licences, Licensed, licensed
from gateproof.release.supply.licensing import LicenceCheck, check_licences
from gateproof.release.supply.locks import parse_lock
from gateproof.release.supply.spdx import Declared
from supply import lock_text

TODAY = date(2026, 11, 24)
KEYS = frozenset({("cart", "1"), ("shop", "2")})
POLICY = Audit(licences=("MIT", "BSD-3-Clause"))


def package(name: str, version: str, expression: str) -> Licensed:
    return licensed(name, version, Declared(expression=expression), [])[0]


CART, SHOP = package("cart", "1.0", "MIT"), package("shop", "2", "MIT OR GPL-3.0-only")
DUAL = licensed("shop", "2", Declared(licence="Dual License"), [])[0]


def check(*packages: Licensed, **policy: Any) -> LicenceCheck:
    return check_licences(KEYS, Licences(packages=packages, texts={}), replace(POLICY, **policy), today=TODAY)


def excepted(licence: str, until: str = "2026-11-24") -> dict[str, Any]:
    return {"excepted": (ExceptedLicence(package="shop", licence=licence, reason="Bought.", until=until),)}


def determined(package: Licensed, licence: str = "MIT") -> dict[str, Any]:
    return {
        "determined": (
            DeterminedLicence(package=package.name, of=package.digest, licence=licence, reason="Read."),
        )
    }


def test_every_licence_that_is_allowed_passes_and_is_counted() -> None:
    found = check(CART, SHOP)

    assert (found.judged, found.failed, found.unknown, found.waived, found.notes) == (2, (), (), (), ())


@pytest.mark.parametrize(
    ("shop", "policy", "why"),
    [
        (package("shop", "2", "GPL-3.0-only"), {}, "shop==2 is under GPL-3.0-only, and GPL-3.0-only is not"),
        (package("shop", "2", "MIT AND GPL-3.0-only"), {}, "GPL-3.0-only is not allowed"),
        (replace(package("shop", "2", "GPL-3.0-only"), licence="MIT"), {}, "says that shop==2 is under MIT"),
        (replace(SHOP, licence=""), {}, "is under unknown, and what it declares comes to MIT OR GPL"),
        (package("shop", "2", "ISC"), excepted("ISC", "2026-11-23"), "ISC is not allowed"),
        (package("shop", "2", "ISC"), excepted("GPL-3.0-only"), "ISC is not allowed"),
        (DUAL, determined(DUAL, "GPL-3.0-only"), "GPL-3.0-only is not allowed"),
    ],
)
def test_what_is_not_allowed_is_a_no(shop: Licensed, policy: dict[str, Any], why: str) -> None:
    found = check(CART, shop, **policy)

    assert len(found.failed) == 1
    assert why in found.failed[0]


@pytest.mark.parametrize(
    ("packages", "policy", "why"),
    [
        ((CART,), {}, "shop==2 is not in licences.json"),
        ((CART, package("shop", "2", "Freeware")), {}, "the licence of shop==2 is unknown"),
        ((CART, DUAL), determined(CART), "shop==2 is unknown"),
        ((CART, DUAL), determined(replace(DUAL, declared=Declared())), "shop==2 is unknown"),
        ((CART, DUAL), excepted("unknown", "2026-11-23"), "shop==2 is unknown"),
        ((CART, DUAL), excepted("MIT"), "shop==2 is unknown"),
    ],
)
def test_what_is_not_known_could_not_be_found_out(
    packages: tuple[Licensed, ...], policy: dict[str, Any], why: str
) -> None:
    found = check(*packages, **policy)

    assert found.judged < len(KEYS)
    assert any(why in sentence for sentence in found.unknown)


def test_no_record_at_all_is_unknown() -> None:
    found = check_licences(KEYS, None, POLICY, today=TODAY)

    assert found.judged == 0
    assert "run `invoke pin`" in found.unknown[0]


@pytest.mark.parametrize("stale", [package("shop", "3", "MIT"), package("left", "1", "MIT")])
def test_a_package_that_nobody_pins_is_a_no(stale: Licensed) -> None:
    assert "which no lock pins" in check(CART, SHOP, stale).failed[0]


@pytest.mark.parametrize(("shop", "licence"), [(package("shop", "2", "ISC"), "ISC"), (DUAL, "unknown")])
def test_an_exception_waives_and_is_never_a_pass(shop: Licensed, licence: str) -> None:
    found = check(CART, shop, **excepted(licence))

    assert (found.judged, found.failed, found.unknown) == (2, (), ())
    assert found.waived[0].endswith("let be until 2026-11-24: Bought.")


def test_a_persons_word_holds_for_the_texts_that_were_read() -> None:
    assert check(CART, DUAL, **determined(DUAL)).unknown == ()
    assert "of other texts" in check(CART, SHOP, **determined(DUAL)).notes[0]


def test_what_is_over_or_unused_is_said() -> None:
    assert "until 2026-11-23, and is no longer" in check(CART, SHOP, **excepted("ISC", "2026-11-23")).notes[0]
    assert "nobody pins it" in check(CART, **excepted("ISC")).notes[0]


def test_an_allowed_licence_that_is_none_is_a_mistake_of_the_policy() -> None:
    with pytest.raises(UsageError, match="'BSD', which is not an SPDX"):
        check(CART, SHOP, licences=("MIT", "BSD"))


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCAN = Scan(
    version="2.10.1", started=NOW, finished=NOW, audited=KEYS, skipped=(), vulnerabilities=(), asked=None
)


@pytest.mark.parametrize(
    ("packages", "policy", "outcome"),
    [
        ((CART, SHOP), {}, Outcome.PASSED),
        ((CART, package("shop", "2", "ISC")), {}, Outcome.FAILED),
        ((CART,), {}, Outcome.ERRORED),
        ((CART, DUAL), excepted("unknown"), Outcome.WAIVED),
    ],
)
def test_the_audit_is_no_better_than_the_licences(
    packages: tuple[Licensed, ...], policy: dict[str, Any], outcome: Outcome
) -> None:
    found = judge(
        [parse_lock("requirements/a.txt", lock_text("cart==1.0", "shop==2"))],
        SCAN,
        Source(name="PyPI", updated=NOW, is_live=True),
        replace(POLICY, **policy),
        override="",
        now=NOW,
        record=Licences(packages=packages, texts={}),
    )

    assert found.outcome is outcome
    assert found.as_mapping()["licences"]["judged"] == (1 if outcome is Outcome.ERRORED else 2)


def test_without_a_policy_no_licence_is_judged_and_that_is_said() -> None:
    lock = parse_lock("requirements/a.txt", lock_text("cart==1.0", "shop==2"))
    source = Source(name="PyPI", updated=NOW, is_live=True)
    found = judge([lock], SCAN, source, Audit(), override="", now=NOW)

    assert (found.outcome, found.licences) == (Outcome.PASSED, None)
    assert any("licences: not judged" in line for line in found.lines())
