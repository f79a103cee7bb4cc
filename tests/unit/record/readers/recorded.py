"""What each tool really wrote when all was well, and when it was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateproof.record.readers import (
    Reader,
    actionlint,
    black,
    build,
    check_wheel_contents,
    dependency_audit,
    django_check,
    django_check_deploy,
    django_migration_plan,
    django_migrations,
    django_tests,
    flake8,
    isort,
    mypy,
    parity,
    pins,
    pip_audit,
    pytest_tests,
    ruff_check,
    ruff_format,
    run_checks,
    secret_scan,
    twine_check,
    zizmor,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """One run, as it was recorded."""

    reader: Reader
    argv: str
    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    looked_at: int
    unit: str

    def __str__(self) -> str:
        return self.reader.name


RULE = "-" * 70
JUNIT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
<testsuite name="pytest" errors="0" failures="0" skipped="0" tests="2" time="0.2">
<testcase classname="test_a" name="test_one" time="0.002" />
<testcase classname="test_a" name="test_two" time="0.001" />
</testsuite>
</testsuites>"""
AUDITED = '{"dependencies": [{"name": "click", "version": "8.1.0", "vulns": []}], "fixes": []}'
INVARIANTS = '{"invariants": [{"name": "paid", "looked_at": 3, "issues": []}], "looked_at": 3, "issues": 0}'
DEBUG = "[2026-11-24][03:31:59][ruff::{}][DEBUG] {}\n"

GOOD = (
    Recorded(
        reader=django_tests(),
        argv="python manage.py test --verbosity=2",
        stdout="Found 2 test(s).\nOperations to perform:\nSystem check identified no issues (0 silenced).\n",
        stderr="Creating test database for alias 'default'...\ntest_one (orders.tests.T.test_one) ... ok\n"
        "test_two (orders.tests.T.test_two)\nTwo and two. ... ok\n\n"
        f"{RULE}\nRan 2 tests in 0.001s\n\nOK\nDestroying test database for alias 'default'...\n",
        looked_at=2,
        unit="tests",
    ),
    Recorded(
        reader=django_check(),
        argv="python manage.py check",
        stdout="System check identified no issues (0 silenced).\n",
        looked_at=1,
        unit="projects",
    ),
    Recorded(
        reader=django_check_deploy(),
        argv="python manage.py check --deploy --fail-level WARNING",
        stdout="System check identified no issues (0 silenced).\n",
        looked_at=1,
        unit="projects",
    ),
    Recorded(
        reader=django_migrations(),
        argv="python manage.py makemigrations --check --dry-run orders auth",
        stdout="No changes detected in apps 'orders', 'auth'\n",
        looked_at=2,
        unit="apps",
    ),
    Recorded(
        reader=django_migration_plan(),
        argv="python manage.py showmigrations --plan",
        stdout="[X]  auth.0001_initial\n[ ]  orders.0001_initial\n",
        looked_at=2,
        unit="migrations",
    ),
    Recorded(
        reader=run_checks(),
        argv="python manage.py run_checks --fail-on-issues --format=json",
        stdout=INVARIANTS + "\n",
        looked_at=3,
        unit="rows",
    ),
    Recorded(
        reader=parity(),
        argv="gateproof parity --json",
        stdout='{"gates": [{"gate": "lint", "commands": 2, "in_ci": 2}], "commands": 2, "findings": []}\n',
        looked_at=2,
        unit="commands",
    ),
    Recorded(
        reader=dependency_audit(),
        argv="gateproof audit --json",
        stdout='{"outcome": "PASSED", "reason": "3 pins of 1 locks have no known vulnerability", "failed": [],'
        ' "unknown": [], "waived": [], "notes": [], "locks": [{"lock": "requirements/lint.txt", "pinned": 3}],'
        ' "pinned": 3, "audited": 3, "skipped": [], "vulnerabilities": [], "licences": null,'
        ' "advisories": {"source": "all.zip",'
        ' "live": false, "updated": "2026-11-23T12:00:00Z", "sha256": "4b21", "count": 2651},'
        ' "scanner": {"name": "pip-audit", "version": "2.10.1"},'
        ' "started": "2026-11-24T12:00:00Z", "finished": "2026-11-24T12:00:02Z"}\n',
        looked_at=3,
        unit="packages",
    ),
    Recorded(
        reader=pins(),
        argv="gateproof pins --json",
        stdout='{"locks": [{"path": "requirements/lint.txt", "pins": 3, "renewed": "2026-11-24"},'
        ' {"path": "requirements/secrets.txt", "pins": 7, "renewed": "2026-11-24"}], "pins": 10, "findings": []}\n',
        looked_at=10,
        unit="pins",
    ),
    Recorded(
        reader=secret_scan(),
        argv="gateproof secrets --json",
        stdout='{"what": "commit c2adf21", "scanner": {"name": "kingfisher", "version": "2.14.0", "rules": 516},'
        ' "files": 532, "scanned": 532, "members": 0, "canaries": {"planted": 10, "found": 10},'
        ' "findings": [], "allowed": []}\n',
        looked_at=532,
        unit="files",
    ),
    Recorded(
        reader=pytest_tests(),
        argv="pytest",
        stdout="collected 2 items\n\ntest_a.py ..\n\n====== 2 passed, 1 deselected in 0.22s ======\n",
        files={"junit.xml": JUNIT},
        looked_at=2,
        unit="tests",
    ),
    Recorded(
        reader=ruff_format(),
        argv="ruff format --check .",
        stdout="2 files already formatted\n",
        looked_at=2,
        unit="files",
    ),
    Recorded(
        reader=mypy(),
        argv="mypy .",
        stdout="Success: no issues found in 2 source files\n",
        looked_at=2,
        unit="files",
    ),
    Recorded(
        reader=flake8(),
        argv="flake8 --benchmark --count .",
        stdout="0.0661     seconds elapsed\n2          total logical lines processed\n"
        "2          total files processed\n30         files processed per second\n0\n",
        looked_at=2,
        unit="files",
    ),
    Recorded(
        reader=black(),
        argv="black --check .",
        stderr="All done! \u2728\n2 files would be left unchanged.\n",
        looked_at=2,
        unit="files",
    ),
    Recorded(
        reader=isort(),
        argv="isort --check-only --verbose .",
        stdout="SUCCESS: /here/a.py Everything Looks Good!\nSUCCESS: /here/b.py Everything Looks Good!\n",
        looked_at=2,
        unit="files",
    ),
    Recorded(
        reader=build(),
        argv="python -m build --no-isolation --outdir dist",
        stdout="Successfully built shop-1.tar.gz and shop-1-py3-none-any.whl\n",
        stderr="* Getting build dependencies for sdist...\n* Building sdist...\n* Building wheel from sdist\n",
        looked_at=2,
        unit="archives",
    ),
    Recorded(
        reader=check_wheel_contents(),
        argv="check-wheel-contents dist",
        stdout="dist/shop-1-py3-none-any.whl: OK\n",
        looked_at=1,
        unit="wheels",
    ),
    Recorded(
        reader=twine_check(),
        argv="twine check --strict dist/shop-1-py3-none-any.whl dist/shop-1.tar.gz",
        stdout="Checking dist/shop-1-py3-none-any.whl: PASSED\nChecking dist/shop-1.tar.gz: PASSED\n",
        looked_at=2,
        unit="archives",
    ),
    Recorded(
        reader=zizmor(),
        argv="zizmor --offline .",
        stdout="No findings to report. Good job! (1 suppressed)\n",
        stderr=" INFO zizmor: zizmor v1.32.0\n INFO audit: zizmor: \U0001f308 completed ./.github/ci.yml\n",
        looked_at=1,
        unit="workflows",
    ),
    Recorded(
        reader=actionlint(),
        argv="actionlint -verbose",
        stderr="verbose: Linting bad.yml\nverbose: verbose: Using project at /here\n"
        "Found total 0 errors in 0 ms for .github/workflows/ci.yml\n"
        "verbose: Found total 0 errors in 0 ms for b.yml\n",
        looked_at=2,
        unit="workflows",
    ),
    Recorded(
        reader=pip_audit(pinned=("click==8.1.0",)),
        argv="pip-audit -r lock.txt",
        stderr="No known vulnerabilities found\n",
        files={"pip-audit.json": AUDITED},
        looked_at=1,
        unit="packages",
    ),
    Recorded(
        reader=ruff_check(),
        argv="ruff check .",
        stdout="All checks passed!\n",
        stderr=DEBUG.format("diagnostics", "Checking: pyproject.toml")
        + DEBUG.format("diagnostics", "Checking: {here}")
        + DEBUG.format("commands::check", "Checked 2 files in: 19.3us"),
        looked_at=1,
        unit="files",
    ),
)
