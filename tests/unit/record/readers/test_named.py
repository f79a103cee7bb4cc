"""What a linter finds has a name where all of it was told; else nothing of it has, so that none can be accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateproof.model import Outcome
from gateproof.record.readers import decide, django_check, flake8, mypy, ruff_check
from gateproof.record.readers import named as named_module
from gateproof.record.readers.named import inside, named
from unit.record.readers.builder import ended

HERE = Path(__file__).parent.absolute()


@pytest.mark.parametrize(
    ("found", "number", "names"),
    [
        ([("F401", f"{HERE}/a.py"), ("E501", "s/b.py")], 2, ("E501 s/b.py", "F401 a.py")),
        ([("F401", "a.py"), ("F401", "a.py")], 2, ("F401 a.py",)),
        ([("F401", "a.py")], 2, ()),
        ([("F401", str(HERE.parent / "a.py"))], 1, ()),
        ([("", "a.py")], 1, ()),
        ([("F 401", "a.py")], 1, ()),
        ([("E999", "a.py")], 1, ()),
        ([("E902", "a.py")], 1, ()),
        ([("syntax", "a.py")], 1, ()),
        ([("invalid-syntax", "a.py")], 1, ()),
        ([("E89", "a.py")], 1, ("E89 a.py",)),
        ([], 0, ()),
    ],
)
def test_a_finding_has_its_code_and_its_path(
    found: list[tuple[str, str]], number: int, names: tuple[str, ...]
) -> None:
    assert named(found, number=number, cwd=HERE) == names


def test_more_than_anybody_agrees_on_one_by_one_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_module, "MOST", 2)
    two = [("A1", "a.py"), ("A2", "a.py")]
    assert named(two, number=2, cwd=HERE) == ("A1 a.py", "A2 a.py")
    assert named([*two, ("A3", "a.py")], number=3, cwd=HERE) == ()


def test_a_path_outside_is_none() -> None:
    assert inside(str(HERE.parent / "x.py"), HERE) == ""
    assert inside(str(HERE / "s" / "x.py"), HERE) == "s/x.py"


@pytest.mark.parametrize(
    ("code", "findings"),
    [("assignment", ("assignment a.py",)), ("syntax", ())],
)
def test_findings_of_mypy_with_whole_paths(tmp_path: Path, code: str, findings: tuple[str, ...]) -> None:
    out = f"{tmp_path}/a.py:1: error: No.  [{code}]\nFound 1 error in 1 file (checked 1 source file)\n"
    it = decide(mypy(), ended(tmp_path, argv="mypy .", exit_code=1, stdout=out))
    assert (it.outcome, it.findings) == (Outcome.FAILED, findings)


def test_a_syntax_error_among_others_of_mypy_leaves_none_with_a_name(tmp_path: Path) -> None:
    told = [f"a.py:{n}: error: No.  [{code}]" for n, code in enumerate(("assignment", "syntax"), 1)]
    out = "\n".join([*told, "Found 2 errors in 1 file (checked 1 source file)", ""])
    assert decide(mypy(), ended(tmp_path, argv="mypy .", exit_code=1, stdout=out)).findings == ()


def test_findings_of_flake8_and_ruff_with_whole_paths(tmp_path: Path) -> None:
    numbers = "2 total logical lines processed\n1 total files processed\n"
    out = f"{tmp_path}/a.py:1:1: F401 unused\n{numbers}1\n"
    argv = "flake8 --benchmark --count ."
    assert decide(flake8(), ended(tmp_path, argv=argv, exit_code=1, stdout=out)).findings == ("F401 a.py",)
    out = f"F401 [*] unused\n --> {tmp_path}/a.py:1:8\n  |\nFound 1 error.\n"
    assert decide(ruff_check(), ended(tmp_path, exit_code=1, stdout=out)).findings == ("F401 a.py",)
    out = f" --> {tmp_path}/a.py:1:8\n  |\nFound 1 error.\n"
    assert decide(ruff_check(), ended(tmp_path, exit_code=1, stdout=out)).findings == ()


@pytest.mark.parametrize(
    ("issues", "silenced", "findings"),
    [(1, 0, ("security.W004",)), (2, 0, ()), (1, 1, ())],
)
def test_findings_of_django_have_names_only_where_each_has_one_and_none_is_silenced(
    tmp_path: Path, issues: int, silenced: int, findings: tuple[str, ...]
) -> None:
    said = f"System check identified {issues} issues ({silenced} silenced).\n".replace("1 issues", "1 issue")
    it = ended(
        tmp_path, argv="python manage.py check", exit_code=1, stderr=f"?: (security.W004) No.\n\n{said}"
    )
    assert (decide(django_check(), it).findings) == findings


@pytest.mark.parametrize("number", ["1", "one", ""])
def test_without_flake8s_own_number_none_has_a_name(tmp_path: Path, number: str) -> None:
    numbers = "2 total logical lines processed\n1 total files processed\n"
    out = f"a.py:1:1: F401 unused\n{numbers}{number}\n"
    it = decide(flake8(), ended(tmp_path, argv="flake8 --benchmark --count .", exit_code=1, stdout=out))
    assert (it.outcome, it.findings) == (Outcome.FAILED, ("F401 a.py",) if number == "1" else ())
