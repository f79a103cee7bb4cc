"""A program is found where the child itself would find it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gateproof.record.child import find_program, start

EXECUTABLE = "tool.exe" if sys.platform == "win32" else "tool"


def tool_in(folder: Path, name: str = EXECUTABLE) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_the_childs_path_counts_and_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, ours = tool_in(tmp_path / "theirs"), tool_in(tmp_path / "ours")
    monkeypatch.setenv("PATH", str(tmp_path / "ours"))
    assert find_program(EXECUTABLE, tmp_path, {"PATH": str(tmp_path / "theirs")}) == theirs
    assert find_program(EXECUTABLE, tmp_path, {"Path": str(tmp_path / "theirs")}) == theirs
    assert find_program(ours, tmp_path, {}) == ours


def test_relative_names_and_folders_begin_at_the_childs_own_folder(tmp_path: Path) -> None:
    tool = tool_in(tmp_path / "bin")
    assert find_program(str(Path("bin") / EXECUTABLE), tmp_path, {}) == tool
    assert find_program(EXECUTABLE, tmp_path, {"PATH": "nowhere" + os.pathsep + "bin"}) == tool


def test_a_name_in_a_relative_folder_is_not_looked_for_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tool_in(tmp_path / "elsewhere")
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    with pytest.raises(FileNotFoundError):
        find_program(f"./{EXECUTABLE}", Path(), {"PATH": str(tmp_path / "elsewhere")})


@pytest.mark.parametrize("path", [{"PATH": ""}, {"PATH": "nowhere"}, {}])
def test_what_is_not_there_is_not_found(path: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such program"):
        find_program("no-such-tool", tmp_path, path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission")
def test_what_may_not_be_executed_is_not_found(tmp_path: Path) -> None:
    Path(tool_in(tmp_path)).chmod(0o644)
    with pytest.raises(FileNotFoundError, match="may not be executed"):
        find_program("./tool", tmp_path, {})


@pytest.mark.parametrize("argument", ["a&calc", "%PATH%", 'x" & y', "a\nb", "^"])
def test_a_batch_file_gets_no_argument_that_its_shell_would_run(argument: str, tmp_path: Path) -> None:
    batch = tool_in(tmp_path, "npm.cmd")
    with pytest.raises(ValueError, match="batch file"):
        start([batch, argument], tmp_path, {})
