"""The verifier shares with the writer only the formats, and its findings are complete as data."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gateproof
from gateproof.pack.report_verification import REMEDIES
from gateproof.pack.verifier.codes import Code

PACKAGE = Path(gateproof.__file__).parent
VERIFIER = [PACKAGE / "pack" / "verify.py", *sorted((PACKAGE / "pack" / "verifier").glob("*.py"))]
SHARED = (
    "gateproof.model",
    "gateproof.errors",
    "gateproof.findings",
    "gateproof.evidence",
    "gateproof.pack.zipreader",
    "gateproof.pack.verifier",
)


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", VERIFIER, ids=lambda path: path.name)
def test_the_verifier_imports_nothing_of_the_writer(path: Path) -> None:
    own = {name for name in imported(path) if name.split(".")[0] == "gateproof"}
    assert {name for name in own if not name.startswith(SHARED)} == set()
    assert not imported(path) & {"subprocess", "socket", "urllib.request", "shutil"}


@pytest.mark.parametrize("name", ["statement", "attempts", "layout", "subject", "sums", "contents"])
def test_the_formats_touch_neither_disk_nor_clock(name: str) -> None:
    outside = {"os", "subprocess", "pathlib", "time", "shutil", "socket", "io"}
    found = imported(PACKAGE / "evidence" / f"{name}.py")
    assert not {item for item in found if item.split(".")[0] in outside}


def test_verifying_loads_neither_a_terminal_library_nor_a_network() -> None:
    code = (
        "import sys, gateproof.pack.verify, gateproof.pack.report_verification\n"
        "print(*(set(sys.modules) & {'rich', 'click', 'http.client', 'ssl', 'subprocess', 'cattrs',"
        " 'gateproof.pack.seal', 'gateproof.pack.report', 'gateproof.git'}))"
    )
    argv = [sys.executable, "-c", code]
    done = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout.strip() == ""


def test_every_code_is_its_own_and_says_what_to_do() -> None:
    codes = [code.code for code in Code]
    assert codes == sorted(set(codes))
    for code in Code:
        assert code.sentence.endswith(".")
        assert code.remedy.endswith((".", '"'))
        assert REMEDIES[code.code] == code.remedy
    assert REMEDIES["Z001"]


def test_a_finding_is_safe_to_print() -> None:
    finding = Code.CHANGED.at("a\x1b[31mb", "It\nis.")
    assert finding.path == "a\\x1b[31mb"
    assert finding.sentence == "The file is not the one that SHA256SUMS names. It\\nis."
