"""What a release says of its supply chain: made with it, sealed with it, and refused where it was changed."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from functional.releasing import VARIABLE, Shop, now
from gateproof.evidence.statement import VULNERABILITIES
from gateproof.evidence.subject import subject_of
from gateproof.model import Outcome
from gateproof.pack.verify import Answer, verify
from gateproof.record.source import source_files
from gateproof.release.supply.licences import Licences, licensed, write, write_texts
from gateproof.release.supply.spdx import Declared
from packs import Case, write_record
from supply import lock_text

pytestmark = pytest.mark.acceptance

CART, TEXTS = licensed("cart", "1.0", Declared(expression="MIT"), [("LICENSE", "Be kind.")])
SAID = {
    "scanner": {
        "uri": "pkg:pypi/pip-audit@2.10.1",
        "version": "2.10.1",
        "db": {"uri": "all.zip", "version": "ab", "lastUpdate": "2026-11-20T12:00:00Z"},
        "result": [
            {
                "id": "PYSEC-1",
                "severity": [],
                "annotations": [
                    {
                        "package": "pkg:pypi/cart@1.0",
                        "aliases": ["CVE-2026-1"],
                        "fixed": [],
                        "ignored": {"reason": "It is not | called.", "until": "2026-12-31"},
                    }
                ],
            }
        ],
    },
    "metadata": {"scanStartedOn": "2026-11-24T12:00:00Z", "scanFinishedOn": "2026-11-24T12:00:01Z"},
}
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


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Handed:
    folder = tmp_path_factory.mktemp("supply")
    shop = Shop.make(folder)
    shop.project.write("requirements/store.in", "cart\n")
    shop.project.write("requirements/store.txt", lock_text("cart==1.0", "lost==2"))
    record = Licences(packages=(CART,), texts=TEXTS)
    shop.project.write("requirements/licences.json", write(record))
    (shop.project.root / "requirements" / "licence-texts.json.gz").write_bytes(write_texts(record))
    shop.project.commit("Pin")
    shop.prove()
    subject = subject_of(source_files(shop.root, shop.project.git("rev-parse", "HEAD")))
    audit = Case(gate="totals", minutes=9, outcome=Outcome.PASSED, predicates=((VULNERABILITIES, SAID),))
    write_record(shop.root / ".gateproof" / "ledger", audit, subject)
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
