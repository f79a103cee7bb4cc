"""What is true of every tool."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateproof.model import Ended, Ending, Outcome, Reading
from gateproof.record.readers import NotUnderstoodError, Reader, Requirement, decide
from gateproof.record.readers.contract import last_value, program
from unit.record.readers.builder import ended, reading, says

GOOD = reading(looked_at=3)
LEVEL = Requirement(options=("--fail-level",), values=("WARNING", "INFO"), why="it needs a level")
CHECK = Requirement(options=("--check", "-c"), why="it needs --check")


@pytest.mark.parametrize(
    ("ending", "signal", "reason"),
    [
        (Ending.SIGNALLED, "SIGKILL", "the command was ended by SIGKILL"),
        (Ending.SIGNALLED, None, "the command was ended by a signal"),
        (Ending.TIMED_OUT, None, "the command did not end within its time limit"),
        (Ending.INTERRUPTED, None, "the run was interrupted"),
        (Ending.NOT_STARTED, None, "tool could not be started"),
    ],
)
def test_a_command_that_did_not_end_by_itself_is_errored(
    tmp_path: Path, ending: Ending, signal: str | None, reason: str
) -> None:
    it = ended(tmp_path, ending=ending, signal=signal, exit_code=None)
    assert decide(says(GOOD), it) == Reading(outcome=Outcome.ERRORED, reason=reason)


def test_a_good_run_is_passed(tmp_path: Path) -> None:
    assert decide(says(GOOD), ended(tmp_path)) == GOOD


@pytest.mark.parametrize("exit_code", [1, 2, 130, 255, -9])
def test_an_exit_code_that_is_not_zero_is_never_a_pass(tmp_path: Path, exit_code: int) -> None:
    it = decide(says(GOOD), ended(tmp_path, exit_code=exit_code))
    assert it.outcome is Outcome.ERRORED
    assert f"exit code {exit_code}" in it.reason


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.VACUOUS, Outcome.SKIPPED, Outcome.ERRORED])
@pytest.mark.parametrize("exit_code", [0, 1])
def test_what_is_no_pass_stays_what_it_is(tmp_path: Path, outcome: Outcome, exit_code: int) -> None:
    bad = reading(outcome, looked_at=0)
    assert decide(says(bad), ended(tmp_path, exit_code=exit_code)) == bad


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotUnderstoodError("there is no sum"), "tool could not find out (exit code 0): there is no sum"),
        (ValueError(), "tool could not find out (exit code 0): ValueError"),
        (RecursionError("too deep"), "tool could not find out (exit code 0): too deep"),
    ],
)
def test_a_reader_that_breaks_could_not_find_out(tmp_path: Path, error: Exception, reason: str) -> None:
    def breaks(_: Ended) -> Reading:
        raise error

    assert decide(Reader(name="tool", read=breaks), ended(tmp_path)) == Reading(
        outcome=Outcome.ERRORED, reason=reason
    )


@pytest.mark.parametrize(
    ("looked_at", "at_least", "reason"),
    [
        (0, 1, "looked at no files"),
        (-1, 1, "looked at no files"),
        (0, 0, "looked at no files"),
        (3, 40, "looked at 3 files, at least 40 are required"),
    ],
)
def test_nothing_is_not_a_pass(tmp_path: Path, looked_at: int, at_least: int, reason: str) -> None:
    it = decide(says(reading(looked_at=looked_at), at_least=at_least), ended(tmp_path))
    assert (it.outcome, it.reason, it.looked_at) == (Outcome.VACUOUS, reason, looked_at)


@pytest.mark.parametrize(
    ("argv", "is_refused"),
    [
        ("tool .", False),
        ("tool --fix", True),
        ("tool --fix=all", True),
        ("tool --collect-only", True),
        ("tool --coll", True),
        ("tool --co=1", True),
        ("tool --c", True),
        ("tool --", False),
        ("tool --fixture", False),
        ("tool --no-fix", False),
        ("tool -- --fix", False),
        ("--fix .", False),
        ("tool -d", True),
        ("tool -dS", True),
        ("tool --d", False),
        ("tool -", True),
        ("tool -init-config", True),
        ("tool -init", False),
    ],
)
def test_an_option_that_makes_a_green_worthless_is_refused(
    tmp_path: Path, argv: str, is_refused: bool
) -> None:
    refuses = dict.fromkeys(("--fix", "--collect-only", "-d", "-", "-init-config"), "it proves nothing")
    it = decide(replace(says(GOOD), refuses=refuses), ended(tmp_path, argv=argv))
    assert (it.outcome is Outcome.VACUOUS) == is_refused
    assert it.reason.endswith("was given: it proves nothing") == is_refused


@pytest.mark.parametrize(
    ("argv", "need", "is_given"),
    [
        ("tool --check", CHECK, True),
        ("tool -c", CHECK, True),
        ("tool", CHECK, False),
        ("tool --che", CHECK, False),
        ("tool -- --check", CHECK, False),
        ("tool --fail-level WARNING", LEVEL, True),
        ("tool --fail-level=INFO", LEVEL, True),
        ("tool --fail-level", LEVEL, False),
        ("tool --fail-level ERROR", LEVEL, False),
        ("tool --fail-level WARNING --fail-level ERROR", LEVEL, False),
        ("tool --fail-level ERROR --fail-level=WARNING", LEVEL, True),
    ],
)
def test_an_option_without_which_a_green_is_worthless_is_required(
    tmp_path: Path, argv: str, need: Requirement, is_given: bool
) -> None:
    it = decide(replace(says(GOOD), requires=(need,)), ended(tmp_path, argv=argv))
    assert (it == GOOD) == is_given
    assert is_given or (it.outcome is Outcome.VACUOUS and it.reason == need.why)


@pytest.mark.parametrize("shell", ["sh", "/bin/bash", "C:\\Windows\\System32\\cmd.exe", "PowerShell.EXE"])
def test_a_shell_line_is_no_proof(tmp_path: Path, shell: str) -> None:
    it = decide(says(GOOD), ended(tmp_path, argv=f"{shell} -c true"))
    assert it.outcome is Outcome.VACUOUS
    assert "can swallow a failure" in it.reason


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ("tool .", "tool . -x FILES"),
        ("tool -- .", "tool -x FILES -- ."),
        ("tool", "tool -x FILES"),
    ],
)
def test_arguments_go_to_the_end_of_the_options(tmp_path: Path, argv: str, command: str) -> None:
    reader = Reader(name="tool", read=lambda _: GOOD, arguments=lambda files: ("-x", str(files)))
    assert reader.command(tuple(argv.split()), tmp_path) == tuple(
        command.replace("FILES", str(tmp_path)).split()
    )


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ("/opt/lint a.yml", "/opt/lint -v a.yml"),
        ("lint.exe a.yml", "lint.exe -v a.yml"),
        ("env lint a.yml", "env lint -v a.yml"),
        ("other a.yml", "other a.yml -v"),
    ],
)
def test_arguments_can_go_right_after_the_program(tmp_path: Path, argv: str, command: str) -> None:
    reader = Reader(name="lint", read=lambda _: GOOD, arguments=lambda _: ("-v",), after="lint")
    assert reader.command(tuple(argv.split()), tmp_path) == tuple(command.split())


def test_a_tool_that_shows_its_numbers_unasked_gets_no_arguments(tmp_path: Path) -> None:
    assert says(GOOD).command(("tool", "."), tmp_path) == ("tool", ".")


def test_the_folder_for_reports_is_absolute() -> None:
    reader = Reader(name="tool", read=lambda _: GOOD, arguments=lambda files: (str(files),))
    assert Path(reader.command(("tool",), Path("files"))[-1]).is_absolute()


def test_a_readers_variables_come_over_the_callers() -> None:
    reader = Reader(name="tool", read=lambda _: GOOD, environment={"A": "1", "B": None})
    assert reader.surround({"A": "2", "B": "2", "C": "2"}) == {"A": "1", "C": "2"}


def test_a_command_without_words_has_no_value_and_a_path_has_a_program() -> None:
    assert last_value((), "--fail-level") is None
    assert last_value(("check", "--fail-level"), "--fail-level") == ""
    assert last_value(("check", "--fail-level=a=b"), "--fail-level") == "a=b"
    assert program("C:\\Tools\\Ruff.EXE") == "ruff"


def test_a_command_without_a_word_could_not_be_started_either(tmp_path: Path) -> None:
    nothing = replace(ended(tmp_path, ending=Ending.NOT_STARTED, exit_code=None), argv=())
    assert decide(says(GOOD), nothing).reason == "the command could not be started"
