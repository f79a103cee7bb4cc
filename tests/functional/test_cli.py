"""`gateproof`: thin, quick to start, one sentence for bad input, and the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from functional.project import Project, checks
from gateproof import cli

RUN = ("run", "--name", "totals", "--reads", "run-checks", "--", sys.executable)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project.make(tmp_path / "shop", files={"bad.py": checks(issues=1), "none.py": checks(looked_at=0)})
    monkeypatch.chdir(made.root)
    return made


@pytest.mark.parametrize(("program", "code"), [("good.py", 0), ("bad.py", 1), ("none.py", 3), ("gone.py", 4)])
def test_run_ends_in_what_the_reader_understood(project: Project, program: str, code: int) -> None:
    assert cli.main([*RUN, program, "run_checks", "--fail-on-issues"]) == code

    (record,) = project.records()
    assert record.attempt.gate == "totals"
    assert record.attempt.is_clean


def test_run_can_ask_for_a_floor(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["run", "--at-least", "4", *RUN[1:], "good.py", "run_checks", "--fail-on-issues"]

    assert cli.main(command) == 3
    assert "looked at 3 rows, at least 4 are required" in capfd.readouterr().err


BAD_INPUT = [
    (
        ["run", "--name", "x", "--reads", "tea-leaves", "--", "true"],
        2,
        "There is no reader tea-leaves; the readers",
    ),
    (["run", "--name", "../x", "--reads", "pytest", "--", "true"], 2, "is no name for a record"),
    (["run", "--name", "x", "--reads", "pytest"], 2, "Missing argument"),
    (["verify", "gone.zip"], 2, "does not exist"),
    (["verify", "good.py"], 4, "good.py"),
    (["inspect", "good.py"], 4, "good.py"),
    (["inspect"], 2, "Missing argument"),
    (["dance"], 2, "No such command"),
]


@pytest.mark.parametrize(
    ("command", "code", "words"), BAD_INPUT, ids=[" ".join(row[0][:4]) for row in BAD_INPUT]
)
def test_bad_input_is_one_sentence(
    project: Project, capfd: pytest.CaptureFixture[str], command: list[str], code: int, words: str
) -> None:
    assert cli.main(command) == code

    said = capfd.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err


def test_run_outside_a_repository_could_not_find_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.gateproof]\nproduct = "shop"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert cli.main([*RUN, "-c", ""]) == 4
    assert "not a git repository" in capfd.readouterr().err


def test_inspect_lists_what_is_wrong_and_what_to_do(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shop.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("shop/.env", "A=1\n")

    assert cli.main(["inspect", str(path)]) == 1
    said = capfd.readouterr().out
    assert "shop/.env" in said
    assert "What to do:" in said

    assert cli.main(["inspect", "--json", str(path)]) == 1
    (told,) = json.loads(capfd.readouterr().out)
    assert told["clean"] is False
    assert "C001" in {finding["code"] for finding in told["findings"]}


def test_readers_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["readers"]) == 0
    assert "django-tests" in capfd.readouterr().out.split()


def test_a_bug_is_reported_as_one_with_versions(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def break_it(*_: object, **__: object) -> None:
        raise RuntimeError("an honest bug")

    monkeypatch.setattr("gateproof.record.single.record_command", break_it)

    assert cli.main([*RUN, "good.py"]) == 4
    said = capfd.readouterr().err
    assert "an honest bug" in said
    assert "this is a bug in gateproof" in said


def test_an_interruption_ends_in_130(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gateproof.record.single.record_command", interrupt)

    assert cli.main([*RUN, "good.py"]) == 130


def test_help_is_quick() -> None:
    code = (
        "import time, sys; a = time.process_time(); from gateproof.cli import main; main(['--help']); "
        "print(time.process_time() - a, file=sys.stderr)"
    )

    took = min(
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
            ).stderr
        )
        for _ in range(3)
    )

    assert took < 0.25


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["verify", "--help"]])
def test_help_needs_nothing_heavy(words: list[str]) -> None:
    heavy = {"nox", "invoke", "rich", "cattrs", "cryptography", "psutil"}
    asking = f"print(*{heavy!r} & sys.modules.keys(), file=sys.stderr)"
    code = f"import sys\nfrom gateproof.cli import main\nmain({words!r})\n{asking}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")

    assert done.stderr.split() == []
