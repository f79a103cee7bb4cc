"""The corpus of false greens as it was recorded: each reading is what it was, to the word, without any tool."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from functional.false_greens import CASES
from functional.false_greens.case import Case
from functional.false_greens.recording import RECORDED, read_again, replay
from gateproof.record import readers

# The files beside a run are no part of the question: `said` must not hear these.
SAID: dict[str, dict[str, Any]] = json.loads(RECORDED.read_bytes())
KEPT = [case for case in CASES if str(case) in SAID]
FEWEST = 0.95


def test_nearly_all_of_the_corpus_is_recorded_and_nothing_else() -> None:
    assert len(KEPT) >= FEWEST * len(CASES)
    if os.name == "posix":
        assert set(SAID) <= {str(case) for case in CASES}


@pytest.mark.parametrize("case", KEPT, ids=str)
def test_a_recorded_run_is_read_as_it_was(case: Case, tmp_path: Path) -> None:
    recorded = SAID[str(case)]
    reading = readers.decide(case.reader, replay(case, recorded, tmp_path))

    assert read_again(reading, tmp_path) == recorded["reading"]
    # What was recorded is what the corpus asks for: a careless recording changes nothing of that.
    assert reading.outcome is case.expects
    assert case.says in reading.reason
    if case.looked_at is not None:
        assert reading.looked_at == case.looked_at
