"""What linters and formatters find has a name, so that a team can accept it; and only where they told all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from functional.ended import run
from gateproof.model import Accepted, Outcome, Reading
from gateproof.record.accepting import accept
from gateproof.record.readers import Reader, black, decide, flake8, isort, mypy, ruff_check, ruff_format

UNUSED = "import os\n"
UGLY = "x   =  1\n"
WRONG = 'x: int = "one"\n'
UNSORTED = "import sys\nimport os\n"
CUT = "def (\n"
TODAY = date(2026, 11, 24)


def read(reader: Reader, argv: str, files: dict[str, str], folder: Path) -> Reading:
    here = folder / "here"
    for name, text in files.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return decide(reader, run(reader, tuple(argv.split()), cwd=here, into=folder / "run", env={}))


@pytest.mark.parametrize(
    ("reader", "argv", "files", "names"),
    [
        (ruff_check(), "ruff check --isolated .", {"a.py": UNUSED, "s/b.py": UNUSED}, ("F401 a.py", "F401 s/b.py")),
        (ruff_check(), "ruff check --isolated --output-format concise .", {"a.py": UNUSED}, ("F401 a.py",)),
        (ruff_format(), "ruff format --isolated --check .", {"a.py": UGLY, "s/b.py": "x = 1\n"}, ("unformatted a.py",)),
        (flake8(), "flake8 --isolated .", {"a.py": UNUSED, "s/b.py": UNUSED}, ("F401 a.py", "F401 s/b.py")),
        (mypy(), "mypy --no-incremental .", {"a.py": WRONG}, ("assignment a.py",)),
        (black(), "black --check .", {"a.py": UGLY, "b.py": "x = 1\n"}, ("unformatted a.py",)),
        (isort(), "isort --check-only .", {"a.py": UNSORTED, "b.py": "x = 1\n"}, ("unformatted a.py",)),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_a_finding_is_named_by_its_code_and_its_file(
    reader: Reader, argv: str, files: dict[str, str], names: tuple[str, ...], tmp_path: Path
) -> None:
    reading = read(reader, argv, files, tmp_path)

    assert reading.outcome is Outcome.FAILED
    assert reading.findings == names


@pytest.mark.parametrize(
    ("reader", "argv", "files"),
    [
        (ruff_check(), "ruff check --isolated .", {"a.py": UNUSED, "b.py": CUT}),
        (ruff_check(), "ruff check --isolated .", {"a.py": UNUSED, "missing.py": ""}),
        (ruff_check(), "ruff check --isolated --output-format grouped .", {"a.py": UNUSED}),
        (flake8(), "flake8 --isolated .", {"a.py": UNUSED, "b.py": CUT}),
        (flake8(), "flake8 --isolated --format pylint .", {"a.py": UNUSED}),
        (mypy(), "mypy --no-incremental --hide-error-codes .", {"a.py": WRONG}),
        (black(), "black --check --quiet .", {"a.py": UGLY}),
    ],
    ids=["ruff, no Python", "ruff, no file", "ruff, other form", "flake8, no Python", "flake8, other form",
         "mypy without codes", "black, quiet"],
)  # fmt: skip
def test_what_is_not_told_whole_has_no_name_and_is_never_accepted(
    reader: Reader, argv: str, files: dict[str, str], tmp_path: Path
) -> None:
    if "missing.py" in files:
        files, argv = {"a.py": UNUSED}, f"{argv} missing.py"

    reading = read(reader, argv, files, tmp_path)

    assert reading.outcome in {Outcome.FAILED, Outcome.ERRORED}
    assert reading.findings == ()


def test_accepting_one_file_does_not_accept_the_next(tmp_path: Path) -> None:
    entry = Accepted(gate="lint", finding="F401 a.py", reason="At first.", until="2027-01-01")
    argv = "ruff check --isolated ."

    one = read(ruff_check(), argv, {"a.py": UNUSED}, tmp_path / "one")
    two = read(ruff_check(), argv, {"a.py": UNUSED, "b.py": UNUSED}, tmp_path / "two")

    assert accept(one, "lint", [entry], TODAY).outcome is Outcome.WAIVED
    assert accept(two, "lint", [entry], TODAY).outcome is Outcome.FAILED
    assert "not accepted: F401 b.py" in accept(two, "lint", [entry], TODAY).reason
