"""The bill of materials, held against CycloneDX's own schema; the notices and the table beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from gateproof.release.supply.documents import Supply, notices
from gateproof.release.supply.licences import Licences, licensed
from gateproof.release.supply.locks import parse_lock
from gateproof.release.supply.sbom import About
from gateproof.release.supply.spdx import Declared
from supply import HASH, lock_text

CART, TEXTS = licensed("cart", "1.0", Declared(expression="MIT"), [("LICENSE", "Be kind.")])
SHOP, MORE = licensed("shop", "2", Declared(expression="Apache-2.0 OR MIT"), [("COPYING", "Be kind.")])
TOOL, TERMS = licensed("tool", "3", Declared(licence="Apache-2.0"), [])
TEXT, APACHE = licensed("text", "4", Declared(licence="Apache-2.0"), [("LICENSE", "Apache's text")])
ABOUT = About(
    product="store",
    version="1.0",
    source="a" * 40,
    moment=datetime(2026, 11, 24, tzinfo=UTC),
    tool_version="1",
)


def supply(**changes: Any) -> Supply:
    packages = (CART, SHOP, TOOL, TEXT)
    whole: dict[str, Any] = {
        "locks": (
            parse_lock("requirements/a.txt", lock_text("shop==2", "cart==1.0", "tool==3")),
            parse_lock("requirements/b.txt", lock_text("shop==2", "lost==5", "text==4")),
        ),
        "licences": Licences(packages=packages, texts=TEXTS | MORE | TERMS | APACHE),
        "known": {one.key: one.licence for one in packages},
        "about": ABOUT,
    }
    return Supply(**(whole | changes))


def bill(made: Supply) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(made.sealed()["sbom.cdx.json"])
    return read


def test_it_is_cyclonedx() -> None:
    text = supply().sealed()["sbom.cdx.json"].decode()
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"purl"', '"parl"')) is not None


def test_every_pin_is_in_it_once_with_its_hashes_its_licence_and_its_locks() -> None:
    made = bill(supply())
    components = {one["name"]: one for one in made["components"]}

    assert list(components) == ["cart", "lost", "shop", "text", "tool"]
    assert made["metadata"]["component"]["purl"] == "pkg:generic/store@1.0"
    assert components["shop"]["purl"] == "pkg:pypi/shop@2"
    assert components["shop"]["hashes"] == [{"alg": "SHA-256", "content": HASH.removeprefix("sha256:")}]
    assert components["shop"]["licenses"] == [{"expression": "Apache-2.0 OR MIT"}]
    assert [one["value"] for one in components["shop"]["properties"]][1:] == [
        "requirements/a.txt",
        "requirements/b.txt",
    ]
    assert "licenses" not in components["lost"]


def test_it_is_the_same_for_the_same_source_and_another_for_another() -> None:
    one, again = supply().sealed(), supply(locks=supply().locks[::-1]).sealed()
    other = bill(supply(about=About(**{**_fields(ABOUT), "source": "b" * 40})))

    assert one == again
    assert bill(supply())["metadata"]["timestamp"] == "2026-11-24T00:00:00+00:00"
    assert bill(supply())["serialNumber"] != other["serialNumber"]


def _fields(about: About) -> dict[str, Any]:
    return {name: getattr(about, name) for name in About.__slots__}


def test_the_notices_print_each_text_once_and_say_what_is_missing() -> None:
    text = notices(supply())

    assert text.count("Be kind.") == 1
    assert "cart==1.0  LICENSE\nshop==2  COPYING\n" in text
    assert "lost==5  unknown  (its package was not looked into)" in text
    assert (
        "tool==3  Apache-2.0  (its package carries no text; the same text is below, as text carries it)"
        in text
    )


def test_the_table_counts_what_is_unknown() -> None:
    table = supply().sealed()["licences.md"].decode()

    assert "5 packages in 2 locks; the licence of 1 is unknown." in table
    assert "| lost | 5 | unknown | nothing: not looked into | 0 | b |" in table
    assert "| shop | 2 | Apache-2.0 OR MIT | License-Expression | 1 | a, b |" in table


@pytest.mark.parametrize("licence", ["ISC", "MIT AND ISC"])
def test_what_a_person_determined_is_told_as_such(licence: str) -> None:
    table = supply(known={CART.key: licence}).sealed()["licences.md"].decode()

    assert f"| cart | 1.0 | {licence} | a person who read its texts | 1 | a |" in table
