"""Nothing is not a pass: every known way to a green that proved nothing, run for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from functional.false_greens import CASES
from functional.false_greens.case import Case
from functional.false_greens.osv import advisory_service
from functional.false_greens.playing import play
from gateproof.model import Outcome
from gateproof.record.readers import READERS, decide

FEWEST = 80


@pytest.fixture(scope="session")
def osv() -> Iterator[str]:
    with advisory_service() as address:
        yield address


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What Python and mypy compiled for one case serves the others: no two cases' files lie at the same path."""
    root = tmp_path_factory.mktemp("compiled")
    return {"PYTHONPYCACHEPREFIX": str(root / "python"), "MYPY_CACHE_DIR": str(root / "types")}


# Three hundred real tools take longer than a gate may; the readers' own tests on recorded runs are a gate.
@pytest.mark.acceptance
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_run_gets_the_outcome_that_it_deserves(
    case: Case, tmp_path: Path, osv: str, shared: Mapping[str, str]
) -> None:
    reading = decide(case.reader, play(case, tmp_path, osv=osv, env=shared))
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
