"""The recorder and the ledger: a record says what happened, also when it is killed, and a hole in it is seen."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from functional.project import Project, checks
from gateproof.config import Settings
from gateproof.errors import UnknownError
from gateproof.model import Outcome
from gateproof.record import ledger
from gateproof.record.readers import Reader, exit_code, run_checks
from gateproof.record.recorder import Recorder, leg_of, passed_on

SHOP = Settings(product="shop")
GOOD = ("good.py", "run_checks", "--fail-on-issues")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.make(tmp_path / "shop", files={"bad.py": checks(issues=1)})


def recorder(project: Project, settings: Settings = SHOP) -> Recorder:
    return Recorder.begin(project.root, settings=settings, name="check", leg="py3.11-linux", call="c1")


def run(recording: Recorder, *argv: str, reader: Reader | None = None) -> None:
    recording.run(
        ("python", *argv), program=sys.executable, reader=reader or run_checks(), cwd=Path(), env={}
    )


def test_a_record_tells_its_commands_and_then_its_result(project: Project) -> None:
    with recorder(project) as recording:
        run(recording, "-c", "pass", reader=exit_code())
        run(recording, *GOOD)

    lines = list(ledger.statement_lines(recording.folder))
    kinds = [json.loads(line)["predicateType"].rsplit("/", 2)[-2] for line in lines]
    assert kinds == ["link", "link", "test-result"]
    (record,) = ledger.records(project.root)
    assert record.is_green
    assert (record.attempt.looked_at, record.attempt.unit) == (3, "rows")


def test_captures_lie_with_the_digest_that_the_statement_gives(project: Project) -> None:
    with recorder(project) as recording:
        run(recording, *GOOD)

    link = json.loads(next(ledger.statement_lines(recording.folder)))
    captures = link["predicate"]["gateproof_run"]["captures"]
    stdout = recording.folder / "commands" / "1" / "stdout"
    assert captures["stdout"]["size"] == stdout.stat().st_size > 0
    assert "totals" in (recording.folder / "output.log").read_text(encoding="utf-8")


def test_until_it_ends_it_says_that_it_did_not(project: Project) -> None:
    recording = recorder(project)

    record = ledger.read_record(recording.folder)

    assert not record.attempt.has_ended
    assert record.attempt.outcome is Outcome.ERRORED
    assert record.attempt.reason == "started, did not end."


def test_attempts_are_counted_and_all_stay(project: Project) -> None:
    for program in ("bad.py", "good.py"):
        with recorder(project) as recording:
            run(recording, program, *GOOD[1:])

    outcomes = [record.attempt.outcome for record in ledger.records(project.root)]
    assert outcomes == [Outcome.FAILED, Outcome.PASSED]
    last = json.loads(list(ledger.statement_lines(recording.folder))[-1])
    assert last["predicate"]["gateproof_run"]["attempt"] == 2


def test_the_worst_command_decides(project: Project) -> None:
    with recorder(project) as recording:
        run(recording, *GOOD)
        run(recording, "bad.py", *GOOD[1:])
        run(recording, *GOOD)

    assert recording.reading.outcome is Outcome.FAILED


def test_a_command_over_its_time_limit_errs(project: Project) -> None:
    with recorder(project, Settings(product="shop", time_limit=0.3)) as recording:
        run(recording, "-c", "import time; time.sleep(60)")

    assert recording.reading.outcome is Outcome.ERRORED
    assert "time limit" in recording.reading.reason


def test_an_error_of_the_gate_itself_is_recorded_and_raised(project: Project) -> None:
    with pytest.raises(ZeroDivisionError), recorder(project) as recording:
        run(recording, *GOOD)
        _ = 1 / 0

    assert recording.reading.outcome is Outcome.ERRORED
    assert "ZeroDivisionError" in recording.reading.reason
    assert not ledger.read_record(recording.folder).is_green


def test_a_source_that_can_no_longer_be_read_errs(project: Project) -> None:
    with recorder(project) as recording:
        run(recording, *GOOD)
        (project.root / ".git").rename(project.root.parent / "gone")

    assert recording.reading.outcome is Outcome.ERRORED


def test_a_file_that_the_gate_leaves_behind_makes_it_unclean(project: Project) -> None:
    with recorder(project) as recording:
        run(recording, *GOOD)
        project.write("left.log", "")

    record = ledger.read_record(recording.folder)
    assert record.is_green
    assert not record.attempt.is_clean
    assert record.unclean == ("left.log",)


BROKEN = [
    ("cut short", lambda text: text[: len(text) // 2]),
    ("empty", lambda text: ""),
    ("no JSON", lambda text: "{\n"),
    ("without its result", lambda text: text.splitlines(keepends=True)[0]),
    ("another gate's", lambda text: text.replace('"name":"check"', '"name":"test"')),
    ("an outcome that nobody knows", lambda text: text.replace('"outcome":"PASSED"', '"outcome":"FINE"')),
    ("without a subject", lambda text: text.replace('"subject":[{', '"subjects":[{')),
]


@pytest.mark.parametrize("damage", [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_damaged_record_is_never_read_as_a_pass(project: Project, damage: object) -> None:
    with recorder(project) as recording:
        run(recording, *GOOD)
    path = recording.folder / ledger.STATEMENTS
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]

    with pytest.raises(UnknownError, match="is not a record"):
        ledger.records(project.root)


def test_a_result_turned_into_a_pass_contradicts_itself(project: Project) -> None:
    with recorder(project) as recording:
        run(recording, "bad.py", *GOOD[1:])
    path = recording.folder / ledger.STATEMENTS
    path.write_text(
        path.read_text(encoding="utf-8").replace('"result":"FAILED"', '"result":"PASSED"'), encoding="utf-8"
    )

    record = ledger.read_record(recording.folder)

    assert record.attempt.contradictions
    assert not record.is_green


def test_a_ledger_that_cannot_be_written_is_one_sentence(project: Project) -> None:
    project.write(".gateproof", "a file in the place of the folder")

    with pytest.raises(UnknownError, match=r"could not be written .* make room or give access"):
        recorder(project)


def test_a_full_disk_at_the_end_leaves_the_beginning(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    recording = recorder(project)
    with pytest.raises(UnknownError, match="No space left on device"), recording:
        run(recording, *GOOD)
        monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.undo()

    assert not ledger.read_record(recording.folder).attempt.has_ended
    assert [path.name for path in recording.folder.glob("statements*")] == [ledger.STATEMENTS]


def test_only_named_variables_are_passed_on() -> None:
    given = {"PATH": "/bin", "lc_all": "C", "PYTEST_ADDOPTS": "--co", "PYTHONPATH": "x", "SHOP_URL": "u"}

    kept = passed_on(given, Settings(product="shop"))

    assert kept == {"PATH": "/bin", "lc_all": "C"}


def test_settings_can_name_more_variables(project: Project) -> None:
    project.write(
        "pyproject.toml",
        '[tool.gateproof]\nproduct = "shop"\n[tool.gateproof.environment]\npass-on = ["SHOP_*"]\n',
    )
    from gateproof.config import load_settings

    assert passed_on({"SHOP_URL": "u", "SHOW": "s"}, load_settings(project.root)) == {"SHOP_URL": "u"}


def test_a_leg_names_the_interpreter_and_the_system() -> None:
    assert leg_of("3.12").startswith("py3.12-")
    assert leg_of("3.12.1") == leg_of("python3.12") == leg_of("3.12")
    assert leg_of() == leg_of(f"{sys.version_info.major}.{sys.version_info.minor}")
