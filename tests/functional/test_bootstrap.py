"""scripts/bootstrap.py: one command makes a fresh machine ready, and costs next to nothing when it is."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, in a project of its own, with a pip that only notes what it was asked."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "requirements").mkdir()
    copy = tmp_path / "scripts" / "bootstrap.py"
    copy.write_bytes(SCRIPT.read_bytes())
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "requirements" / "suite.txt").write_text("nox==1\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("bootstrap", copy)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "asked", [], raising=False)
    monkeypatch.setattr(module, "pip", lambda *arguments: module.asked.append(arguments))
    monkeypatch.setattr(module.venv, "EnvBuilder", Environment)
    monkeypatch.setattr(module, "run", lambda command: module.asked.append(tuple(command)) or 0)
    return module


class Environment:
    """Makes an environment that consists of an interpreter's place."""

    def __init__(self, **_: object) -> None: ...

    def create(self, folder: Path) -> None:
        for name in ("bin/python", "Scripts/python.exe"):
            (folder / name).parent.mkdir(parents=True)
            (folder / name).touch()


def test_the_first_call_installs_with_hashes_and_then_runs(bootstrap: ModuleType) -> None:
    assert bootstrap.main(["nox", "-l"]) == 0

    lock, project, command = bootstrap.asked
    assert lock[:2] == ("--require-hashes", "--requirement")
    assert "--no-deps" in project
    assert command == ("nox", "-l")


def test_the_second_call_only_runs(bootstrap: ModuleType) -> None:
    bootstrap.main(["nox", "-l"])
    bootstrap.asked.clear()

    bootstrap.main(["invoke", "-l"])

    assert bootstrap.asked == [("invoke", "-l")]


@pytest.mark.parametrize("changed", ["requirements/suite.txt", "pyproject.toml", "scripts/bootstrap.py"])
def test_a_change_of_what_it_was_made_from_makes_it_anew(bootstrap: ModuleType, changed: str) -> None:
    bootstrap.main(["nox", "-l"])
    bootstrap.asked.clear()
    with (bootstrap.ROOT / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    bootstrap.main(["nox", "-l"])

    assert len(bootstrap.asked) == 3


def test_an_environment_that_was_half_made_is_made_anew(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: str) -> None:
        raise subprocess.CalledProcessError(1, ["pip"])

    monkeypatch.setattr(bootstrap, "pip", fail)
    assert bootstrap.main(["nox", "-l"]) == 4
    assert not bootstrap.BUSY.exists()
    monkeypatch.setattr(bootstrap, "pip", lambda *arguments: bootstrap.asked.append(arguments))

    assert bootstrap.main(["nox", "-l"]) == 0
    assert len(bootstrap.asked) == 3


def test_a_failed_installation_is_one_sentence_and_could_not_find_out(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: str) -> None:
        raise subprocess.CalledProcessError(1, ["pip"])

    monkeypatch.setattr(bootstrap, "pip", fail)

    assert bootstrap.main(["nox", "-l"]) == 4
    assert "could not be installed" in capsys.readouterr().err.splitlines()[-1]


def test_a_second_bootstrap_at_the_same_time_is_told(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.BUSY.touch()

    assert bootstrap.main(["nox", "-l"]) == 4
    assert "another bootstrap is at work" in capsys.readouterr().err
    assert bootstrap.BUSY.exists()


def test_a_missing_lock_is_one_sentence(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.LOCK.unlink()

    assert bootstrap.main(["nox", "-l"]) == 4
    assert "suite.txt" in capsys.readouterr().err


def test_no_command_is_a_usage_error(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main([]) == 2
    assert "no command was given" in capsys.readouterr().err
    assert bootstrap.asked == []


def test_an_old_python_is_told_what_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 1))

    assert bootstrap.main(["nox", "-l"]) == 2
    assert "3.11 or newer" in capsys.readouterr().err


def test_a_program_that_is_nowhere_is_a_usage_error() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import runpy; m = runpy.run_path({str(SCRIPT)!r}); print(m['run'](['no-such-tool']))",
        ],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    assert done.stdout.strip() == "2"
    assert "no-such-tool is neither in .venv nor on PATH" in done.stderr


@pytest.mark.parametrize(
    ("set_by_the_caller", "switched_off", "where"),
    [
        ({"PYTHONDONTWRITEBYTECODE": "1"}, "False", ".gateproof"),
        ({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/a/b"}, "True", "/a/b"),
    ],
)
def test_bytecode_goes_to_a_folder_of_its_own_unless_the_caller_has_one(
    set_by_the_caller: dict[str, str], switched_off: str, where: str
) -> None:
    asks = [
        sys.executable,
        "-c",
        "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix, sep=chr(10))",
    ]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}

    done = subprocess.run(
        [sys.executable, "-c", f"import runpy; runpy.run_path({str(SCRIPT)!r})['run']({asks!r})"],
        env=inherited | set_by_the_caller,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    said, folder = done.stdout.splitlines()
    assert said == switched_off
    assert where in folder


def test_it_needs_the_standard_library_only() -> None:
    code = f"import runpy, sys; runpy.run_path({str(SCRIPT)!r}); print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, check=True, encoding="utf-8"
    )

    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) <= {"__main__"}
