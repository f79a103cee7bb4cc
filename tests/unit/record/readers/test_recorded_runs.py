"""Recorded runs of every tool: a good one passes, and nothing that is left of one does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateproof.model import Ended, Outcome
from gateproof.record.readers import READERS, decide
from unit.record.readers.builder import ended
from unit.record.readers.recorded import GOOD, Recorded

any_run = pytest.mark.parametrize("run", GOOD, ids=str)


def _ended(folder: Path, run: Recorded) -> Ended:
    here = folder / "here.py"
    folder.mkdir(parents=True, exist_ok=True)
    here.write_text("x = 1\n", encoding="utf-8")
    return ended(
        folder,
        argv=run.argv,
        exit_code=run.exit_code,
        stdout=run.stdout,
        stderr=run.stderr.replace("{here}", str(here)),
        files=run.files,
    )


def test_every_reader_has_a_recorded_run() -> None:
    assert {run.reader.name for run in GOOD} | {"exit-code"} == set(READERS)


@any_run
def test_a_good_run_passes(tmp_path: Path, run: Recorded) -> None:
    it = decide(run.reader, _ended(tmp_path, run))
    assert (it.outcome, it.looked_at, it.unit) == (Outcome.PASSED, run.looked_at, run.unit)


@any_run
@pytest.mark.parametrize("exit_code", [1, 2, 3, 5, 100])
def test_a_good_output_with_another_exit_code_does_not(tmp_path: Path, run: Recorded, exit_code: int) -> None:
    assert (
        decide(run.reader, replace(_ended(tmp_path, run), exit_code=exit_code)).outcome is not Outcome.PASSED
    )


@any_run
def test_a_silent_run_does_not(tmp_path: Path, run: Recorded) -> None:
    silent = replace(run, stdout="", stderr="", files={})
    assert decide(run.reader, _ended(tmp_path, silent)).outcome is not Outcome.PASSED


@any_run
def test_another_tools_run_does_not(tmp_path: Path, run: Recorded) -> None:
    for n, other in enumerate(GOOD):
        it = decide(run.reader, _ended(tmp_path / str(n), other))
        is_same = other.reader.name.startswith(run.reader.name)
        assert (it.outcome is Outcome.PASSED) == is_same, other


@any_run
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(data=st.data())
def test_less_than_was_written_never_shows_more(tmp_path: Path, run: Recorded, data: st.DataObject) -> None:
    cut = replace(
        run,
        stdout=run.stdout[: data.draw(st.integers(0, len(run.stdout)))],
        stderr=run.stderr[: data.draw(st.integers(0, len(run.stderr)))],
    )
    it = decide(run.reader, _ended(tmp_path, cut))
    assert it.outcome is not Outcome.PASSED or it.looked_at <= run.looked_at
    assert it.outcome is not Outcome.FAILED


@any_run
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(out=st.text(), err=st.text(), code=st.integers(0, 255))
def test_whatever_is_written_is_answered(
    tmp_path: Path, run: Recorded, out: str, err: str, code: int
) -> None:
    it = replace(
        run, stdout=out.encode("utf-8", "replace").decode(), stderr=err.encode("utf-8", "replace").decode()
    )
    assert decide(run.reader, replace(_ended(tmp_path, it), exit_code=code)).outcome is not Outcome.PASSED
