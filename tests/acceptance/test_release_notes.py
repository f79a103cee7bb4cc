"""The notes that a release writes beside its ZIP, and what a buyer who had the last one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functional.releasing import VARIABLE, Shop, now
from gateproof import cli
from gateproof.errors import RefusedError
from gateproof.pack.verify import Answer, verify
from secretcorpus import planted

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Two releases: m2, and m3 with a commit that the changelog does not mention."""
    made = Shop.make(tmp_path_factory.mktemp("shop"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(made.key))
        made.release()
        made.project.write("requirements.txt", "django==5.2.1\n")
        made.project.write("shop/migrations/0001_initial.py", "")
        made.project.write("shop/settings.py", 'import os\nURL = os.environ["TILL_URL"]\n')
        made.project.commit("Ring quietly")
        made.prepare("0.3.0", "0.2.0")
        made.release()
    return made


def test_the_first_release_has_notes_and_they_are_vouched_for(shop: Shop) -> None:
    folder = shop.root / "dist" / "0.2.0"
    notes = (folder / "NOTES.md").read_text(encoding="utf-8")

    assert notes.startswith("# shop 0.2.0\n\nReleased 2026-11-24 as `v0.2-m2-ops`, milestone m2.\n")
    assert "- Version 0.2.0." in notes
    assert "This is the first release" in notes
    assert f"{(folder / 'shop.zip.sha256').read_text(encoding='ascii').split()[0]}  shop.zip" in notes
    assert verify(folder, signers=shop.signers, now=now()).answer is Answer.VERIFIED

    (folder / "NOTES.md").write_text(notes + "And more.\n", encoding="utf-8", newline="\n")
    assert verify(folder, signers=shop.signers, now=now()).answer is not Answer.VERIFIED
    (folder / "NOTES.md").write_text(notes, encoding="utf-8", newline="\n")


@pytest.mark.parametrize(
    "line",
    [
        "## Since v0.2-m2-ops",
        "| `django` | added |  | 5.2.1 (licence unknown; advisories not known) | requirements.txt |",
        "| `TILL_URL` | added |  |  | shop/settings.py |",
        "| `totals` | PASSED, 12 tests | the same |",
    ],
)
def test_the_second_one_says_what_it_brings(shop: Shop, line: str) -> None:
    folder = shop.root / "dist" / "0.3.0"
    notes, page = ((folder / name).read_text(encoding="utf-8") for name in ("NOTES.md", "tag-page.md"))

    assert line in notes.split("\n")
    assert line in page.split("\n")
    assert "- Ring quietly (" in notes
    assert "`shop/migrations/0001_initial.py` | added" in notes
    assert not page.startswith("# ")


def test_who_had_the_last_one_sees_the_same_in_the_zips_alone(
    shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    zips = []
    for version in ("0.2.0", "0.3.0"):
        zips.append(tmp_path / f"{version}.zip")
        zips[-1].write_bytes((shop.root / "dist" / version / "shop.zip").read_bytes())

    assert cli.main(["diff", *map(str, zips), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert [one["name"] for one in told["dependencies"]] == ["django"]
    assert [(one["name"], one["change"]) for one in told["gates"]] == [("totals", "same")]
    assert told["unknown"] == []


def test_a_secret_in_a_commits_subject_stops_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop.make(tmp_path)
    monkeypatch.setenv(VARIABLE, str(shop.key))
    token = planted(seed=11)["GitHub"]
    shop.project.write("notes.txt", "Something.\n")
    shop.project.commit(f"Ring with {token}")
    shop.prove()
    before = shop.state()

    with pytest.raises(RefusedError, match="The release notes hold a secret") as refused:
        shop.release()

    assert token not in str(refused.value)
    assert shop.state() == before
    assert not (shop.root / "dist" / "0.2.0").exists()
