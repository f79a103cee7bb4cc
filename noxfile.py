"""The gates of this repository. What stands here is what runs, locally and in CI.

    nox -s gates          every gate, then one table
    nox -s gates -j 2     the same, two at a time
    nox -s test           one gate
    nox -s acceptance     what itself runs gates: the rehearsed release, and its refusals

A gate is green when its record says that it looked at something and found it good; see CONTRIBUTING.md, "Add a gate".
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nox
import psutil

# The suite that runs here is the suite of this checkout, also where another copy is installed.
sys.path.insert(0, str(Path(__file__).parent / "src"))

from gateproof.deploy.django import several
from gateproof.deploy.postgres import embedded_postgres
from gateproof.deploy.readings import TABLES, counted_tables, migrated, seeded
from gateproof.nox import GateSession, confirm_all_gates, gate, gate_names
from gateproof.record.readers import (
    actionlint,
    build,
    check_wheel_contents,
    dependency_audit,
    django_check,
    django_check_deploy,
    django_migrations,
    django_tests,
    exit_code,
    mypy,
    parity,
    pins,
    pytest_tests,
    ruff_check,
    ruff_format,
    run_checks,
    secret_scan,
    twine_check,
    zizmor,
)

STORE = "purelaka"
APPS = tuple(sorted(path.parent.name for path in Path(STORE).glob("*/apps.py")))
# Values that nothing is protected by, made up for each run: production refuses to start without strong ones.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "shop.example",
    "DATABASE_URL": "postgres://store@db.example/store",
    "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
    "STRIPE_SECRET_KEY": f"sk_live_{secrets.token_hex(16)}",
    "CELERY_BROKER_URL": f"redis://:{secrets.token_hex(16)}@redis.example:6379/0",
}


@gate(lock="store")
def check(session: GateSession) -> None:
    """The store's system checks find nothing."""
    session.run("python", "manage.py", "check", cwd=STORE, env=database(session), reads=django_check())


@gate(lock="store")
def deploy_check(session: GateSession) -> None:
    """The store's deployment checks find nothing under its production settings."""
    command = ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    reads = django_check_deploy(settings="purelaka.settings.production")
    session.run(*command, cwd=STORE, env=PRODUCTION, reads=reads)


@gate(lock="store")
def migrations(session: GateSession) -> None:
    """The store's migrations say what its models say."""
    command = ("python", "manage.py", "makemigrations", "--check", "--dry-run")
    session.run(*command, cwd=STORE, env=database(session), reads=django_migrations(apps=APPS))


@gate(lock="store")
def test(session: GateSession) -> None:
    """The store's tests pass."""
    session.run(
        "python", "manage.py", "test", cwd=STORE, env=database(session), reads=django_tests(at_least=200)
    )


@gate(lock="store")
def test_analytics(session: GateSession) -> None:
    """The store's analytics tests pass, each named."""
    command = ("python", "manage.py", "test", "analyticsapp", "-v", "2")
    session.run(*command, cwd=STORE, env=database(session), reads=django_tests(at_least=10))


@gate(lock="store", name="run-checks")
def business_checks(session: GateSession) -> None:
    """The store's business invariants hold on a seeded database."""
    env = database(session)
    session.run("python", "manage.py", "migrate", "-v", "0", cwd=STORE, env=env, reads=exit_code())
    session.run("python", "manage.py", "seed_demo", cwd=STORE, env=env, reads=exit_code())
    command = ("python", "manage.py", "run_checks", "--fail-on-issues")
    session.run(*command, cwd=STORE, env=env, reads=run_checks())


@gate(lock="store", name="database", is_long=True)
def on_postgres(session: GateSession) -> None:
    """An empty PostgreSQL becomes a working store: migrations, demo data, business checks and tests."""
    with embedded_postgres() as server:
        path = server.path(*(session.bin_paths or ()))
        env = {"DATABASE_URL": server.url, "PATH": path, **server.environment}
        tables = (server.program("psql"), "-X", "-A", "-t", "-c", TABLES)
        session.run(*tables, env=env, reads=counted_tables(none=True))
        session.run("python", "manage.py", "migrate", "--no-color", cwd=STORE, env=env, reads=migrated())
        models = ("python", "manage.py", "makemigrations", "--check", "--dry-run")
        session.run(*models, cwd=STORE, env=env, reads=django_migrations(apps=APPS))
        session.run("python", "manage.py", "seed_demo", cwd=STORE, env=env, reads=seeded())
        command = ("python", "manage.py", "run_checks", "--fail-on-issues")
        session.run(*command, cwd=STORE, env=env, reads=run_checks())
        words, variables = several(2)
        tests = ("python", "manage.py", "test", *words)
        session.run(*tests, cwd=STORE, env=env | variables, reads=django_tests(at_least=200))


@gate(lock="lint")
def lint(session: GateSession) -> None:
    """Ruff finds nothing in any Python file, its security rules included."""
    session.run("ruff", "check", ".", reads=ruff_check())


@gate(lock="lint", name="format")
def formatting(session: GateSession) -> None:
    """Every Python file is formatted as Ruff would format it."""
    session.run("ruff", "format", "--check", ".", reads=ruff_format())


@gate(lock="lint")
def workflows(session: GateSession) -> None:
    """The GitHub workflows are valid, and safe in the eyes of zizmor's auditor."""
    # The one that is ignored is the call of our own reusable workflow; beside it stands why.
    session.run("zizmor", "--offline", "--persona", "auditor", ".github", reads=zizmor(ignored=1))
    session.run("actionlint", reads=actionlint())


@gate(lock="secrets", install_project=True, name="secrets")
def no_secrets(session: GateSession) -> None:
    """No file of the commit's archive holds a secret, and every one was looked at."""
    session.run("gateproof", "secrets", "--json", reads=secret_scan())


@gate(lock="dev", install_project=True, name="pins")
def fresh_pins(session: GateSession) -> None:
    """Every lock follows from its inputs, by hash, and is within the patch cadence."""
    session.run("gateproof", "pins", "--json", reads=pins())


@gate(lock="dev", install_project=True)
def audit(session: GateSession) -> None:
    """No pinned package has a known vulnerability or a licence that is not allowed, and every pin was looked at."""
    # Which advisories to ask, and why they may be old, is this gate's business alone.
    env = {name: value for name, value in os.environ.items() if name.startswith("GATEPROOF_ADVISORIES")}
    session.run("gateproof", "audit", "--json", env=env, reads=dependency_audit(licences=True))


@gate(lock="dev", install_project=True, name="parity")
def ci_parity(session: GateSession) -> None:
    """CI runs what `nox -s gates` runs, nothing less and nothing hidden."""
    session.run("gateproof", "parity", "--json", reads=parity())


@gate(lock="dev", install_project=True)
def types(session: GateSession) -> None:
    """The suite, this file and the tasks are typed, strictly."""
    session.run("mypy", "--cache-dir", session.create_tmp(), reads=mypy())


@gate(lock="dev", install_project=True, is_long=True)
def unit(session: GateSession) -> None:
    """The suite's own tests pass, and run at least 85 % of its lines and branches."""
    data = str(Path(session.virtualenv.location) / "coverage.data")
    with roomy_folder() as temporary:
        session.run(
            *("pytest", "-m", "not acceptance and not long"),
            *("--numprocesses", "2", "--dist", "worksteal"),
            # What only runs in a process of its own is not traced: some 90 % are measured.
            *("--cov", "--cov-report", "term", "--cov-fail-under", "85"),
            env={"COVERAGE_FILE": data, "TMPDIR": temporary},
            reads=pytest_tests(at_least=150),
        )


@gate(lock="package")
def package(session: GateSession) -> None:
    """The wheel and the sdist are built, hold what they should, and say what an index can show."""
    place = Path(session.create_tmp()).resolve() / "package"
    shutil.rmtree(place, ignore_errors=True)
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(place), reads=build())
    session.run("check-wheel-contents", str(place), reads=check_wheel_contents())
    archives = sorted(str(path) for path in place.glob("*"))
    session.run("twine", "check", "--strict", *archives, reads=twine_check(at_least=2))


# The suite's and the store's own tests, in one environment.
@gate(lock="acceptance", install_project=True, is_long=True)
def regressions(session: GateSession) -> None:
    """Each known defect, put back, is noticed by the test that is named for it."""
    session.run("pytest", "tests/defects/come_back.py", reads=pytest_tests(at_least=9))


@nox.session(venv_backend="none", requires=gate_names(), default=False)
def gates(session: nox.Session) -> None:
    """Every gate; green only when each left a PASSED record of this run."""
    confirm_all_gates(session)


@nox.session(venv_backend="uv|virtualenv", reuse_venv=True, default=False)
def acceptance(session: nox.Session) -> None:
    """What itself runs gates: a fresh clone rehearses its release, strangers' tools verify it, refusals are seen."""
    session.install("--quiet", "--require-hashes", "--requirement", "requirements/acceptance.txt")
    session.install("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    command = ("pytest", "-m", "acceptance and not long", "-p", "no:cacheprovider", "--durations", "20")
    # Two at a time, a file each: what one file makes once, its tests share.
    # In the order of tests/acceptance/conftest.py, and not the files of the most tests first.
    workers = ("--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    session.run(*command, *workers, *session.posargs)


@contextlib.contextmanager
def roomy_folder() -> Iterator[str]:
    """A folder for the many small repositories of the tests: in memory where there is room, never in this one."""
    memory = Path("/dev") / "shm"
    room = 4 << 30
    fits = os.name == "posix" and os.access(memory, os.W_OK) and psutil.virtual_memory().available > room
    if fits and shutil.disk_usage(memory).free > room and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        place = tempfile.mkdtemp(prefix="gateproof-", dir=memory)
    else:
        place = tempfile.mkdtemp(prefix="gateproof-")
    # Some tests start servers, which run as another user.
    Path(place).chmod(0o711)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def database(session: GateSession) -> dict[str, str]:
    """A database that is empty and outside the checkout, because even `makemigrations --check` makes its file."""
    path = Path(session.create_tmp()).resolve() / "store.sqlite3"
    path.unlink(missing_ok=True)
    return {"DATABASE_URL": f"sqlite:///{path.as_posix()}"}
