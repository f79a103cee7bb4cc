"""The proof that every pin has its licence, and every way in which it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bundles import bundle_of, judged
from gateproof.judge import licencetexts
from gateproof.judge.verdict import Verdict
from gateproof.release.supply.licences import Licences, licensed, write
from gateproof.release.supply.spdx import Declared

LOCK = "requirements/store.txt"
TEXTS_FILE = "requirements/licence-texts.json.gz"
PINS = "# made\nshop.kit[web]==2 ; os_name == 'nt' \\\n    --hash=sha256:ab\ncart==1.0 --hash=sha256:cd\n"
SHOP, TEXTS = licensed("shop-kit", "2", Declared(expression="MIT"), [("LICENSE", "Be kind — always.")])
CART, MORE = licensed("cart", "1.0", Declared(expression="ISC"), [])
DUAL, _ = licensed("cart", "1.0", Declared(licence="Dual License"), [])
WHOLE = write(Licences(packages=(SHOP, CART), texts=TEXTS | MORE))
UNKNOWN = write(Licences(packages=(SHOP, DUAL), texts=TEXTS))
PACKED = licencetexts.pack(TEXTS)
OTHER = licencetexts.pack(dict.fromkeys(TEXTS, "Be quick"))


def determined(digest: str) -> str:
    return (
        "[[tool.gateproof.audit.determined]]\n"
        f'package = "cart"\nof = "{digest}"\nlicence = "MIT"\nreason = "Read."\n'
    )


def judge(
    record: str | None, pins: str = PINS, settings: str = "", packed: bytes | None = PACKED, **changes: Any
) -> Any:
    files: dict[str, str | bytes] = {LOCK: pins, "pyproject.toml": settings}
    files |= {"requirements/licences.json": record} if record else {}
    files |= {TEXTS_FILE: packed} if packed is not None else {}
    return judged(f"licensed: {LOCK}", bundle_of(files, **changes))


@pytest.mark.parametrize(
    ("record", "settings"), [(WHOLE, ""), (UNKNOWN, determined(DUAL.digest))], ids=["read", "determined"]
)
def test_each_package_has_its_licence(record: str, settings: str) -> None:
    judgement = judge(record, settings=settings)

    assert judgement.verdict is Verdict.MET
    assert "each of the 2 packages" in judgement.reason


@pytest.mark.parametrize(
    ("record", "pins", "settings", "why"),
    [
        (None, PINS, "", "there is no requirements/licences.json"),
        (WHOLE, "# nothing\n", "", "pins nothing"),
        (WHOLE, f"{PINS}lost==1 --hash=sha256:ef\n", "", "lost==1 is not in it"),
        (WHOLE.replace('"1.0"', '"1.1"'), PINS, "", "cart==1.0 is not in it"),
        (UNKNOWN, PINS, "", "the licence of cart==1.0 is unknown"),
        (UNKNOWN, PINS, determined(CART.digest), "the licence of cart==1.0 is unknown"),
        (UNKNOWN, PINS, "no toml", "not a record"),
        ("[]", PINS, "", "not a record"),
        ("[" * 5000, PINS, "", "not a record"),
    ],
)
def test_it_is_unmet(record: str | None, pins: str, settings: str, why: str) -> None:
    judgement = judge(record, pins, settings)

    assert judgement.verdict is Verdict.UNMET
    assert why in judgement.reason


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (None, "the text LICENSE of shop-kit==2 is not there"),
        (licencetexts.pack({}), "the text LICENSE of shop-kit==2 is not there"),
        (OTHER, "the text LICENSE of shop-kit==2 was changed"),
        (PACKED[:-4], "not a record"),
        (b"texts", "not a record"),
    ],
)
def test_without_the_texts_as_they_were_it_is_unmet(packed: bytes | None, why: str) -> None:
    judgement = judge(WHOLE, packed=packed)

    assert judgement.verdict is Verdict.UNMET
    assert why in judgement.reason


def test_a_link_is_no_file_of_texts() -> None:
    assert judge(WHOLE, links=frozenset({TEXTS_FILE})).verdict is Verdict.UNMET


def test_an_older_release_has_the_texts_inside_its_record() -> None:
    inside = {digest: text.split("\n") for digest, text in TEXTS.items()}
    whole = json.dumps(json.loads(WHOLE) | {"texts": inside})

    assert judge(whole, packed=None).verdict is Verdict.MET
    assert judge(whole.replace("Be kind", "Be quick"), packed=None).verdict is Verdict.UNMET


@pytest.mark.parametrize(
    ("record", "pins", "evidence"),
    [
        (WHOLE, PINS, (LOCK, "requirements/licences.json")),
        (WHOLE, "# nothing\n", (LOCK,)),
        (WHOLE.replace('"1.0"', '"1.1"'), PINS, ("requirements/licences.json",)),
        ("{", PINS, ("requirements/licences.json",)),
    ],
)
def test_what_was_looked_at_is_linked(record: str, pins: str, evidence: tuple[str, ...]) -> None:
    judgement = judge(record, pins)

    assert judgement.evidence == evidence
    assert "NoneType" not in judgement.reason


@pytest.mark.parametrize("pin", ["cart==1.0;", "Cart==1.0 ; os_name == 'nt'", "cart[x]==1.0"])
def test_a_pin_is_known_in_each_of_its_forms(pin: str) -> None:
    pins = PINS.replace("cart==1.0", pin)
    assert judge(WHOLE, pins).verdict is Verdict.MET
