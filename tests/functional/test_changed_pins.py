"""The sealed list of changed pins: what it says, and that nobody can say otherwise than the ZIP that it lies in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bundles import HERE, bundle_of, run
from gateproof.evidence.statement import AUDITED_FIELD, VULNERABILITIES
from gateproof.evidence.subject import FILE
from gateproof.judge.audited import Audited
from gateproof.pack.verify import Answer, verify
from gateproof.release.supply.pinchanges import changed_pins
from packs import CASES, NOW, SOURCE, Case, Content, make_pack, make_signer, signers_file
from supply import vulnerabilities

LOCK = "requirements/store.txt"
FILES: dict[str, str] = {
    LOCK: "cart==1.1\nshop==2\n",
    "requirements/licences.json": json.dumps(
        {
            "packages": [
                {"name": "cart", "version": "1.1", "licence": "MIT", "declared": {}, "files": []},
                {"name": "shop", "version": "2", "licence": "", "declared": {}, "files": []},
            ]
        }
    ),
}
SAID = vulnerabilities("cart@1.1") | {AUDITED_FIELD: {"locks": [LOCK], "complete": True}}
AUDIT = Audited(locks=frozenset({LOCK}), known=frozenset({("cart", "1.1", "PYSEC-1")}), day="2026-11-20")


def now() -> Any:
    return bundle_of(
        FILES, replace(run("gateproof audit --json", name="audit"), audited=AUDIT), git_tree=HERE
    )


def listed() -> dict[str, Any]:
    before = bundle_of({LOCK: "cart==1.0\nlost==1\n"})
    return dict(json.loads(changed_pins(before, now(), since="v0.9")))


def test_each_pin_that_changed_is_listed_with_what_its_own_source_knows() -> None:
    said = listed()

    unknown = {"licence": None, "advisories": None, "asked": None}
    assert said["since"] == "v0.9"
    assert said["locks"] == {LOCK: hashlib.sha256(FILES[LOCK].encode()).hexdigest()}
    assert [(one["name"], one["change"], one["before"], one["after"]) for one in said["changes"]] == [
        (
            "cart",
            "changed",
            [{"version": "1.0", **unknown}],
            [{"version": "1.1", "licence": "MIT", "advisories": ["PYSEC-1"], "asked": "2026-11-20"}],
        ),
        ("lost", "removed", [{"version": "1", **unknown}], []),
        ("shop", "added", [], [{"version": "2", "licence": None, "advisories": [], "asked": "2026-11-20"}]),
    ]


def test_in_the_first_release_every_pin_is_added() -> None:
    said = json.loads(changed_pins(None, now(), since=""))

    assert said["since"] is None
    assert [one["change"] for one in said["changes"]] == ["added", "added"]


def test_where_it_cannot_be_told_what_came_before_there_is_no_list_instead_of_an_empty_one() -> None:
    said = json.loads(changed_pins(None, now(), since="", unknown="The clone is shallow."))

    assert (said["changes"], said["unknown"]) == (None, "The clone is shallow.")


def put(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["changes"][0]["after"][0].update({key: value})


LIES: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("another lock", lambda said: said["locks"].update({LOCK: "0" * 64})),
    ("a lock that is not there", lambda said: said["locks"].update({"requirements/x.txt": "0" * 64})),
    ("no lock", lambda said: said["locks"].clear()),
    ("no list, and no reason", lambda said: said.update(changes=None)),
    ("another version", put("version", "1.2")),
    ("another licence", put("licence", "ISC")),
    ("an advisory left out", put("advisories", [])),
    ("an advisory made up", put("advisories", ["PYSEC-1", "PYSEC-2"])),
    ("another day", put("asked", "2026-11-23")),
    ("an added pin told as removed", lambda said: said["changes"][2].update(after=[])),
    ("a licence that is unknown", lambda said: said["changes"][2]["after"][0].update(licence="MIT")),
    ("no table", lambda said: said.update(locks=[])),
    ("no states", lambda said: said["changes"][0].pop("after")),
]


def delivery_of(folder: Path, document: bytes, content: dict[str, Content] | None = None) -> Any:
    source = {**SOURCE, **{path: (FILE, text.encode()) for path, text in FILES.items()}, **(content or {})}
    audit = Case(gate="audit", predicates=((VULNERABILITIES, SAID),))
    signer = make_signer()
    pack = make_pack(
        folder / "made",
        signer=signer,
        cases=(*CASES, audit),
        content=source,
        documents={"pins.json": document},
    )
    path = pack.write(folder / "delivery")
    return verify(path.parent, signers_file(folder, signer), now=NOW)


def test_a_list_that_the_zip_bears_out_is_verified(tmp_path: Path) -> None:
    verification = delivery_of(tmp_path, json.dumps(listed()).encode())

    assert (verification.answer, verification.findings) == (Answer.VERIFIED, ())


@pytest.mark.parametrize("lie", [lie for _, lie in LIES], ids=[name for name, _ in LIES])
def test_a_list_that_says_otherwise_is_refused(
    tmp_path: Path, lie: Callable[[dict[str, Any]], object]
) -> None:
    said = listed()
    lie(said)
    verification = delivery_of(tmp_path, json.dumps(said).encode())

    assert {finding.code for finding in verification.findings} == {"V029"}


def test_a_lock_that_the_list_does_not_know_of_is_refused(tmp_path: Path) -> None:
    more: dict[str, Content] = {"requirements/dev.txt": (FILE, b"six==1\n")}
    verification = delivery_of(tmp_path, json.dumps(listed()).encode(), more)

    assert {finding.code for finding in verification.findings} == {"V029"}


@pytest.mark.parametrize("document", [b"no", b"[]", b"{}", b"[" * 9999])
def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path, document: bytes) -> None:
    verification = delivery_of(tmp_path, document)

    assert "V029" in {finding.code for finding in verification.findings}
