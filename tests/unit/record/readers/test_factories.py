"""Each reader as it is made: its name, what it adds, refuses and requires; and what its options let pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from functional.false_greens import CASES
from functional.false_greens.recording import RECORDED, replay
from gateproof.model import Outcome
from gateproof.record import readers
from gateproof.record.readers import READERS, Reader, canary, pip_audit, ruff_check, zizmor
from unit.record.readers.recorded import GOOD
from unit.record.readers.test_recorded_runs import _ended

FILES = Path("/files")
DESCRIBED = Path(__file__).with_name("factories.json")
# The files beside a run are no part of the question: `said` must not hear these.
SAID: dict[str, dict[str, Any]] = json.loads(RECORDED.read_bytes())
BY_NAME = {str(case): case for case in CASES}
OPTIONS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    *((name, {}) for name in sorted(READERS)),
    *((name, {"at_least": 7}) for name in sorted(set(READERS) - {"exit-code"})),
    ("django-check-deploy", {"settings": "shop.production"}),
    ("django-migrations", {"apps": ("a", "b")}),
)


def described(reader: Reader) -> dict[str, Any]:
    """All that can be told of a reader."""
    return {
        "name": reader.name,
        "arguments": [word.replace("\\", "/") for word in reader.arguments(FILES)],
        "after": reader.after,
        "environment": dict(reader.environment),
        "at_least": reader.at_least,
        "exit_codes": [code for code in range(256) if code in reader.exit_codes],
        "refuses": dict(reader.refuses),
        "requires": [[list(one.options), list(one.values), one.why] for one in reader.requires],
    }


def made() -> dict[str, Any]:
    """Every reader by how it is made."""
    return {
        f"{name}({', '.join(f'{option}={value!r}' for option, value in given.items())})": described(
            READERS[name](**given)
        )
        for name, given in OPTIONS
    }


def test_each_reader_is_made_as_it_was() -> None:
    """To record anew: PYTHONPATH=src:tests python -m unit.record.readers.test_factories"""
    assert made() == json.loads(DESCRIBED.read_bytes())


@pytest.mark.parametrize("run", [run for run in GOOD if run.reader.name != "pip-audit"], ids=str)
def test_made_anew_it_reads_a_good_run(tmp_path: Path, run: Any) -> None:
    it = readers.decide(READERS[run.reader.name](), _ended(tmp_path, run))
    assert (it.outcome, it.looked_at, it.unit) == (Outcome.PASSED, run.looked_at, run.unit)


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("django-check:-one-silenced-is-accepted", {"silenced": 1}),
        ("django-check-deploy:-findings-are-silenced", {"silenced": 9}),
        ("django-migrations:-the-reader-names-the-apps", {"apps": ("orders",)}),
        ("zizmor:-one-ignored-is-accepted", {"ignored": 1}),
        ("pip-audit:-one-ignored-is-accepted", {"ignored": 1}),
        ("pip-audit:-pinned-by-the-caller", {"pinned": ("Click==8.1",)}),
    ],
)
def test_what_an_option_lets_be_passes_by_it_and_not_without(
    tmp_path: Path, case: str, options: Mapping[str, Any]
) -> None:
    recorded = BY_NAME[case]
    make = READERS[recorded.reader.name]
    ended = replay(recorded, SAID[case], tmp_path)

    assert readers.decide(make(**options), ended).outcome is Outcome.PASSED
    if options.keys() & {"silenced", "ignored"}:
        assert readers.decide(make(), ended).outcome is Outcome.VACUOUS


def test_pins_of_the_caller_are_wanted_whatever_the_file_says(tmp_path: Path) -> None:
    case = "pip-audit:-pinned-by-the-caller"
    it = readers.decide(
        pip_audit(pinned=("click==8.1.0", "idna==3.1")), replay(BY_NAME[case], SAID[case], tmp_path)
    )
    assert it.reason == "1 pins were not audited: idna==3.1"


@pytest.mark.parametrize(
    ("case", "make"),
    [
        ("ruff-check:-a-finding", lambda: canary(ruff_check(at_least=9), finds="F401")),
        ("zizmor:-a-finding", lambda: canary(zizmor(), finds="template-injection")),
    ],
)
def test_a_canary_is_made_of_any_reader(tmp_path: Path, case: str, make: Callable[[], Reader]) -> None:
    name = next(name for name in SAID if name.startswith(case))
    reader = make()
    it = readers.decide(reader, replay(BY_NAME[name], SAID[name], tmp_path))

    assert reader.name == f"{case.partition(':')[0]}-canary"
    assert (it.outcome, it.looked_at, it.unit) == (Outcome.PASSED, 1, "canaries")
    assert [code for code in (0, 1, 255) if code in reader.exit_codes] == [1, 255]


if __name__ == "__main__":
    DESCRIBED.write_text(json.dumps(made(), indent=1) + "\n", encoding="utf-8", newline="\n")
