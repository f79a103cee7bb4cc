"""Commands of a document are run as they stand; one that fails, and a section without any, are a no."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateproof.deploy.readings import as_written
from gateproof.deploy.scripts import as_written as script
from gateproof.model import Outcome
from gateproof.record.readers import decide
from unit.deploy.test_readings import ended

DOCUMENT = """# Title

## Commands

Say it:

    echo one && \\
        echo two

1. In a list:

        echo three

## Others

No command.
"""


def walk(folder: Path, text: str, *sections: str) -> Outcome:
    (folder / "d.md").write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script.__file__, "d.md", *sections],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return decide(as_written(*sections), ended(folder, ran.stdout, code=ran.returncode)).outcome


def test_blocks_are_found_whole_and_in_their_order() -> None:
    found = script.blocks(script.section(DOCUMENT, "Commands"))

    assert found == ["echo one && \\\n    echo two", "echo three"]


@pytest.mark.parametrize(
    ("text", "sections", "outcome"),
    [
        (DOCUMENT, ("Commands",), Outcome.PASSED),
        (DOCUMENT.replace("echo three", "false"), ("Commands",), Outcome.FAILED),
        (DOCUMENT.replace("echo three", "false | cat"), ("Commands",), Outcome.FAILED),
        (DOCUMENT.replace("echo three", 'echo "$NOT_SET_ANYWHERE"'), ("Commands",), Outcome.FAILED),
        (DOCUMENT, ("Others",), Outcome.ERRORED),
        (DOCUMENT, ("Commands", "Missing"), Outcome.ERRORED),
    ],
    ids=["all", "one fails", "in a pipe", "a variable", "none", "no section"],
)
def test_a_document(tmp_path: Path, text: str, sections: tuple[str, ...], outcome: Outcome) -> None:
    assert walk(tmp_path, text, *sections) is outcome
