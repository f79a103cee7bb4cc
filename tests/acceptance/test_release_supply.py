"""What a release says of its supply chain: made with it, sealed with it, and refused where it was changed."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from functional.releasing import VARIABLE, Shop, now
from gateproof.config import load_settings
from gateproof.evidence.statement import AUDITED_FIELD, VULNERABILITIES
from gateproof.evidence.subject import subject_of
from gateproof.model import Outcome
from gateproof.pack.verify import Answer, verify
from gateproof.record.source import source_files
from gateproof.release.progress import Silent
from gateproof.release.rehearsal import rehearse
from gateproof.release.supply.licences import Licences, licensed, write, write_texts
from gateproof.release.supply.spdx import Declared
from packs import Case, write_record
from supply import lock_text, vulnerabilities

pytestmark = pytest.mark.acceptance

CART, TEXTS = licensed("cart", "1.0", Declared(expression="MIT"), [("LICENSE", "Be kind.")])
SAID = vulnerabilities(
    "cart@1.0",
    aliases=["CVE-2026-1"],
    ignored={"reason": "It is not | called.", "until": "2026-12-31"},
)
NAMES = ("sbom.cdx.json", "third-party-notices.txt")


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A finished delivery, and who may sign."""

    folder: Path
    signers: Path

    def copy(self, folder: Path) -> Path:
        return Path(shutil.copytree(self.folder, folder / "delivery"))

    def codes(self, folder: Path) -> list[tuple[str, str]]:
        return [(one.code, one.path) for one in verify(folder, self.signers, now=now()).findings]


def pinned(folder: Path) -> Shop:
    """A shop that pins two packages, with the licence and an advisory of one of them."""
    shop = Shop.make(folder)
    shop.project.write("requirements/store.in", "cart\n")
    shop.project.write("requirements/store.txt", lock_text("cart==1.0", "lost==2"))
    record = Licences(packages=(CART,), texts=TEXTS)
    shop.project.write("requirements/licences.json", write(record))
    (shop.project.root / "requirements" / "licence-texts.json.gz").write_bytes(write_texts(record))
    shop.project.commit("Pin")
    shop.prove()
    audit(shop, SAID)
    return shop


def mended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop that was released, and pins another version of one package since, and no longer the other."""
    shop = pinned(folder)
    monkeypatch.setenv(VARIABLE, str(shop.key))
    shop.release()
    shop.project.write("requirements/store.txt", lock_text("cart==1.1"))
    shop.project.commit("Mend")
    return shop


def audit(shop: Shop, said: dict[str, Any]) -> None:
    subject = subject_of(source_files(shop.root, shop.project.git("rev-parse", "HEAD")))
    case = Case(gate="totals", minutes=9, outcome=Outcome.PASSED, predicates=((VULNERABILITIES, said),))
    write_record(shop.root / ".gateproof" / "ledger", case, subject)


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Handed:
    shop = pinned(tmp_path_factory.mktemp("supply"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(shop.key))
        return Handed(folder=shop.release().folder, signers=shop.signers)


def test_the_bill_and_the_notices_are_delivered_and_vouched_for(handed: Handed) -> None:
    outer = next(handed.folder.glob("*-delivery.zip"))
    with zipfile.ZipFile(outer) as packed:
        inside = set(packed.namelist())

    assert set(NAMES) <= {path.name for path in handed.folder.iterdir()} & inside
    assert verify(handed.folder, handed.signers, now=now()).answer is Answer.VERIFIED
    assert verify(outer, handed.signers, now=now()).answer is Answer.VERIFIED


def test_the_bill_beside_is_the_one_that_is_sealed(handed: Handed) -> None:
    with zipfile.ZipFile(
        next(path for path in handed.folder.glob("*.zip") if "-delivery" not in path.name)
    ) as packed:
        sealed = {
            name: packed.read(f"evidence/{name}")
            for name in ("sbom.cdx.json", "licences.md", "advisories.md", "pins.json")
        }

    assert sealed["sbom.cdx.json"] == (handed.folder / "sbom.cdx.json").read_bytes()
    assert [one["name"] for one in json.loads(sealed["sbom.cdx.json"])["components"]] == ["cart", "lost"]
    assert "the licence of 1 is unknown" in sealed["licences.md"].decode()
    pins = json.loads(sealed["pins.json"])
    assert (pins["since"], pins["unknown"], list(pins["locks"])) == (None, None, ["requirements/store.txt"])
    assert [(one["name"], one["change"], one["after"]) for one in pins["changes"]] == [
        (
            "cart",
            "added",
            [{"version": "1.0", "licence": "MIT", "advisories": ["PYSEC-1"], "asked": "2026-11-20"}],
        ),
        ("lost", "added", [{"version": "2", "licence": None, "advisories": None, "asked": None}]),
    ]
    advisories = sealed["advisories.md"].decode()
    assert (
        "| pkg:pypi/cart@1.0 | PYSEC-1 | CVE-2026-1 | nothing | until 2026-12-31: It is not \\| called |"
        in advisories
    )
    assert "which reaches to 2026-11-20T12:00:00Z" in advisories


@pytest.mark.parametrize("name", NAMES)
def test_a_document_that_was_changed_or_taken_away_is_refused(
    handed: Handed, tmp_path: Path, name: str
) -> None:
    folder = handed.copy(tmp_path)
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"MIT", b"ISC"))

    assert handed.codes(folder) == [("V045", name)]
    path.unlink()
    assert handed.codes(folder) == [("V044", name)]


def test_the_next_release_lists_what_changed_since_with_what_either_knew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = mended(tmp_path, monkeypatch)
    shop.prepare("0.3.0", "0.2.0")
    clean = {**SAID["scanner"], "result": []}
    audit(
        shop,
        {**SAID, "scanner": clean, AUDITED_FIELD: {"locks": ["requirements/store.txt"], "complete": True}},
    )

    folder = shop.release().folder

    with zipfile.ZipFile(folder / "shop.zip") as packed:
        pins = json.loads(packed.read("evidence/pins.json"))
    assert (pins["since"], pins["unknown"]) == ("v0.2-m2-ops", None)
    assert [(one["name"], one["change"], one["before"], one["after"]) for one in pins["changes"]] == [
        (
            "cart",
            "changed",
            [{"version": "1.0", "licence": "MIT", "advisories": ["PYSEC-1"], "asked": "2026-11-20"}],
            [{"version": "1.1", "licence": None, "advisories": [], "asked": "2026-11-20"}],
        ),
        ("lost", "removed", [{"version": "2", "licence": None, "advisories": None, "asked": None}], []),
    ]
    notes = (folder / "NOTES.md").read_text(encoding="utf-8")
    assert "1.0 (MIT; PYSEC-1) | 1.1 (licence unknown; no advisory known on 2026-11-20)" in notes
    assert verify(folder, shop.signers, now=now()).answer is Answer.VERIFIED


def test_a_rehearsal_after_a_release_lists_what_changed_since_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = mended(tmp_path, monkeypatch)

    rehearse(shop.root, load_settings(shop.root), Silent())

    with zipfile.ZipFile(shop.root / "dist" / "rehearsal" / "REHEARSAL-shop.zip") as packed:
        pins = json.loads(packed.read("evidence/pins.json"))
    assert pins["since"] == "v0.2-m2-ops"
    assert [(one["name"], one["change"]) for one in pins["changes"]] == [
        ("cart", "changed"),
        ("lost", "removed"),
    ]
