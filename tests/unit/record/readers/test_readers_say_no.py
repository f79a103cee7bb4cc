"""For every reader, outputs that are no pass: what each comes to, and what the reason says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateproof.model import Outcome
from gateproof.record.readers import (
    Reader,
    actionlint,
    black,
    canary,
    decide,
    django_check,
    django_check_deploy,
    django_migration_plan,
    django_migrations,
    django_tests,
    flake8,
    isort,
    mypy,
    parity,
    pip_audit,
    pytest_tests,
    ruff_check,
    ruff_format,
    run_checks,
    zizmor,
)
from unit.record.readers.builder import ended

PASSED, FAILED, VACUOUS, SKIPPED, ERRORED, WAIVED = Outcome
TESTS, CHECK = "python manage.py test", "python manage.py check"
MIGRATIONS = "python manage.py makemigrations --check --dry-run"
RUN = "python manage.py run_checks --fail-on-issues"
RULE = "-" * 70
DEBUG = "[2026-11-24][03:31:59][ruff::{}][DEBUG] {}\n"
FOUND = "Found {} test(s).\n"
ONE = "test_one (orders.tests.T.test_one) ... {}\n"
ENDS = RULE + "\nRan {} tests in 0.001s\n\n{}\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What a tool wrote, and what its reader must make of it."""

    reader: Reader
    outcome: Outcome
    says: str
    argv: str
    code: int
    out: str
    err: str
    files: Mapping[str, str]


def case(
    reader: Reader,
    outcome: Outcome,
    says: str,
    *,
    argv: str = "tool",
    code: int = 0,
    out: str = "",
    err: str = "",
    files: Mapping[str, str] | None = None,
) -> Case:
    return Case(
        reader=reader, outcome=outcome, says=says, argv=argv, code=code, out=out, err=err, files=files or {}
    )


def _bar(closing: str) -> str:
    return f"===== {closing} in 0.22s =====\n"


Invariant = tuple[str, int, list[str]]


def _junit(*tests: str, claimed: int | None = None, failures: int = 0) -> dict[str, str]:
    cases = "".join(
        f'<testcase classname="a" name="t{n}">{inside}</testcase>' for n, inside in enumerate(tests)
    )
    count = len(tests) if claimed is None else claimed
    suite = f'<testsuite tests="{count}" failures="{failures}" errors="0" skipped="0">{cases}</testsuite>'
    return {"junit.xml": f"<testsuites>{suite}</testsuites>"}


def _audit(*dependencies: Mapping[str, object]) -> dict[str, str]:
    return {"pip-audit.json": json.dumps({"dependencies": dependencies})}


CLICK = {"name": "click", "version": "8.1.0", "vulns": []}
NONE_KNOWN = "No known vulnerabilities found\n"


DJANGO_TESTS = (
    case(django_tests(), ERRORED, "closing lines", argv=TESTS, out=FOUND.format(1)),
    case(
        django_tests(),
        ERRORED,
        "closing lines",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + "No rule\nRan 1 test in 0.001s\n\nOK\n",
    ),
    case(
        django_tests(),
        FAILED,
        "FAILED: 1 failures, 2 errors",
        argv=TESTS,
        code=1,
        out=FOUND.format(1),
        err=ONE.format("FAIL") + ENDS.format(1, "FAILED (failures=1, errors=2)"),
    ),
    case(
        django_tests(),
        ERRORED,
        "how many tests it found",
        argv=TESTS,
        err=ONE.format("ok") + ENDS.format(1, "OK"),
    ),
    case(
        django_tests(),
        ERRORED,
        "the numbers of Django's runner do not agree",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + ENDS.format(1, "OK (expected failures=1)"),
    ),
    case(
        django_tests(),
        SKIPPED,
        "1 of the 2 tests found never ran",
        argv=TESTS,
        out=FOUND.format(2),
        err=ONE.format("ok") + ENDS.format(1, "OK"),
    ),
    case(
        django_tests(),
        ERRORED,
        "do not agree",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + ENDS.format(2, "OK"),
    ),
    case(
        django_tests(),
        ERRORED,
        "do not agree",
        argv=TESTS,
        out=FOUND.format(2),
        err=ONE.format("ok") + ENDS.format(2, "OK"),
    ),
    case(
        django_tests(),
        ERRORED,
        "do not agree",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("FAIL") + ENDS.format(1, "OK"),
    ),
    case(
        django_tests(),
        ERRORED,
        "do not agree",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("") + ENDS.format(1, "OK"),
    ),
    case(
        django_tests(),
        ERRORED,
        "closing lines",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + ENDS.format(1, "OK") + "bye\n",
    ),
    case(
        django_tests(),
        ERRORED,
        "closing lines",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + ENDS.format(1, "OK (skipped=many)"),
    ),
    case(
        django_tests(),
        ERRORED,
        "closing lines",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + ENDS.format(1, "ok"),
    ),
    case(
        django_tests(),
        ERRORED,
        "closing lines",
        argv=TESTS,
        out=FOUND.format(1),
        err="Ran 1 test in 0.1s\n\nOK\n",
    ),
    case(
        django_tests(),
        VACUOUS,
        "no test was found",
        argv=TESTS,
        out=FOUND.format(0),
        err=ENDS.format(0, "NO TESTS RAN"),
    ),
    case(
        django_tests(),
        FAILED,
        "1 failures",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("FAIL") + ENDS.format(1, "FAILED (failures=1)"),
    ),
    case(
        django_tests(),
        SKIPPED,
        "skipped",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("skipped 'x'") + ENDS.format(1, "OK (skipped=1)"),
    ),
    case(
        django_tests(),
        PASSED,
        "1 tests",
        argv=TESTS,
        out=FOUND.format(1),
        err=ONE.format("ok") + ENDS.format(1, "OK") + "Total run took 0.1s\n",
    ),
)


NONE = "System check identified no issues ({} silenced).\n"
SILENCE = {"settings.py": 'SILENCED_SYSTEM_CHECKS = ["security.W004"]\n'}
SOME = "WARNINGS:\n?: (security.W004) No.\n\nSystem check identified 1 issue (0 silenced).\n"


DJANGO = (
    case(django_check(), PASSED, "1 below it: security.W004", argv=CHECK, err=SOME),
    case(django_check(), FAILED, "1 issues: security.W004", argv=CHECK, code=1, err=SOME),
    case(django_check(), VACUOUS, "2 more findings are silenced", argv=CHECK, out=NONE.format(2)),
    case(django_check(silenced=2), VACUOUS, "no file says which", argv=CHECK, out=NONE.format(2)),
    case(django_check(silenced=2), PASSED, "no issues", argv=CHECK, out=NONE.format(2), files=SILENCE),
    case(django_check(silenced=1), VACUOUS, "1 more", argv=CHECK, out=NONE.format(2), files=SILENCE),
    case(django_check(), ERRORED, "did not end", argv=CHECK, out=NONE.format(0), err=SOME),
    case(django_check(), ERRORED, "did not end", argv=CHECK, out=NONE.format(0) + "bye\n"),
    case(
        django_check(), VACUOUS, "only orders", argv=f"{CHECK} --database default orders", out=NONE.format(0)
    ),
    case(django_check(), VACUOUS, "only orders", argv=f"{CHECK} -- orders", out=NONE.format(0)),
    case(django_check(), VACUOUS, "only a, b was checked", argv=f"{CHECK} a b", out=NONE.format(0)),
    case(
        django_check(),
        FAILED,
        "1 issues: not named",
        argv=CHECK,
        code=1,
        err=SOME.replace("(security.W004) ", ""),
    ),
    case(
        django_migrations(apps=("a", "b", "c")),
        ERRORED,
        "did not look at b, c",
        argv=MIGRATIONS,
        out="No changes detected in app 'a'\n",
    ),
    case(django_check(), PASSED, "", argv=f"{CHECK} --database default -v 2", out=NONE.format(0)),
    case(django_check(), VACUOUS, "only `manage.py check`", argv=TESTS, out=NONE.format(0)),
    case(django_check_deploy(), VACUOUS, "--fail-level", argv=f"{CHECK} --deploy", err=SOME),
    case(django_migrations(), VACUOUS, "name them", argv=MIGRATIONS, out="No changes detected\n"),
    case(
        django_migrations(apps=("a", "b")),
        PASSED,
        "no changes in 2 apps",
        argv=MIGRATIONS,
        out="No changes detected in apps 'a', 'b'\n",
    ),
    case(
        django_migrations(),
        FAILED,
        "a, b",
        argv=MIGRATIONS,
        code=1,
        out="Migrations for 'a':\nMigrations for 'b':\n",
    ),
    case(
        django_migrations(),
        ERRORED,
        "neither",
        argv=MIGRATIONS,
        code=2,
        err="No installed app with label 'x'.\n",
    ),
    case(
        django_migrations(apps=("a", "b")),
        ERRORED,
        "at b",
        argv=MIGRATIONS,
        out="No changes detected in app 'a'\n",
    ),
    case(
        django_migration_plan(),
        ERRORED,
        "plan",
        argv="manage.py showmigrations --plan",
        code=1,
        err="Traceback\n",
    ),
    case(
        django_migration_plan(),
        VACUOUS,
        "no migrations",
        argv="manage.py showmigrations -p",
        out="(no migrations)\n",
    ),
)


def test_the_reader_of_the_deploy_check_names_the_settings(tmp_path: Path) -> None:
    command = django_check_deploy(settings="shop.production").command(("manage.py", "check"), tmp_path)
    assert command == ("manage.py", "check", "--settings=shop.production")


@pytest.mark.parametrize(
    ("invariants", "looked_at", "issues", "outcome", "says"),
    [
        ([("paid", 3, ["x"]), ("sums", 1, [])], 4, 1, FAILED, "first in paid"),
        ([("paid", 3, []), ("sums", 0, [])], 3, 0, VACUOUS, "sums looked at nothing"),
        ([], 0, 0, VACUOUS, "looked at no rows"),
        ([("paid", 3, [])], 5, 0, ERRORED, "sums"),
        ([("paid", 3, ["x"])], 3, 0, ERRORED, "sums"),
        ([("paid", -3, [])], -3, 0, ERRORED, "counts -3"),
        ([("paid", True, [])], 1, 0, ERRORED, "counts True"),
        ([("paid", 3, [])], 3.0, 0, ERRORED, "counts 3.0"),
    ],
)
def test_run_checks(
    tmp_path: Path, *, invariants: list[Invariant], looked_at: float, issues: int, outcome: Outcome, says: str
) -> None:
    found = [{"name": name, "looked_at": rows, "issues": wrong} for name, rows, wrong in invariants]
    report = json.dumps({"invariants": found, "looked_at": looked_at, "issues": issues})
    reading = decide(run_checks(), ended(tmp_path, argv=RUN, exit_code=int(issues > 0), stdout=report))
    assert (reading.outcome, says in reading.reason) == (outcome, True), reading


@pytest.mark.parametrize(
    ("gates", "commands", "findings", "outcome", "says"),
    [
        ([("lint", 1, 1), ("test", 2, 1)], 2, 0, FAILED, "does not run all of test"),
        ([("lint", 0, 0)], 0, 0, FAILED, "does not run all of lint"),
        ([("lint", 1, 1)], 1, 2, FAILED, "2 findings, first J030 a: b"),
        ([], 0, 0, VACUOUS, "declares no gate"),
        ([("lint", 1, 1)], 2, 0, ERRORED, "the sum"),
        ([("lint", 1, -1)], -1, 0, ERRORED, "counts -1"),
    ],
)
def test_parity(
    tmp_path: Path,
    *,
    gates: list[tuple[str, int, int]],
    commands: int,
    findings: int,
    outcome: Outcome,
    says: str,
) -> None:
    found = [{"gate": name, "commands": wanted, "in_ci": in_ci} for name, wanted, in_ci in gates]
    finding = {"code": "J030", "path": "a", "sentence": "b"}
    report = json.dumps({"gates": found, "commands": commands, "findings": [finding] * findings})
    reading = decide(parity(), ended(tmp_path, argv="gateproof parity --json", stdout=report))
    assert (reading.outcome, says in reading.reason) == (outcome, True), reading


@pytest.mark.parametrize("report", ["[]", "{}", "null", '{"invariants": 3}', '{"invariants": [{}]}'])
def test_run_checks_without_its_keys(tmp_path: Path, report: str) -> None:
    reading = decide(run_checks(), ended(tmp_path, argv=RUN, stdout=report))
    assert (reading.outcome, "lacks" in reading.reason) == (ERRORED, True), reading


SKIP, XFAIL, FAIL = '<skipped type="pytest.skip"/>', '<skipped type="pytest.xfail"/>', "<failure/>"


PYTEST = (
    case(pytest_tests(), PASSED, "2 tests passed", out=_bar("2 passed"), files=_junit("", "")),
    case(pytest_tests(), PASSED, "2 tests passed", out=_bar("1 passed, 1 xpassed"), files=_junit("", "")),
    case(
        pytest_tests(), PASSED, "", out=_bar("2 passed, 5 subtests passed"), files=_junit("", "", claimed=7)
    ),
    case(pytest_tests(), ERRORED, "by the closing line", out=_bar("3 passed"), files=_junit("", "")),
    case(pytest_tests(), ERRORED, "by the closing line", out=_bar("no tests ran"), files=_junit("", "")),
    case(pytest_tests(), VACUOUS, "looked at no tests", out=_bar("no tests ran"), files=_junit()),
    case(pytest_tests(), SKIPPED, "all 2 tests", out=_bar("1 skipped, 1 xfailed"), files=_junit(SKIP, XFAIL)),
    case(
        pytest_tests(),
        FAILED,
        "1 of 2 tests failed, first a::t1",
        code=1,
        out=_bar("1 failed, 1 passed"),
        files=_junit("", FAIL, failures=1),
    ),
    case(
        pytest_tests(),
        FAILED,
        "first a::t1",
        out=_bar("1 failed, 1 passed"),
        files=_junit("", FAIL, failures=1),
    ),
    case(pytest_tests(), FAILED, "pytest says no", code=1, out=_bar("2 passed"), files=_junit("", "")),
    case(pytest_tests(), VACUOUS, "found no test", code=5, out=_bar("no tests ran"), files=_junit()),
    case(
        pytest_tests(),
        ERRORED,
        "stopped, misused or broken",
        code=2,
        out=_bar("2 passed"),
        files=_junit("", ""),
    ),
    case(
        pytest_tests(),
        ERRORED,
        "stopped, misused or broken",
        code=4,
        out=_bar("2 passed"),
        files=_junit("", ""),
    ),
    case(pytest_tests(), ERRORED, "there is no junit.xml", out=_bar("2 passed")),
)


@pytest.mark.parametrize(
    ("stdout", "says"),
    [
        ("== 2 passed in 0.22s ==\n!!!! _pytest.outcomes.Exit: enough !!!!\n", "stopped before every test"),
        ("2 passed\n", "closing line"),
        ("", "closing line"),
    ],
)
def test_pytest_without_its_closing_line(tmp_path: Path, stdout: str, says: str) -> None:
    reading = decide(pytest_tests(), ended(tmp_path, stdout=stdout, files=_junit("", "")))
    assert (reading.outcome, says in reading.reason) == (ERRORED, True), reading


def test_pytests_own_closing_line_is_the_last(tmp_path: Path) -> None:
    stdout = "!! planted !!\n== 9 passed in 9.00s ==\n== 1 passed, 2 deselected in 0.22s (0:00:01) ==\n"
    reading = decide(pytest_tests(), ended(tmp_path, stdout=stdout, files=_junit("")))
    assert (reading.outcome, dict(reading.counts)["deselected"]) == (PASSED, 2), reading


def _checked(*names: str, claimed: int | None = None) -> str:
    opened = "".join(DEBUG.format("diagnostics", f"Checking: {name}") for name in names)
    return opened + DEBUG.format(
        "commands::check", f"Checked {len(names) if claimed is None else claimed} files in: 1ms"
    )


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ("x = 1\n", PASSED),
        ("# ruff: noqa\n", VACUOUS),
        ("x = 1\n  #  Flake8: NOQA  # why\n", VACUOUS),
        ("# ruff: noqa: F401\n", PASSED),
        ("x = 1  # ruff: noqa\n", PASSED),
    ],
)
def test_a_file_that_is_exempt_was_not_looked_at_by_ruff(
    tmp_path: Path, content: str, outcome: Outcome
) -> None:
    path = tmp_path / "a.py"
    path.write_text(content, encoding="utf-8")
    it = ended(tmp_path, stdout="All checks passed!\n", stderr=_checked(str(path)))
    assert decide(ruff_check(), it).outcome is outcome


LINTERS = (
    case(
        ruff_check(),
        VACUOUS,
        "no files",
        argv="ruff check .",
        out="All checks passed!\n",
        err="warning: No Python files\n",
    ),
    case(
        ruff_check(),
        VACUOUS,
        "no files",
        argv="ruff check .",
        out="All checks passed!\n",
        err=_checked("pyproject.toml"),
    ),
    case(
        ruff_check(),
        ERRORED,
        "1 of 2",
        argv="ruff check .",
        out="All checks passed!\n",
        err=_checked("a.toml", claimed=2),
    ),
    case(
        ruff_check(),
        ERRORED,
        "a.py",
        argv="ruff check .",
        out="All checks passed!\n",
        err=_checked("/nowhere/a.py"),
    ),
    case(ruff_check(), ERRORED, "without 'All checks passed!'", argv="ruff check ."),
    case(
        ruff_check(),
        FAILED,
        "Found 2 errors.",
        argv="ruff check .",
        code=1,
        out="Found 2 errors.\n[*] 1 fixable.\n",
    ),
    case(ruff_check(), ERRORED, "misused or broken", argv="ruff check .", code=2, err="ruff failed\n"),
    case(ruff_format(), VACUOUS, "--check", argv="ruff format .", out="2 files already formatted\n"),
    case(
        ruff_format(), ERRORED, "number of files", argv="ruff format --check", out="2 files left unchanged\n"
    ),
    case(
        ruff_format(),
        FAILED,
        "1 file would",
        argv="ruff format --check",
        code=1,
        out="1 file would be reformatted\n",
    ),
    case(
        ruff_format(),
        VACUOUS,
        "no Python",
        argv="ruff format --check",
        err="warning: No Python files found\n",
    ),
    case(
        ruff_format(),
        ERRORED,
        "misused",
        argv="ruff format --check",
        code=2,
        out="2 files already formatted\n",
    ),
    case(
        mypy(),
        FAILED,
        "Found 2 errors",
        argv="mypy .",
        code=1,
        out="Found 2 errors in 1 file (checked 3 source files)\n",
    ),
    case(
        mypy(),
        ERRORED,
        "number",
        argv="mypy .",
        code=2,
        out="Found 1 error in 1 file (errors prevented further checking)\n",
    ),
    case(mypy(), ERRORED, "number", argv="mypy .", code=1, out="Success: no issues found in 1 source file\n"),
    case(flake8(), ERRORED, "number of files", argv="flake8 .", out="1  total files processed\n"),
    case(
        flake8(),
        VACUOUS,
        "no files",
        argv="flake8 .",
        out="0  total logical lines processed\n1  total files processed\n",
    ),
    case(
        black(), FAILED, "1 file would", argv="black --check .", code=1, err="1 file would be reformatted.\n"
    ),
    case(
        black(),
        ERRORED,
        "could not read 1",
        argv="black --check .",
        code=123,
        err="1 file would fail to reformat.\n",
    ),
    case(black(), ERRORED, "without a number", argv="black --check .", err=".\n"),
    case(
        black(),
        VACUOUS,
        "no Python",
        argv="black --check .",
        err="No Python files are present to be formatted. Nothing to do\n",
    ),
    case(isort(), ERRORED, "could not read", argv="isort -c .", code=1, out="Broken 1 paths\n"),
    case(isort(), VACUOUS, "no files", argv="isort -c .", out="Skipped 4 files\n"),
    case(
        isort(),
        FAILED,
        "1 files",
        argv="isort -c .",
        code=1,
        err="ERROR: a.py Imports are incorrectly sorted and/or formatted.\n",
    ),
    case(
        isort(),
        ERRORED,
        "misused",
        argv="isort -c .",
        code=2,
        err="ERROR: a.py Imports are incorrectly sorted and/or formatted.\n",
    ),
    case(
        zizmor(), VACUOUS, "nothing to audit", argv="zizmor .", code=3, err="fatal: no audit was performed\n"
    ),
    case(
        zizmor(),
        FAILED,
        "5 findings",
        argv="zizmor .",
        code=14,
        out="5 findings (3 suppressed): 0 low, 1 high\n",
    ),
    case(zizmor(), FAILED, "5 findings", argv="zizmor .", out="5 findings (3 suppressed): 0 low, 1 high\n"),
    case(zizmor(), ERRORED, "did not close", argv="zizmor .", code=1, err="fatal\n"),
    case(
        zizmor(),
        VACUOUS,
        "2 findings are ignored",
        argv="zizmor .",
        out="No findings to report. Good job! (2 ignored)\n",
    ),
    case(actionlint(), ERRORED, "misused", argv="actionlint", code=3, err="no project was found\n"),
    case(
        actionlint(),
        FAILED,
        "1 errors",
        argv="actionlint",
        code=1,
        out="a.yml:1:1: bad\n",
        err="verbose: Found total 1 errors in 0 ms for a.yml\n",
    ),
    case(
        actionlint(),
        VACUOUS,
        "2 findings are ignored",
        argv="actionlint",
        err='Filtered 2 error(s) due to "-ignore" x\nFound total 0 errors in 0 ms for a\n',
    ),
    case(
        actionlint(),
        VACUOUS,
        "1 findings are ignored, 0 are accepted",
        argv="actionlint",
        err='Filtered 1 error(s) due to "-ignore" x\nFound total 0 errors in 0 ms for a\n',
    ),
    case(actionlint(), FAILED, "1 errors", argv="actionlint", err="Found total 1 errors in 0 ms for a\n"),
    case(actionlint(), VACUOUS, "no workflows", argv="actionlint"),
)


PIP_AUDIT = (
    case(pip_audit(), PASSED, "1 packages", err=NONE_KNOWN, files=_audit(CLICK)),
    case(pip_audit(pinned=("Click[x]==8.1 # y", "# z", "")), PASSED, "", err=NONE_KNOWN, files=_audit(CLICK)),
    case(pip_audit(pinned=("click==8.2",)), ERRORED, "click==8.2", err=NONE_KNOWN, files=_audit(CLICK)),
    case(
        pip_audit(pinned=("click==8.1.0", "attrs==1")),
        ERRORED,
        "1 pins were not audited",
        err=NONE_KNOWN,
        files=_audit(CLICK),
    ),
    case(
        pip_audit(pinned=("attrs==1",)),
        ERRORED,
        "not pinned: click",
        err=NONE_KNOWN,
        files=_audit(CLICK, {**CLICK, "name": "attrs", "version": "1"}),
    ),
    case(pip_audit(pinned=()), ERRORED, "not pinned: click", err=NONE_KNOWN, files=_audit(CLICK)),
    case(pip_audit(), VACUOUS, "no packages", err=NONE_KNOWN, files=_audit()),
    case(
        pip_audit(),
        ERRORED,
        "not audited: foo",
        err=NONE_KNOWN,
        files=_audit(CLICK, {"name": "foo", "skip_reason": "no"}),
    ),
    case(
        pip_audit(),
        FAILED,
        "click 8.1.0",
        err="Found 1 known vulnerability\n",
        files=_audit({**CLICK, "vulns": [{"id": "X"}]}),
    ),
    case(
        pip_audit(),
        VACUOUS,
        "2 more advisories",
        argv="pip-audit --ignore-vuln PYSEC-1",
        err="No known vulnerabilities found, 2 ignored\n",
        files=_audit(CLICK),
    ),
    case(
        pip_audit(ignored=2),
        PASSED,
        "",
        argv="pip-audit --ignore-vuln PYSEC-1",
        err="No known vulnerabilities found, 2 ignored\n",
        files=_audit(CLICK),
    ),
    case(
        pip_audit(ignored=2),
        ERRORED,
        "that the command does not name",
        err="No known vulnerabilities found, 2 ignored\n",
        files=_audit(CLICK),
    ),
    case(pip_audit(), ERRORED, "did not close", files=_audit(CLICK)),
    case(pip_audit(), ERRORED, "lacks 'version'", err=NONE_KNOWN, files=_audit({"name": "click"})),
    case(pip_audit(), ERRORED, "lacks", err=NONE_KNOWN, files={"pip-audit.json": "[]"}),
    case(pip_audit(), ERRORED, "left no pip-audit.json", err=NONE_KNOWN),
)


@pytest.mark.parametrize("argv", ["-r a.txt", "-ra.txt", "--requirement a.txt", "--requirement=a.txt"])
def test_pins_are_read_from_the_files_that_were_audited(tmp_path: Path, argv: str) -> None:
    (tmp_path / "a.txt").write_text(
        "click==8.1.0 \\\n    --hash=sha256:0\n-r b.txt\n-c c.txt\n", encoding="utf-8"
    )
    (tmp_path / "b.txt").write_text("Typing_Extensions===4.0; x\n-r a.txt\n", encoding="utf-8")
    it = ended(tmp_path, argv=f"pip-audit {argv}", stderr=NONE_KNOWN, files=_audit(CLICK))
    assert decide(pip_audit(), it).reason == "1 pins were not audited: typing-extensions==4"


def test_a_broken_pip_audit_could_not_find_out(tmp_path: Path) -> None:
    assert decide(pip_audit(), ended(tmp_path, exit_code=2)).outcome is ERRORED


@pytest.mark.parametrize(
    ("exit_code", "stdout", "outcome"),
    [
        (1, "a.py:1: error: No  [assignment]\nFound 1 error in 1 file (checked 1 source file)\n", PASSED),
        (1, "a.py:1: error: No  [misc]\nFound 1 error in 1 file (checked 1 source file)\n", VACUOUS),
        (0, "Success: no issues found in 1 source file\n", VACUOUS),
        (0, "[assignment]\nFound 1 error in 1 file (checked 1 source file)\n", ERRORED),
        (2, "[assignment]\n", ERRORED),
    ],
)
def test_a_canary_passes_when_the_tool_finds_it(
    tmp_path: Path, exit_code: int, stdout: str, outcome: Outcome
) -> None:
    reader = canary(mypy(at_least=50), finds="[assignment]")
    reading = decide(reader, ended(tmp_path, argv="mypy canary.py", exit_code=exit_code, stdout=stdout))
    assert reading.outcome is outcome
    assert (reading.looked_at, reading.unit) == (1, "canaries") or outcome is not PASSED


@pytest.mark.parametrize("it", [*DJANGO_TESTS, *DJANGO, *PYTEST, *LINTERS, *PIP_AUDIT])
def test_what_is_no_proof_is_no_pass(tmp_path: Path, it: Case) -> None:
    run = ended(tmp_path, argv=it.argv, exit_code=it.code, stdout=it.out, stderr=it.err, files=it.files)
    reading = decide(it.reader, run)
    assert reading.outcome is it.outcome, reading
    assert it.says in reading.reason


def test_a_file_that_ruffs_settings_exempt_from_every_rule_was_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n", encoding="utf-8")
    rules = ", ".join(f"Rule{n}" for n in range(900))
    why = DEBUG.format("x", f'Adding per-file ignores for "{path}" due to basename match on "*": {{{rules}}}')
    it = decide(
        ruff_check(), ended(tmp_path, stdout="All checks passed!\n", stderr=why + _checked(str(path)))
    )
    assert (it.outcome, it.counts) == (VACUOUS, (("exempt files", 1), ("noqa files", 0)))
    assert it.skipped == ("a.py (exempt)",)


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        ("x = 1\n", ()),
        ("import os  # noqa\n", ("a.py (noqa)",)),
        ("import os  #NoQA: F401\n", ("a.py (noqa)",)),
        ("# ruff: noqa: F401\n", ("a.py (noqa)",)),
        ("# flake8: noqa\n", ("a.py (exempt)",)),
        ("noqa = 1  # a word\n", ()),
    ],
)
def test_files_in_which_ruff_is_silenced_are_counted_and_named(
    tmp_path: Path, content: str, skipped: tuple[str, ...]
) -> None:
    path = tmp_path / "a.py"
    path.write_text(content, encoding="utf-8")
    (tmp_path / "b.py").write_text("x = 1\n", encoding="utf-8")
    stderr = _checked(str(path), str(tmp_path / "b.py"))
    it = decide(ruff_check(), ended(tmp_path, stdout="All checks passed!\n", stderr=stderr))
    assert (it.outcome, it.skipped) == (PASSED, skipped)
    assert sum(number for _, number in it.counts) == len(skipped)


@pytest.mark.parametrize(
    ("argv", "closing", "skipped"),
    [
        ("pip-audit --ignore-vuln PYSEC-1", ", 1 ignored", ("PYSEC-1 (ignored advisory)",)),
        ("pip-audit --ignore-vuln=PYSEC-1", ", 1 ignored", ("PYSEC-1 (ignored advisory)",)),
        (
            "pip-audit --ig=CVE-1 --index-url x --ignore-v CVE-2",
            ", 1 ignored",
            ("CVE-1 (ignored advisory)", "CVE-2 (ignored advisory)"),
        ),
        (
            "pip-audit --ignore-vulnerable A --i B --ignore-vuln=C=D -- --ignore-vuln E",
            ", 1 ignored",
            ("C=D (ignored advisory)",),
        ),
        ("pip-audit --ignore-vuln PYSEC-1", "", ()),
    ],
)
def test_advisories_that_pip_audit_ignored_are_named(
    tmp_path: Path, argv: str, closing: str, skipped: tuple[str, ...]
) -> None:
    it = decide(
        pip_audit(ignored=1),
        ended(tmp_path, argv=argv, stderr=f"No known vulnerabilities found{closing}\n", files=_audit(CLICK)),
    )
    assert (it.outcome, it.skipped) == (PASSED, skipped)
    assert dict(it.counts)["ignored advisories"] == bool(closing)


@pytest.mark.parametrize(
    ("content", "argv", "reason"),
    [
        ("click==8.1.0  # -r gone.txt\n", "pip-audit -r a.txt", ""),
        ("click==V8.1.0.0\n", "pip-audit -r a.txt", ""),
        ("click==v8.1\n", "pip-audit --requirement=a.txt", ""),
        (
            "click==8.1.0\nidna==3.1\nsix==1\n",
            "pip-audit -ra.txt",
            "2 pins were not audited: idna==3.1, six==1",
        ),
        ("click==8.1v\n", "pip-audit --requirement a.txt", "1 pins were not audited: click==8.1v"),
    ],
)
def test_the_pins_of_a_file_are_what_must_have_been_audited(
    tmp_path: Path, content: str, argv: str, reason: str
) -> None:
    (tmp_path / "a.txt").write_text(content, encoding="utf-8")
    it = decide(pip_audit(), ended(tmp_path, argv=argv, stderr=NONE_KNOWN, files=_audit(CLICK)))
    assert it.reason == (reason or "1 packages have no known vulnerability")
    assert it.outcome is (ERRORED if reason else PASSED)


def test_a_file_whose_name_has_a_sign_in_it_is_found(tmp_path: Path) -> None:
    (tmp_path / "a=b.txt").write_text("idna==3.1\n", encoding="utf-8")
    command = ended(tmp_path, argv="pip-audit --requirement=a=b.txt", stderr=NONE_KNOWN, files=_audit(CLICK))
    assert decide(pip_audit(), command).reason.startswith("1 pins were not audited: idna==3.1")


def test_findings_of_ruff_in_one_line_each_have_names_too(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("import os\n", encoding="utf-8")
    out = "a.py:1:8: F401 [*] `os` imported but unused\nb/c.py:2:1: E501 Line too long\nFound 2 errors.\n"
    it = decide(ruff_check(), ended(tmp_path, exit_code=1, stdout=out, stderr=_checked(str(path))))
    assert (it.outcome, it.findings) == (FAILED, ("E501 b/c.py", "F401 a.py"))
