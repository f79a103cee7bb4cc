"""`nox -s gates`: all run to their end, one table, and red whenever a gate did not show that it looked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from functional.project import Project, checks, gate
from gateproof.model import Outcome

pytestmark = pytest.mark.acceptance

BAD = {"bad.py": checks(issues=2)}


def outcomes(project: Project) -> dict[str, Outcome]:
    return {record.attempt.gate: record.attempt.outcome for record in project.records()}


@pytest.mark.parametrize("jobs", [(), ("-j", "2")], ids=["one at a time", "two at a time"])
def test_all_gates_green_end_in_one_table_and_exit_0(tmp_path: Path, jobs: tuple[str, ...]) -> None:
    project = Project.make(tmp_path / "shop", gate("check") + gate("totals"))

    done = project.nox("-s", "gates", *jobs)

    assert done.returncode == 0, done.stdout
    assert done.stdout.count("looked at") == 1
    assert "2 of 2 gates passed." in done.stdout
    assert outcomes(project) == {"check": Outcome.PASSED, "totals": Outcome.PASSED}


@pytest.mark.parametrize("jobs", [(), ("-j", "2")], ids=["one at a time", "two at a time"])
def test_the_others_run_to_their_end_when_one_fails(tmp_path: Path, jobs: tuple[str, ...]) -> None:
    project = Project.make(tmp_path / "shop", gate("first", "bad.py") + gate("second"), BAD)

    done = project.nox("-s", "gates", *jobs)

    assert done.returncode == 1
    assert outcomes(project) == {"first": Outcome.FAILED, "second": Outcome.PASSED}
    assert "1 of 2 gates passed." in done.stdout
    assert "first: FAILED" in done.stdout


def test_one_gate_alone_gets_a_table_of_one(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("check") + gate("totals"))

    done = project.nox("-s", "totals")

    assert done.returncode == 0, done.stdout
    assert "1 of 1 gates passed." in done.stdout
    assert [record.attempt.gate for record in project.records()] == ["totals"]


RED = [
    ("looked at nothing", gate("one", "none.py"), {"none.py": checks(looked_at=0)}, Outcome.VACUOUS),
    ("an empty body", '\n@gate()\ndef one(session):\n    "Nothing."\n', {}, Outcome.VACUOUS),
    (
        "a body that skips",
        '\n@gate()\ndef one(session):\n    "Skips."\n    session.skip("not today")\n',
        {},
        Outcome.SKIPPED,
    ),
    ("a body that breaks", '\n@gate()\ndef one(session):\n    "Breaks."\n    1 / 0\n', {}, Outcome.ERRORED),
    ("a missing program", gate("one", "gone.py"), {}, Outcome.ERRORED),
    (
        "only a supporting command",
        '\n@gate()\ndef one(session):\n    "Supports."\n    session.run("python", "-c", "", reads=exit_code())\n',
        {},
        Outcome.VACUOUS,
    ),
    (
        "a supporting command that fails",
        (
            '\n@gate()\ndef one(session):\n    "Fails."\n    session.run("python", "gone.py", reads=exit_code())\n'
            '    session.run("python", "good.py", "run_checks", "--fail-on-issues", reads=run_checks())\n'
        ),
        {},
        Outcome.FAILED,
    ),
    (
        "a gate that changes the source",
        (
            '\n@gate()\ndef one(session):\n    "Changes what it looks at."\n'
            '    session.run("python", "good.py", "run_checks", "--fail-on-issues", reads=run_checks())\n'
            '    open("good.py", "a").write("# fixed")\n'
        ),
        {},
        Outcome.ERRORED,
    ),
]


@pytest.mark.parametrize(("gates", "files", "outcome"), [row[1:] for row in RED], ids=[row[0] for row in RED])
def test_a_gate_that_proved_nothing_is_red(
    tmp_path: Path, gates: str, files: dict[str, str], outcome: Outcome
) -> None:
    project = Project.make(tmp_path / "shop", gates, files)

    done = project.nox("-s", "gates")

    assert done.returncode == 1, done.stdout
    assert outcomes(project) == {"one": outcome}
    assert f"{outcome}" in done.stdout
    assert "0 of 1 gates passed." in done.stdout


def test_no_gate_at_all_is_red(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop")

    done = project.nox("-s", "gates")

    assert done.returncode == 1
    assert "there is no gate" in done.stdout


@pytest.mark.parametrize("option", ["--install-only", "--no-error-on-missing-interpreters"])
def test_an_option_that_keeps_a_gate_from_running_does_not_make_it_green(tmp_path: Path, option: str) -> None:
    on_a_missing_python = gate("one").replace("@gate()", '@gate(lock="empty", python="2.4")')
    project = Project.make(tmp_path / "shop", on_a_missing_python, {"requirements/empty.txt": ""})

    for session in ("one", "gates"):
        done = project.nox("-s", session, option)

        assert done.returncode == 1, done.stdout
        assert "NOT STARTED" in done.stdout


def locked(name: str, program: str = "python") -> str:
    return gate(name).replace("@gate()", '@gate(lock="empty")').replace('"python"', f'"{program}"')


EMPTY = {"requirements/empty.txt": ""}


def test_a_tool_that_the_lock_does_not_hold_is_not_taken_from_the_machine(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", locked("one", "git"), EMPTY)

    done = project.nox("-s", "one")

    assert done.returncode == 1
    assert "ERRORED, git is not in the environment that its lock makes" in done.stdout
    assert outcomes(project) == {"one": Outcome.ERRORED}


@pytest.mark.parametrize("options", [(), ("--no-install",)], ids=["installing", "told not to install"])
def test_an_environment_that_nobody_vouches_for_is_made_anew(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    project = Project.make(tmp_path / "shop", locked("one"), EMPTY)
    assert project.nox("-s", "one").returncode == 0
    place = project.root / ".nox" / "one"
    stamp = place / "gateproof-lock.txt"
    (place / "left").touch()
    assert project.nox("-s", "one", *options).returncode == 0
    assert (place / "left").exists(), "an environment of this very lock is kept"

    stamp.unlink()
    assert project.nox("-s", "one", *options).returncode == 0

    assert not (place / "left").exists()
    assert stamp.exists()


def test_a_noxfile_that_speaks_cannot_end_green(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", "\nprint('hello')\n" + gate("one"))

    done = project.nox("-s", "one")

    assert done.returncode == 1
    assert "a noxfile must print nothing" in done.stdout
    assert outcomes(project) == {"one": Outcome.PASSED}


def test_a_damaged_ledger_cannot_end_green(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("one"))
    project.nox("-s", "one")
    (record,) = project.records()
    (record.folder / "statements.jsonl").write_text("{", encoding="utf-8")

    done = project.nox("-s", "one")

    assert done.returncode == 1
    assert "is not a record" in done.stdout


def test_two_sessions_of_one_name_are_refused(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("one") + gate("one"))

    done = project.nox("-s", "gates")

    assert done.returncode != 0
    assert "Two sessions are called one" in done.stdout
    assert project.records() == ()


def test_listing_runs_nothing_and_reads_as_the_manual(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("check"))

    done = project.nox("-l")

    assert done.returncode == 0
    assert "check [gate] -> Says check." in done.stdout
    assert "gates passed" not in done.stdout
    assert project.records() == ()


def test_an_untracked_file_lets_the_gate_pass_and_the_run_not_count(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("check"))
    project.write("left.log", "ignored by git, and there all the same")

    done = project.nox("-s", "gates")

    assert done.returncode == 0
    assert "do not count for a release: not in the commit: left.log" in done.stdout
    (record,) = project.records()
    assert not record.attempt.is_clean
    assert record.unclean == ("left.log",)


def test_a_changed_file_makes_another_source(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("check"))
    project.nox("-s", "check")
    project.write("good.py", checks(looked_at=5))
    project.nox("-s", "check")

    first, second = project.records()

    assert first.git_tree == project.git("rev-parse", "HEAD^{tree}")
    assert first.git_tree != second.git_tree
    assert (first.attempt.is_clean, second.attempt.is_clean) == (True, False)


def test_a_gate_does_not_see_variables_that_could_change_it(tmp_path: Path) -> None:
    spy = "import os, sys\nprint(sorted(os.environ), file=sys.stderr)\n" + checks()
    project = Project.make(tmp_path / "shop", gate("check", "spy.py"), {"spy.py": spy})

    project.nox("-s", "check", env={"PYTEST_ADDOPTS": "--co", "DJANGO_SETTINGS_MODULE": "shop.dev"})

    (record,) = project.records()
    log = (record.folder / "output.log").read_text(encoding="utf-8")
    assert "'PATH'" in log
    assert "PYTEST_ADDOPTS" not in log
    assert "DJANGO_SETTINGS_MODULE" not in log
    assert "GATEPROOF_CALL" not in log


def test_a_record_names_the_command_without_the_paths_of_this_machine(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", gate("check"))
    project.nox("-s", "check")

    (record,) = project.records()
    statements = (record.folder / "statements.jsonl").read_text(encoding="utf-8")

    assert '"command":["python","good.py","run_checks","--fail-on-issues",' in statements
    assert str(tmp_path) not in statements


def test_a_secret_in_the_environment_never_reaches_the_record(tmp_path: Path) -> None:
    leak = "import sys\nprint('the token is tok-7f3a9c1e5b', file=sys.stderr)\n" + checks()
    project = Project.make(tmp_path / "shop", gate("check", "leak.py"), {"leak.py": leak})

    done = project.nox("-s", "check", env={"SHOP_TOKEN": "tok-7f3a9c1e5b"})

    assert done.returncode == 0
    assert "tok-7f3a9c1e5b" not in done.stdout
    (record,) = project.records()
    kept = b"".join(path.read_bytes() for path in record.folder.rglob("*") if path.is_file())
    assert b"tok-7f3a9c1e5b" not in kept
    assert b"[redacted:SHOP_TOKEN]" in kept


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_gate_that_was_stopped_leaves_a_record_that_says_so_and_decides_nothing(
    tmp_path: Path, how: signal.Signals
) -> None:
    slow = "import time\nprint('here', flush=True)\ntime.sleep(60)\n"
    project = Project.make(tmp_path / "shop", gate("check", "slow.py"), {"slow.py": slow})
    command = [sys.executable, "-m", "nox", "-s", "gates"]
    child = subprocess.Popen(
        command, cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    wait_for(
        lambda: any("here" in log.read_text(encoding="utf-8") for log in project.root.rglob("output.log"))
    )

    child.send_signal(how)
    output = child.communicate(timeout=60)[0].decode()

    (record,) = project.records()
    assert not record.attempt.has_ended
    assert record.attempt.outcome is Outcome.ERRORED
    if how is signal.SIGINT:
        assert child.returncode in (1, 130)
        assert "interrupted" in record.attempt.reason
        assert "0 of 1 gates passed." in output
    else:
        assert "did not end" in record.attempt.reason


def wait_for(condition: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
