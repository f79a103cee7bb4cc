"""`gateproof parity` on a checkout: this repository's own CI, and one that leaves a gate out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateproof import cli
from gateproof.errors import UnknownError
from gateproof.release.checkout import checkout_bundle

ROOT = Path(__file__).parents[2]
WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: nox -s lint\n"
NOXFILE = '@gate()\ndef {}(session):\n    session.run("ruff", "check", ".")\n'


def test_our_own_ci_runs_every_gate_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    assert cli.main(["parity", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report["gates"]) >= 12
    assert all(gate["commands"] == gate["in_ci"] > 0 for gate in report["gates"])


def test_a_gate_that_ci_leaves_out_is_a_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "ci.yml").write_text(WORKFLOW, encoding="utf-8")
    (tmp_path / "noxfile.py").write_text(NOXFILE.format("lint") + NOXFILE.format("types"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert cli.main(["parity"]) == 1
    assert "J030  noxfile.py:6" in capsys.readouterr().out


def test_a_checkout_is_read_without_what_is_not_its_source(tmp_path: Path) -> None:
    for name in ("a/b.py", ".nox/x.py", ".git/HEAD", "node_modules/y.js"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")

    bundle = checkout_bundle(tmp_path)

    assert bundle.text("a/b.py") == "x"
    assert set(bundle.sizes) == {"a/b.py"}


def test_a_folder_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="could not be read"):
        checkout_bundle(tmp_path / "gone")
