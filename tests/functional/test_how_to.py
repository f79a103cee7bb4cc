"""The how-to guides are true: a buyer's commands run as written, every guide is linked, every reader named exists."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from gateproof.record.readers import READERS
from packs import make_pack, signers_file

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))


def buyers_commands() -> list[str]:
    """The indented lines of the buyer's page up to where gateproof itself is used."""
    text = (
        (ROOT / "docs" / "how-to" / "verify.md").read_text(encoding="utf-8").partition("## With gateproof")[0]
    )
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def buyer(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "set -e\n" + "\n".join(buyers_commands()).replace("release@shop.example", "release@example.org")
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, check=False, encoding="utf-8"
    )


@pytest.mark.skipif(os.name == "nt", reason="a buyer on Windows has Git Bash; the tests need not")
def test_a_buyer_without_python_gets_by_and_sees_a_change(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    place = pack.write(tmp_path / "delivery").parent
    signers_file(tmp_path, pack.signer).rename(place / "allowed_signers")

    done = buyer(place)

    assert len(buyers_commands()) == 4
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'Good "gateproof" signature' in done.stdout
    (place / "shop" / "manage.py").write_text("changed", encoding="utf-8")
    command = buyers_commands()[-1]
    assert (
        subprocess.run(command.split(), cwd=place / "shop", capture_output=True, check=False).returncode == 1
    )


def test_every_guide_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert len(GUIDES) >= 7
    assert [guide.name for guide in GUIDES if f"(docs/how-to/{guide.name})" not in readme] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_readers_that_a_guide_names_exist(guide: Path) -> None:
    named = set(re.findall(r"--reads ([a-z-]+)", guide.read_text(encoding="utf-8")))

    assert named <= READERS.keys() | {"takes"}
