"""The audit as it is run: pip-audit itself asks our own endpoint for every pin."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateproof import cli
from gateproof.config import Settings
from gateproof.record.recorder import passed_on
from gateproof.release.supply.osv import load_advisories
from gateproof.release.supply.osv_server import serve
from supply import advisory, dump, lock_text

TODAY = datetime.now(UTC)
YESTERDAY = f"{TODAY - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
MENDED = [{"introduced": "0"}, {"fixed": "5.2"}]
OTHER = advisory("other", events=MENDED, modified=YESTERDAY)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GATEPROOF_ADVISORIES", "GATEPROOF_ADVISORIES_OVERRIDE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.gateproof]\nproduct = "shop"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lock(project: Path, *pins: str, name: str = "store", **changes: Any) -> None:
    text = lock_text(*pins, **{"resolved": (TODAY - timedelta(days=9)).date(), **changes})
    (project / "requirements" / f"{name}.txt").write_text(text, encoding="utf-8")


def audit(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["audit", "--json", "--advisories", "all.zip", *options])
    said = capsys.readouterr().out
    return code, json.loads(said) if said else {}


def test_every_pin_of_every_lock_is_asked_about(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock(project, "shop-kit==5.2", 'pywin32==311 ; sys_platform == "never"')
    lock(project, "shop-kit==5.2.0", "left==1", name="dev")
    dump(project / "all.zip", advisory(events=MENDED, modified=YESTERDAY), OTHER)
    code, said = audit(capsys, "--report", "own.json")

    assert (code, said["outcome"], said["pinned"], said["audited"]) == (0, "PASSED", 3, 3)
    assert said["advisories"]["updated"] == YESTERDAY
    assert "pywin32" in (project / "own.json").read_text(encoding="utf-8")


def test_a_vulnerable_pin_of_any_lock_is_a_no(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock(project, "left==1")
    # The advisory's list says 5.1, the lock 5.1.0; the package is called otherwise in both.
    lock(project, "shop.kit==5.1.0", name="dev")
    about = advisory("Shop_Kit", versions=["5.1"], aliases=["CVE-2026-1"], modified=YESTERDAY)
    dump(project / "all.zip", about, OTHER)
    code, said = audit(capsys)

    assert (code, said["outcome"]) == (1, "FAILED")
    assert said["failed"] == ["shop-kit==5.1.0 has PYSEC-1 (no version mends it)"]
    assert said["vulnerabilities"][0]["aliases"] == ["CVE-2026-1"]


def test_old_advisories_are_unknown_or_waived(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock(project, "left==1")
    dump(project / "all.zip", advisory(events=MENDED, modified="2024-10-10T17:22:00Z"))

    assert audit(capsys)[0] == 4
    code, said = audit(capsys, "--override", "No network here.")
    assert (code, said["outcome"]) == (0, "WAIVED")
    assert all("No network here" in sentence for sentence in said["waived"])
    assert audit(capsys, "--override", " ") == (2, {})


def test_the_settings_may_hold_the_reason(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock(project, "left==1")
    dump(project / "all.zip", advisory(events=MENDED, modified="2024-10-10T17:22:00Z"))
    with (project / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('[tool.gateproof.audit]\noverride = "Ada knows."\n')

    code, said = audit(capsys)
    assert (code, said["outcome"]) == (0, "WAIVED")


def test_the_environment_names_the_dump(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(project, "left==1")
    monkeypatch.setenv("GATEPROOF_ADVISORIES", str(dump(project / "all.zip", OTHER)))

    assert cli.main(["audit"]) == 0
    assert "PASSED: 1 pins of 1 locks" in capsys.readouterr().out


def test_no_gate_sees_the_variables_unless_the_noxfile_hands_them_over() -> None:
    settings = Settings(product="shop")

    assert passed_on({"GATEPROOF_ADVISORIES": "a", "GATEPROOF_ADVISORIES_OVERRIDE": "b"}, settings) == {}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"no zip"),
        dump,
        lambda path: dump(path, {"id": "PYSEC-1"}),
        lambda path: dump(path, {"no": "id"}),
        lambda path: dump(path, advisory(modified="yesterday")),
    ],
    ids=["no zip", "empty", "no field", "no id", "no time"],
)
def test_a_dump_that_cannot_be_read_is_unknown(
    project: Path, capsys: pytest.CaptureFixture[str], spoil: Any
) -> None:
    lock(project, "left==1")
    spoil(project / "all.zip")

    assert audit(capsys)[0] == 4


def test_a_version_that_cannot_be_ordered_is_unknown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock(project, "left===2004d-old")
    dump(project / "all.zip", OTHER)

    assert audit(capsys)[0] == 4


def test_a_lock_that_pins_nothing_is_unknown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock(project, "left==1")
    lock(project, name="empty")
    dump(project / "all.zip", OTHER)

    assert audit(capsys)[0] == 4


def test_no_lock_at_all_is_no_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump(project / "all.zip", OTHER)

    assert audit(capsys)[0] == 3


def asked(url: str, question: object) -> tuple[int, Any]:
    body = question if isinstance(question, bytes) else json.dumps(question).encode()
    request = urllib.request.Request(url, data=body, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def question(name: str = "shop-kit", version: str = "5.1", ecosystem: str = "PyPI") -> dict[str, Any]:
    return {"package": {"name": name, "ecosystem": ecosystem}, "version": version}


def test_the_endpoint_answers_as_osv_does(tmp_path: Path) -> None:
    known = load_advisories(dump(tmp_path / "all.zip", advisory("Shop_Kit", events=MENDED), OTHER))
    with serve(known) as endpoint:
        assert asked(endpoint.url, question(version="5.2")) == (200, {})
        status, found = asked(endpoint.url, question())

    assert status == 200
    assert found["vulns"][0]["affected"][0]["package"]["name"] == "shop-kit"
    assert endpoint.asked == {("shop-kit", "5.1"), ("shop-kit", "5.2")}
    assert endpoint.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "wrong",
    [
        b"no json",
        b"{}",
        [],
        question(ecosystem="npm"),
        question(version="2004d-old"),
        {"package": {"name": 1, "ecosystem": "PyPI"}, "version": "1"},
        b" " * 70_000,
    ],
)
def test_the_endpoint_refuses_what_it_does_not_know(tmp_path: Path, wrong: object) -> None:
    with serve(load_advisories(dump(tmp_path / "all.zip", OTHER))) as endpoint:
        status, _ = asked(endpoint.url, wrong)

    assert status == 400
    assert endpoint.asked == set()
    assert endpoint.refused
