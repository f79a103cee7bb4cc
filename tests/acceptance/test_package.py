"""The wheel alone, in an empty environment: nothing else of this repository, and a buyer verifies a delivery."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

from packs import make_pack, signers_file

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
HEAVY = "nox", "invoke", "rich", "virtualenv", "tomlkit", "bcrypt", "packaging"


def call(*command: str, cwd: Path) -> int:
    return subprocess.run(command, cwd=cwd, env=plain(), check=False, capture_output=True).returncode


def plain() -> dict[str, str]:
    """The caller's variables, without what would lead a child to this checkout."""
    ours = ("PYTHON", "NOX", "GATEPROOF")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=plain(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git tracks, and nothing beside it."""
    source, place = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if name.startswith(("src/", "pyproject", "README", "LICENSE")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(place), cwd=source)
    (made,) = place.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel and what it depends on; not one package of ours beside it."""
    place = tmp_path_factory.mktemp("empty") / "venv"
    uv = find_uv_bin()
    run(uv, "venv", "--quiet", "--python", sys.executable, str(place), cwd=place.parent)
    run(uv, "pip", "install", "--quiet", "--python", str(place), str(wheel), cwd=place.parent)
    return place


def test_it_holds_only_what_a_verifier_needs(environment: Path) -> None:
    python = str(environment / SCRIPTS / "python")
    code = f"import importlib.util as u; print(*[n for n in {HEAVY!r} if u.find_spec(n)])"

    assert run(python, "-c", code, cwd=environment).split() == []
    code = (
        "import gateproof, pathlib; print(pathlib.Path(gateproof.__file__).with_name('py.typed').is_file())"
    )
    assert run(python, "-c", code, cwd=environment).strip() == "True"


def test_a_buyer_verifies_a_delivery_with_it_and_sees_it_say_no(environment: Path, tmp_path: Path) -> None:
    gateproof = str(environment / SCRIPTS / "gateproof")
    pack = make_pack(tmp_path / "pack")
    path = pack.write(tmp_path / "delivery")
    question = (gateproof, "verify", str(path.parent), "--signers", str(signers_file(tmp_path, pack.signer)))
    assert call(*question, cwd=tmp_path) == 0

    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    assert call(*question, cwd=tmp_path) == 1
