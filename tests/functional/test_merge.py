"""`gateproof merge`: a union of many machines' ledgers, and every reason why there is none."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateproof import cli
from gateproof.errors import NothingRanError, RefusedError, UnknownError
from gateproof.evidence.plan import Job, Plan, write_plan
from gateproof.model import Outcome, Subject
from gateproof.pack import merging
from gateproof.pack.merging import load_plan, merge
from packs import Case, write_record

SOURCE = Subject(git_tree="ab" * 20, dir_hash="cd" * 32)
OTHER = Subject(git_tree="ef" * 20, dir_hash="cd" * 32)
LEGS = ("py3.11-linux", "py3.12-windows")
PLAN = Plan(
    commit="12" * 20,
    source=SOURCE,
    jobs=tuple(Job(gate=gate, leg=leg) for gate in ("lint", "unit") for leg in LEGS),
)


def shards(where: Path, subject: Subject = SOURCE) -> list[Path]:
    """One shard for each planned leg, all green."""
    return [shard(where, job, subject=subject) for job in PLAN.jobs]


def shard(where: Path, job: Job, *, subject: Subject = SOURCE, **said: object) -> Path:
    folder = where / f"ledger-{job.gate}-{job.leg}-{len(list(where.glob('*')))}"
    write_record(folder, Case(gate=job.gate, leg=job.leg, **said), subject)  # type: ignore[arg-type]
    return folder


def contents(ledger: Path) -> dict[str, bytes]:
    return {
        path.relative_to(ledger).as_posix(): path.read_bytes() for path in ledger.rglob("*") if path.is_file()
    }


def record_in(shard: Path) -> Path:
    return next(shard.rglob("statements.jsonl")).parent


def test_every_planned_leg_is_there_once(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"

    merged = merge(shards(tmp_path / "in"), PLAN, ledger)

    assert (merged.records, merged.added, merged.against, merged.exit_code) == (4, 4, (), 0)
    places = {path.parent.relative_to(ledger).parts[:3] for path in ledger.rglob("statements.jsonl")}
    assert places == {(SOURCE.git_tree, job.gate, job.leg) for job in PLAN.jobs}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), again=st.lists(st.integers(0, 3), max_size=3), cut=st.integers(0, 4))
def test_neither_order_nor_repetition_changes_the_union(
    order: Sequence[int], again: Sequence[int], cut: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        sent = shards(where / "in")
        merge(sent, PLAN, where / "plain")
        shuffled = [sent[place] for place in (*order, *again)]

        first = merge(shuffled, PLAN, where / "other")
        second = merge(shuffled[cut:] + shuffled[:cut], PLAN, where / "other")

        assert contents(where / "plain") == contents(where / "other")
        assert (first.added, second.added) == (4, 0)
        assert first.legs == second.legs


def test_what_was_merged_can_be_merged_again(tmp_path: Path) -> None:
    merge(shards(tmp_path / "in"), PLAN, tmp_path / "one")

    merge([tmp_path / "one"], PLAN, tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_red_gate_is_merged_and_is_a_no(tmp_path: Path) -> None:
    sent = shards(tmp_path / "in")[:-1]
    red = shard(tmp_path / "in", PLAN.jobs[-1], outcome=Outcome.FAILED, reason="2 of 9 tests failed")

    merged = merge([*sent, red], PLAN, tmp_path / "ledger")

    assert merged.exit_code == 1
    assert merged.against == ("The gate unit on py3.12-windows is FAILED: 2 of 9 tests failed",)
    assert merged.added == 4


@pytest.mark.parametrize(
    ("first", "last", "passes"), [("FAILED", "PASSED", True), ("PASSED", "FAILED", False)]
)
def test_of_several_attempts_the_latest_decides_and_all_stay(
    first: str, last: str, passes: bool, tmp_path: Path
) -> None:
    sent = shards(tmp_path / "in")[1:]
    tries = [
        shard(tmp_path / "in", PLAN.jobs[0], outcome=Outcome[outcome], minutes=minutes)
        for minutes, outcome in ((1, first), (2, last))
    ]

    merged = merge([*reversed(tries), *sent], PLAN, tmp_path / "ledger")

    assert (merged.exit_code == 0) is passes
    assert merged.records == 5
    assert any("flaky" in line for line in merged.lines())


def test_an_unclean_attempt_alone_is_no_pass(tmp_path: Path) -> None:
    sent = [*shards(tmp_path / "in")[1:], shard(tmp_path / "in", PLAN.jobs[0], is_clean=False)]

    assert "UNCOUNTED" in merge(sent, PLAN, tmp_path / "ledger").against[0]


def a_missing_leg(sent: list[Path]) -> None:
    shutil.rmtree(sent.pop())


def an_unplanned_leg(sent: list[Path]) -> None:
    sent.append(shard(sent[0].parent, Job(gate="lint", leg="py3.99-linux")))


def another_source(sent: list[Path]) -> None:
    sent.append(shard(sent[0].parent, PLAN.jobs[0], subject=OTHER))


def a_record_of_another_source_under_our_name(sent: list[Path]) -> None:
    made = shard(sent[0].parent, PLAN.jobs[0], subject=Subject(git_tree="ab" * 20, dir_hash="99" * 32))
    sent.append(made)


def a_changed_log(sent: list[Path]) -> None:
    (record_in(sent[0]) / "output.log").write_text("all is well\n", encoding="utf-8")


def a_changed_stream(sent: list[Path]) -> None:
    (record_in(sent[0]) / "commands" / "1" / "stdout").write_text("99 passed\n", encoding="utf-8")


def a_file_taken_away(sent: list[Path]) -> None:
    (record_in(sent[0]) / "commands" / "1" / "files" / "junit.xml").unlink()


def a_file_slipped_in(sent: list[Path]) -> None:
    (record_in(sent[0]) / "files").mkdir()
    (record_in(sent[0]) / "files" / "more.txt").write_text("more\n", encoding="utf-8")


def two_outcomes(sent: list[Path]) -> None:
    copy = sent[0].with_name("copy")
    shutil.copytree(sent[0], copy)
    path = record_in(copy) / "statements.jsonl"
    path.write_bytes(path.read_bytes().replace(b"12 tests passed", b"13 tests passed"))
    sent.append(copy)


def one_run_of_two_gates(sent: list[Path]) -> None:
    record, place = record_in(sent[0]), record_in(sent[-1])
    record.rename(record.with_name(place.name))


def an_empty_shard(sent: list[Path]) -> None:
    (sent[0].parent / "empty").mkdir()
    sent.append(sent[0].parent / "empty")


def a_link_to_a_record(sent: list[Path]) -> None:
    record = record_in(sent[0])
    record.rename(record.parents[4] / "elsewhere")
    record.symlink_to(record.parents[4] / "elsewhere", target_is_directory=True)


def a_link_to_a_file(sent: list[Path]) -> None:
    log = record_in(sent[0]) / "output.log"
    log.unlink()
    log.symlink_to("/etc/hostname")


def a_link_for_statements(sent: list[Path]) -> None:
    path = record_in(sent[0]) / "statements.jsonl"
    path.rename(path.parents[5] / "elsewhere")
    path.symlink_to(path.parents[5] / "elsewhere")


def a_shard_that_is_a_link(sent: list[Path]) -> None:
    real = sent[0].rename(sent[0].with_name("real"))
    sent[0].symlink_to(real, target_is_directory=True)


def a_name_that_climbs(sent: list[Path]) -> None:
    leg = record_in(sent[0]).parent
    leg.rename(leg.with_name("..hidden"))


def deep_json(sent: list[Path]) -> None:
    path = record_in(sent[0]) / "statements.jsonl"
    path.write_bytes(b'{"_type":' + b"[" * 5_000 + b"]" * 5_000 + b"}\n")


def somewhat_deep_json(sent: list[Path]) -> None:
    path = record_in(sent[0]) / "statements.jsonl"
    path.write_bytes(b'{"_type":' + b"[" * 40 + b"]" * 40 + b"}\n")


def an_endless_line(sent: list[Path]) -> None:
    with (record_in(sent[0]) / "statements.jsonl").open("wb") as file:
        file.truncate(64 << 20)


def a_line_without_end(sent: list[Path]) -> None:
    path = record_in(sent[0]) / "statements.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))


def a_key_twice(sent: list[Path]) -> None:
    path = record_in(sent[0]) / "statements.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"_type"', b'"_type":1,"_type"'))


def a_program(sent: list[Path]) -> None:
    (record_in(sent[0]) / "files").mkdir()
    (record_in(sent[0]) / "files" / "conftest.py").write_text("import os\n", encoding="utf-8")


def folders_without_end(sent: list[Path]) -> None:
    (record_in(sent[0]) / "files" / "/".join("d" * 30)).mkdir(parents=True)


def a_record_that_names_no_files(sent: list[Path]) -> None:
    path = record_in(sent[0]) / "statements.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"files":{', b'"older":{'))


def a_stray_file(sent: list[Path]) -> None:
    (sent[0] / "README.md").write_text("hello\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (a_missing_leg, "unit on py3.12-windows was planned and did not report"),
        (an_unplanned_leg, "lint on py3.99-linux reported, and nobody planned it"),
        (another_source, "another source"),
        (a_record_of_another_source_under_our_name, "another source"),
        (a_changed_log, "output.log is not what its statement says"),
        (a_changed_stream, "commands/1/stdout is not what its statement says"),
        (a_file_taken_away, "commands/1/files/junit.xml is missing"),
        (a_file_slipped_in, "files/more.txt is not what its statement says"),
        (two_outcomes, "two different records of one run"),
        (one_run_of_two_gates, "two different records of one run"),
        (an_empty_shard, "holds no record"),
        (a_link_to_a_record, "is no folder of a ledger"),
        (a_link_to_a_file, "links are not followed"),
        (a_link_for_statements, "is no file"),
        (a_shard_that_is_a_link, "is not a folder"),
        (a_name_that_climbs, "not named as a record is"),
        (deep_json, "nested"),
        (somewhat_deep_json, "nested more than 32 deep"),
        (an_endless_line, "has more than"),
        (a_line_without_end, "cut short"),
        (a_key_twice, "a key is there twice"),
        (a_program, "of a kind that no record holds"),
        (folders_without_end, "folders deep"),
        (a_record_that_names_no_files, "names no files"),
        (a_stray_file, "is no folder of a ledger"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_written(
    spoil: Callable[[list[Path]], None], why: str, tmp_path: Path
) -> None:
    sent = shards(tmp_path / "in")
    spoil(sent)
    ledger = tmp_path / "project" / "ledger"

    with pytest.raises(RefusedError) as refused:
        merge(sent, PLAN, ledger)

    assert why in str(refused.value)
    assert not list((tmp_path / "project").iterdir())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    sent = shards(tmp_path / "in")
    log = record_in(sent[0]) / "output.log"
    log.unlink()
    os.mkfifo(log)

    with pytest.raises(RefusedError, match="neither a file nor a folder"):
        merge(sent, PLAN, tmp_path / "ledger")


def test_a_record_that_the_ledger_has_otherwise_is_refused_and_the_ledger_stays(tmp_path: Path) -> None:
    sent, ledger = shards(tmp_path / "in"), tmp_path / "ledger"
    merge(sent, PLAN, ledger)
    mine = record_in(ledger) / "statements.jsonl"
    mine.write_bytes(mine.read_bytes().replace(b"12 tests passed", b"13 tests passed"))
    before = contents(ledger)

    with pytest.raises(RefusedError, match=r"this and the ledger's own"):
        merge(sent, PLAN, ledger)

    assert contents(ledger) == before


def test_all_the_problems_are_told_at_once(tmp_path: Path) -> None:
    sent = shards(tmp_path / "in")
    for one in sent[:3]:
        a_changed_log([one])

    with pytest.raises(RefusedError) as refused:
        merge(sent, PLAN, tmp_path / "ledger")

    assert str(refused.value).count("output.log") == 3


@pytest.fixture
def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is only done for many shards is done for few, each shard by whichever process is free."""
    monkeypatch.setattr(merging, "MANY_SHARDS", 1)
    monkeypatch.setattr(merging, "CHUNK", 1)


@pytest.mark.usefixtures("several_processes")
def test_several_processes_make_the_same_union(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = shards(tmp_path / "in")

    several = merge([*sent, *reversed(sent), *sent], PLAN, tmp_path / "several")
    monkeypatch.undo()
    alone = merge(sent, PLAN, tmp_path / "alone")

    assert contents(tmp_path / "several") == contents(tmp_path / "alone")
    assert (several.records, several.added, several.legs) == (alone.records, alone.added, alone.legs)


@pytest.mark.usefixtures("several_processes")
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (two_outcomes, "two different records of one run"),
        (one_run_of_two_gates, "two different records of one run"),
        (a_changed_log, "broken digest"),
        (an_empty_shard, "holds no record"),
    ],
)
def test_several_processes_refuse_the_same(
    spoil: Callable[[list[Path]], None], why: str, tmp_path: Path
) -> None:
    sent = shards(tmp_path / "in")
    spoil(sent)

    with pytest.raises(RefusedError, match=why):
        merge(sent, PLAN, tmp_path / "project" / "ledger")

    assert not list((tmp_path / "project").iterdir())


@pytest.mark.usefixtures("several_processes")
def test_a_process_that_dies_is_no_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_taken", _die)

    with pytest.raises(UnknownError, match="nothing is known of them"):
        merge(shards(tmp_path / "in"), PLAN, tmp_path / "project" / "ledger")

    assert not list((tmp_path / "project").iterdir())


def _die(*_: object, **__: object) -> None:
    os._exit(1)


def test_a_plan_longer_than_is_read_is_refused_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(write_plan(PLAN))
    monkeypatch.setattr(merging, "MAX_PLAN", len(write_plan(PLAN)) - 1)

    with pytest.raises(RefusedError, match="has more than"):
        load_plan(plan)


def test_no_shard_is_not_a_merge(tmp_path: Path) -> None:
    with pytest.raises(NothingRanError):
        merge([], PLAN, tmp_path / "ledger")


def test_the_command_merges_into_the_ledger_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = [str(one) for one in shards(tmp_path / "in")]
    plan = tmp_path / "plan.json"
    plan.write_bytes(write_plan(PLAN))
    monkeypatch.chdir(tmp_path)

    assert cli.main(["merge", "--plan", str(plan), *sent]) == 0
    assert len(list((tmp_path / ".gateproof" / "ledger").rglob("statements.jsonl"))) == 4
    assert cli.main(["merge", "--plan", str(plan), *sent[1:]]) == 1
    assert cli.main(["merge", *sent]) == 2
    plan.write_text("[]\n", encoding="utf-8")
    assert cli.main(["merge", "--plan", str(plan), *sent]) == 1
    assert "is not a plan" in capsys.readouterr().err


def test_a_plan_that_is_gone_is_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(UnknownError):
        load_plan(tmp_path / "plan.json")


def test_the_cases_above_are_all_different(tmp_path: Path) -> None:
    sent = shards(tmp_path / "in")

    assert all(contents(a) != contents(b) for a, b in itertools.combinations(sent, 2))


def test_the_bench_measures_a_merge_that_merges() -> None:
    bench = Path(__file__).parents[2] / "bench" / "merge.py"
    command = [sys.executable, str(bench), "--shards", "2", "--records", "2", "--pairs", "1"]

    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", timeout=60)

    assert "2 shards of 2: merge" in done.stdout, done.stderr
