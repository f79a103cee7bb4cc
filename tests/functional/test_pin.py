"""`invoke pin` with the real resolvers, against a folder of wheels instead of an index."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from gateproof.config import Pins
from gateproof.errors import NothingRanError, RefusedError, UnknownError, UsageError
from gateproof.release.pinning.changes import State
from gateproof.release.pinning.checking import check_pins
from gateproof.release.pinning.engines import Order, compile_lock
from gateproof.release.pinning.pinning import Asked, Pinned, pin, policy_of, read_texts
from gateproof.release.progress import Silent
from gateproof.release.supply.asking import ask
from gateproof.release.supply.licences import load
from gateproof.release.supply.locks import Pin
from supply import advisory, dump

TODAY = date(2026, 11, 24)
ENGINES = ("pip-tools", "uv")
PIN = Pin(name="gpcart", version="1.0")


def wheel(folder: Path, name: str, version: str, *needs: str, licence: str = "", text: str = "") -> None:
    """A package of one empty module."""
    info = f"{name}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{licence}{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if text:
        files[f"{info}/licenses/LICENSE"] = text
    record = [f"{path},sha256={_digest(content)},{len(content)}\n" for path, content in files.items()]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as packed:
        for path, content in (files | {f"{info}/RECORD": "".join(record) + f"{info}/RECORD,,\n"}).items():
            packed.writestr(zipfile.ZipInfo(path, date_time=(2020, 1, 1, 0, 0, 0)), content)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that packages come from."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for tool in ("PIP", "UV"):
        for name in [name for name in os.environ if name.startswith(f"{tool}_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
        monkeypatch.setenv(f"{tool}_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_OFFLINE", "1")
    wheel(folder, "gpshop", "1.0", "gpcart>=1")
    wheel(folder, "gpcart", "1.0")
    return folder


def project(tmp_path: Path, **inputs: str) -> Path:
    root = tmp_path / "project"
    (root / "requirements").mkdir(parents=True)
    for name, text in inputs.items():
        (root / "requirements" / f"{name}.in").write_text(text, encoding="utf-8")
    return root


def run(root: Path, engine: str = "uv", asked: Asked | None = None, *, universal: bool = False) -> Pinned:
    configured = Pins(engine=engine, pythons=("3.11", "3.13"), universal=universal)
    return pin(root, configured, asked or Asked(), today=TODAY, bar=Silent())


def lock(root: Path, name: str = "web") -> str:
    return (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lock_is_made_that_the_gate_takes(engine: str, wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop\n", dev="-c web.txt\n-r web.in\n")

    pinned = run(root, engine)

    assert pinned.made == ("requirements/web.txt", "requirements/dev.txt")
    assert pinned.shown == 2 * 3 * 2
    assert "gpcart==1.0" in lock(root)
    assert str(tmp_path) not in lock(root) + lock(root, "dev")
    settings = Pins(pythons=("3.11", "3.13"))
    checked = check_pins(read_texts(root, settings), policy_of(settings), today=TODAY)
    assert (checked.findings, checked.pins) == ((), 4)
    assert sorted(path.name for path in (root / "requirements").iterdir()) == [
        "dev.in",
        "dev.txt",
        "licence-texts.json.gz",
        "licences.json",
        "web.in",
        "web.txt",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_only_what_is_due_is_made_again(engine: str, wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop\n", lint="gpcart\n")
    run(root, engine)
    wheel(wheels, "gpcart", "2.0")

    again = run(root, engine)
    (root / "requirements" / "web.in").write_text("gpshop\n# still\n", encoding="utf-8")
    changed = run(root, engine)

    assert (again.made, again.kept) == ((), ("requirements/lint.txt", "requirements/web.txt"))
    assert (changed.made, changed.changes) == (("requirements/web.txt",), ())
    assert "gpcart==1.0" in lock(root)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_may_move_moves(engine: str, wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop\n")
    run(root, engine)
    wheel(wheels, "gpcart", "2.0")
    wheel(wheels, "gpshop", "2.0", "gpcart>=1")

    one = run(root, engine, Asked(packages=("GPcart",)))
    all_of_it = run(root, engine, Asked(everything=True))

    assert [(change.name, change.after) for change in one.changes] == [("gpcart", "2.0")]
    assert [(change.name, change.after) for change in all_of_it.changes] == [("gpshop", "2.0")]


def test_a_lock_that_lacks_what_another_system_needs_is_refused_and_nothing_changes(
    wheels: Path, tmp_path: Path
) -> None:
    wheel(wheels, "gpzones", "1.0")
    wheel(wheels, "gpshop", "2.0", 'gpzones; sys_platform == "win32"')
    root = project(tmp_path, lint="gpcart\n", web="gpshop\n")

    with pytest.raises(RefusedError, match=r"web.txt on windows under Python 3.11.*gpzones"):
        run(root)

    assert [path.name for path in (root / "requirements").iterdir() if path.suffix != ".in"] == []
    (root / "requirements" / "web.in").write_text("gpshop\ngpzones\n", encoding="utf-8")
    assert run(root).shown == 2 * 3 * 2


def test_a_universal_lock_holds_markers_instead(wheels: Path, tmp_path: Path) -> None:
    wheel(wheels, "gpzones", "1.0")
    wheel(wheels, "gpshop", "2.0", 'gpzones; sys_platform == "win32"')
    root = project(tmp_path, web="gpshop\n")

    run(root, universal=True)

    assert "gpzones==1.0 ; sys_platform == 'win32'" in lock(root)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_cannot_be_resolved_could_not_be_found_out(engine: str, wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop>=7\n")

    with pytest.raises(UnknownError, match=r"requirements/web.in could not be compiled by .*gpshop"):
        run(root, engine)

    assert not (root / "requirements" / "web.txt").exists()


@pytest.mark.parametrize(
    ("inputs", "asked", "refused", "why"),
    [
        ({}, Asked(), NothingRanError, "no .in file"),
        ({"web": "-e .\n"}, Asked(), UsageError, "not understood"),
        ({"web": "gpshop\n"}, Asked(engine="conda"), UsageError, "no engine conda"),
        ({"web": "gpshop\n"}, Asked(packages=("flask",)), UsageError, "No lock pins flask"),
    ],
)
def test_it_refuses(
    inputs: dict[str, str], asked: Asked, refused: type[Exception], why: str, tmp_path: Path
) -> None:
    with pytest.raises(refused, match=why):
        pin(project(tmp_path, **inputs), Pins(), asked, today=TODAY, bar=Silent())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="could not be read"):
        read_texts(tmp_path, Pins())


def test_an_engine_gets_what_was_asked(wheels: Path, tmp_path: Path) -> None:
    for engine in ENGINES:
        with pytest.raises(UnknownError, match="could not be compiled"):
            compile_lock(engine, Order(source="gone.in", lock="gone.txt", python="3.11"), tmp_path)


def licences_of(root: Path) -> dict[str, str]:
    record = load(root, "requirements")
    assert record is not None
    return {f"{one.name} {one.version}": one.licence for one in record.packages}


def test_the_licence_of_every_pin_is_recorded_from_the_package_itself(wheels: Path, tmp_path: Path) -> None:
    wheel(wheels, "gptool", "1.0", licence="License-Expression: ISC\n", text="ISC License\r\n")
    root = project(tmp_path, web="gpshop\n", dev="gptool\n")

    first = run(root)
    before = (root / "requirements" / "licences.json").read_bytes()
    again = run(root)

    assert licences_of(root) == {"gpcart 1.0": "", "gpshop 1.0": "", "gptool 1.0": "ISC"}
    assert (first.looked_into, again.looked_into, first.unread) == (3, 0, ())
    assert (root / "requirements" / "licences.json").read_bytes() == before
    record = load(root, "requirements")
    assert record is not None
    assert list(record.texts.values()) == ["ISC License"]


def test_what_is_pinned_no_more_has_no_licence_and_what_is_new_is_read(wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop\n")
    run(root)
    wheel(wheels, "gpcart", "2.0", licence="License: MIT\n")

    moved = run(root, asked=Asked(packages=("gpcart",)))
    (root / "requirements" / "licences.json").write_text("{}", encoding="utf-8")
    healed = run(root)

    assert licences_of(root) == {"gpcart 2.0": "MIT", "gpshop 1.0": ""}
    assert (moved.looked_into, healed.looked_into, healed.made) == (1, 2, ())
    assert moved.changes[0].was == (State(version="1.0"),)
    assert moved.changes[0].now == (State(version="2.0", licence="MIT"),)


def test_texts_that_were_lost_are_read_from_the_packages_again(wheels: Path, tmp_path: Path) -> None:
    wheel(wheels, "gptool", "1.0", licence="License: ISC\n", text="ISC License\n")
    root = project(tmp_path, web="gptool\n")
    run(root)
    texts = root / "requirements" / "licence-texts.json.gz"
    before = texts.read_bytes()
    texts.unlink()

    healed = run(root)

    assert (healed.looked_into, healed.made) == (1, ())
    assert texts.read_bytes() == before


def test_a_package_that_cannot_be_looked_into_is_told(wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop\n")
    run(root)
    (root / "requirements" / "licences.json").unlink()
    for path in (*wheels.glob("gpcart*"), tmp_path / "cache"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    pinned = run(root)

    assert licences_of(root) == {"gpshop 1.0": ""}
    assert "gpcart==1.0: " in pinned.unread[0]
    assert any("licence not read: gpcart==1.0" in line for line in pinned.lines())


def test_what_is_known_against_a_changed_pin_is_said(wheels: Path, tmp_path: Path) -> None:
    root = project(tmp_path, web="gpshop\n")
    known = dump(tmp_path / "all.zip", advisory("gpcart", versions=["1.0"], modified="2026-11-20T12:00:00Z"))
    run(root)
    wheel(wheels, "gpcart", "2.0")
    configured = Pins(engine="uv", pythons=("3.11",))

    asks = functools.partial(ask, service="pypi", dump=known)
    pinned = pin(root, configured, Asked(everything=True), today=TODAY, bar=Silent(), ask=asks)

    (change,) = pinned.changes
    assert (change.was[0].advisories, change.now[0].advisories) == (("PYSEC-1",), ())
    assert pinned.advisories == "all.zip, newest advisory of 2026-11-20"
    assert pinned.as_mapping()["changes"][0]["was"][0]["advisories"] == ["PYSEC-1"]


def test_a_question_that_fails_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"no dump")

    answers = ask([PIN], service="pypi", dump=tmp_path / "all.zip")

    assert answers.about("gpcart", "1.0") is None
    assert "could not be read" in answers.why_not or "not a dump" in answers.why_not
