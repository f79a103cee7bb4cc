"""Defects that come back are noticed: with each fix undone in a scratch copy, the test that is named for it fails.

Run by the gate `regressions`, and by nothing else: `pytest tests/defects/come_back.py`.
A patch that no longer applies fails here too, as it shows nothing any more.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATCHES = sorted(Path(__file__).parent.glob("*.patch"))
TREES = ("src", "tests", "purelaka", "docs", "requirements")
COPIED = (*TREES, "pyproject.toml", "noxfile.py", "README.md", "CHANGELOG.md")
NOTICED_BY = re.compile(r"Noticed by: (?P<runner>pytest|manage\.py) (?P<test>\S+)\n")
CLOSING = re.compile(r"(?P<failed>\d+) failed|(?P<passed>\d+) passed|(?P<broken>\d+) errors?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """A patch that undoes a fix, and the test that must notice."""

    patch: Path
    runner: str
    test: str


def read_defect(patch: Path) -> Defect:
    found = NOTICED_BY.match(patch.read_text(encoding="utf-8"))
    assert found, (
        f"{patch.name} does not begin with `Noticed by: pytest FILE::TEST` or `Noticed by: manage.py LABEL`"
    )
    return Defect(patch=patch, runner=found["runner"], test=found["test"])


def copy_to(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "*.sqlite3")
    for name in COPIED:
        source, target = ROOT / name, folder / name
        shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(source, target)
    return folder


def passes(copy: Path, runner: str, tests: Iterable[str]) -> bool | None:
    """Whether all of these pass: True, or False where one failed; None where they did not run to their end."""
    alone = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (copy / "src", copy / "tests"))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": f"sqlite:///{(copy / 'store.sqlite3').as_posix()}",
    }
    listed = list(tests)
    command = ("-m", "pytest", "--no-header") if runner == "pytest" else ("manage.py", "test")
    ended = subprocess.run(
        [sys.executable, *command, *listed],
        cwd=copy if runner == "pytest" else copy / "purelaka",
        env=alone,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    print(ended.stdout[-3000:], ended.stderr[-3000:])
    answer = _of_pytest if runner == "pytest" else _of_django
    return answer(ended, len(listed))


def _of_pytest(ended: subprocess.CompletedProcess[str], count: int) -> bool | None:
    numbers = {str(m.lastgroup): int(m[m.lastgroup or 0]) for m in CLOSING.finditer(ended.stdout[-200:])}
    # An error may follow a test that failed; one that could not even begin did not fail.
    is_broken = numbers.get("broken") and not numbers.get("failed")
    if is_broken or numbers.get("passed", 0) + numbers.get("failed", 0) < count:
        return None
    return {0: not numbers.get("failed"), 1: not numbers.get("failed")}.get(ended.returncode)


def _of_django(ended: subprocess.CompletedProcess[str], count: int) -> bool | None:
    if f"Found {count} test(s)." not in ended.stdout or f"Ran {count} test" not in ended.stderr:
        return None
    said = next(line for line in reversed(ended.stderr.splitlines()) if line.startswith(("OK", "FAILED")))
    return {"OK": True}.get(said, False)


DEFECTS = [read_defect(patch) for patch in PATCHES]


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool | None]:
    """By runner: whether every named test passes without its defect."""
    copy = copy_to(tmp_path_factory.mktemp("sound"))
    by_runner = {
        one.runner: [other.test for other in DEFECTS if other.runner == one.runner] for one in DEFECTS
    }
    return {runner: passes(copy, runner, tests) for runner, tests in by_runner.items()}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.patch.stem)
def test_a_defect_that_comes_back_is_noticed(
    tmp_path: Path, sound: dict[str, bool | None], defect: Defect
) -> None:
    assert sound[defect.runner] is True, "without the defect"
    copy = copy_to(tmp_path)
    # Where the temporary folder lies in a repository, git would leave out what lies outside of it.
    alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    applied = subprocess.run(["git", "apply", str(defect.patch)], cwd=copy, env=alone, check=False)
    assert applied.returncode == 0, (
        f"{defect.patch.name} no longer applies; make it anew, or say why it may go"
    )
    assert passes(copy, defect.runner, [defect.test]) is False, "with the defect"
