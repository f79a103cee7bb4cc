"""Nothing is not a pass: every known way to a green that proved nothing, run for real."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from functional.ended import run
from functional.false_greens import CASES
from functional.false_greens.case import Case
from functional.false_greens.osv import advisory_service
from gateproof.model import Outcome, Reading
from gateproof.record.readers import READERS, decide

FEWEST = 80
AT_ONCE = min(4, os.cpu_count() or 1)


@pytest.fixture(scope="module")
def readings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Reading]]]:
    """What every case that was asked for gets, a few of them running at once."""
    wanted = [case for item in request.session.items for case in _cases_of(item)]
    root = tmp_path_factory.mktemp("corpus")
    with advisory_service() as osv, ThreadPoolExecutor(AT_ONCE) as pool:
        yield {str(case): pool.submit(_run, case, root / str(n), osv) for n, case in enumerate(wanted)}
        pool.shutdown(cancel_futures=True)


def _cases_of(item: pytest.Item) -> list[Case]:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return [value for value in params.values() if isinstance(value, Case)]


def _run(case: Case, folder: Path, osv: str) -> Reading:
    here = folder / "here"
    here.mkdir(parents=True)
    for name, content in case.files.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    # What Python and mypy compiled for one case serves the others; no two cases' files lie at the same path.
    shared = {
        "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled"),
        "MYPY_CACHE_DIR": str(folder.parent / "types"),
    }
    env = {**shared, **case.env}
    return decide(
        case.reader, run(case.reader, case.command(osv=osv), cwd=here, into=folder / "run", env=env)
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_run_gets_the_outcome_that_it_deserves(case: Case, readings: Mapping[str, Future[Reading]]) -> None:
    reading = readings[str(case)].result()
    assert reading.outcome is case.expects, reading
    assert case.says in reading.reason
    if case.looked_at is not None:
        assert reading.looked_at == case.looked_at


def test_the_corpus_is_large_and_has_no_case_twice() -> None:
    names = [str(case) for case in CASES]
    assert len(names) >= FEWEST
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", sorted(set(READERS) - {"exit-code"}))
def test_no_reader_gets_by_with_refusing_everything(name: str) -> None:
    met = {case.expects for case in CASES if case.reader.name == name}
    assert Outcome.PASSED in met
    assert met & {Outcome.VACUOUS, Outcome.SKIPPED}
    assert Outcome.FAILED in met or name == "django-migration-plan"
    assert Outcome.ERRORED in met
