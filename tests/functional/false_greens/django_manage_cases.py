"""False greens of Django's checks, migrations and a store's own invariants."""

from __future__ import annotations

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, table, text
from functional.false_greens.django_project import MODELS, project
from gateproof.record.readers import (
    django_check,
    django_check_deploy,
    django_migration_plan,
    django_migrations,
    run_checks,
)

CHECK = "python manage.py check"
DEPLOY = "python manage.py check --deploy --fail-level WARNING"
PROD = "--settings shop.production"
MAKE = "python manage.py makemigrations --check --dry-run"
PLAN = "python manage.py showmigrations --plan"

_WRONG = {"orders/models.py": MODELS.replace("IntegerField()", "CharField(max_length=0)")}
_WARNED = {"orders/models.py": MODELS.replace("IntegerField()", "ManyToManyField('self', null=True)")}
_CHANGED = {"orders/models.py": MODELS + "    paid = models.BooleanField(default=False)\n"}
_NO_FOLDER: dict[str, str | None] = {
    "orders/migrations/__init__.py": None,
    "orders/migrations/0001_initial.py": None,
}
_SILENCE = 'SILENCED_SYSTEM_CHECKS = ["fields.E121", "security.W004", "security.W008"]\n'
_NAMED = django_migrations(apps=("orders",))

check = table(CHECK, django_check())
CHECKS = (
    check("nothing is wrong", PASSED, "no issues", 1, files=project()),
    check("a warning", PASSED, "fields.W340", files=project(_WARNED)),
    check("an error", FAILED, "fields.E121", files=project(_WRONG)),
    check("a warning that must fail", FAILED, argv=f"{CHECK} --fail-level WARNING", files=project(_WARNED)),
    check("the error is silenced", VACUOUS, "silenced", files=project(_WRONG, settings=_SILENCE)),
    check(
        "one silenced is accepted",
        PASSED,
        reader=django_check(silenced=1),
        files=project(_WRONG, settings=_SILENCE),
    ),
    check(
        "one silenced is accepted, and no file says which",
        VACUOUS,
        "no file says which",
        reader=django_check(silenced=1),
        files=project(_WRONG, settings='globals()["SILENCED_SYSTEM_" + "CHECKS"] = ["fields" + ".E121"]\n'),
    ),
    check("one tag only", VACUOUS, "one tag", argv=f"{CHECK} --tag security", files=project(_WRONG)),
    check("one tag, abbreviated", VACUOUS, "one tag", argv=f"{CHECK} --ta=security", files=project(_WRONG)),
    check("one app only", VACUOUS, "only orders", argv=f"{CHECK} orders", files=project()),
    check("tags are listed", ERRORED, argv=f"{CHECK} --list-tags", files=project()),
    check("a tag that does not exist", ERRORED, argv=f"{CHECK} --tag nope", files=project()),
    check("settings that do not exist", ERRORED, argv=f"{CHECK} --settings=nope", files=project()),
    check("the settings leave with 0", ERRORED, files=project(settings="import sys; sys.exit()\n")),
    check(
        "something is said at the end",
        ERRORED,
        files=project(settings='import atexit; atexit.register(print, "bye")\n'),
    ),
)
deploy = table(f"{DEPLOY} {PROD}", django_check_deploy())
DEPLOYS = (
    deploy("settings that do not exist", ERRORED, argv=f"{DEPLOY} --settings nope", files=project()),
    deploy("production is safe", PASSED, "", 1, files=project()),
    deploy("production is not safe", FAILED, "security.W0", argv=DEPLOY, files=project()),
    deploy(
        "findings without --fail-level", VACUOUS, "--fail-level", argv=f"{CHECK} --deploy", files=project()
    ),
    deploy(
        "a level that lets all pass", VACUOUS, argv=f"{CHECK} --deploy --fail-level CRITICAL", files=project()
    ),
    deploy("a later level lets all pass", VACUOUS, argv=f"{DEPLOY} --fail-level=CRITICAL", files=project()),
    deploy(
        "without --deploy", VACUOUS, "--deploy", argv=f"{CHECK} --fail-level WARNING {PROD}", files=project()
    ),
    deploy(
        "findings are silenced",
        VACUOUS,
        "silenced",
        files=project(
            {"shop/production.py": project()["shop/production.py"] + "SECURE_HSTS_SECONDS = 0\n"},
            settings=_SILENCE,
        ),
    ),
    deploy(
        "other settings than production's",
        PASSED,
        argv=f"{DEPLOY} --settings shop.lax",
        reader=django_check_deploy(settings="shop.production"),
        files=project({"shop/lax.py": "1 / 0\n"}),
    ),
    deploy(
        "DEBUG is on",
        FAILED,
        "security.W018",
        files=project({"shop/production.py": project()["shop/production.py"] + "DEBUG = True\n"}),
    ),
)
migrations = table(MAKE, django_migrations())
MIGRATIONS = (
    migrations("nothing to migrate", PASSED, "", 1, argv=f"{MAKE} orders", files=project()),
    migrations("the reader names the apps", PASSED, "", 1, reader=_NAMED, files=project()),
    migrations("a migration is missing", FAILED, "orders", files=project(_CHANGED)),
    migrations("an app without a folder, named", FAILED, reader=_NAMED, files=project(_NO_FOLDER)),
    migrations("an app without a folder, not named", VACUOUS, "name them", files=project(_NO_FOLDER)),
    migrations("no app is named", VACUOUS, "name them", files=project()),
    migrations(
        "the folder is switched off",
        FAILED,
        reader=_NAMED,
        files=project(_CHANGED, settings=('MIGRATION_MODULES = {"orders": None}\n')),
    ),
    migrations(
        "only conflicts are looked for", ERRORED, argv=f"{MAKE} --merge orders", files=project(_CHANGED)
    ),
    migrations("an empty migration", FAILED, argv=f"{MAKE} --empty orders", files=project()),
    migrations(
        "without --check",
        VACUOUS,
        "--check",
        argv="python manage.py makemigrations --dry-run orders",
        files=project(),
    ),
    migrations(
        "without --check, changes",
        FAILED,
        argv="python manage.py makemigrations --dry-run",
        files=project(_CHANGED),
    ),
    migrations(
        "without --dry-run",
        VACUOUS,
        "--dry-run",
        argv="python manage.py makemigrations --check orders",
        files=project(),
    ),
    migrations("silent", ERRORED, argv=f"{MAKE} -v 0 orders", files=project()),
    migrations("for scripts", ERRORED, argv=f"{MAKE} --scriptable orders", files=project()),
    migrations("an app that does not exist", ERRORED, argv=f"{MAKE} nope", files=project()),
    migrations(
        "the plan has a migration", PASSED, "", 1, argv=PLAN, reader=django_migration_plan(), files=project()
    ),
    migrations(
        "the plan is empty", VACUOUS, argv=PLAN, reader=django_migration_plan(), files=project(_NO_FOLDER)
    ),
    migrations(
        "a list is no plan",
        VACUOUS,
        argv="python manage.py showmigrations",
        reader=django_migration_plan(),
        files=project(),
    ),
    migrations(
        "a plan of no known app",
        ERRORED,
        argv=f"{PLAN} nope",
        reader=django_migration_plan(),
        files=project(),
    ),
)


def _store(report: str, *, before: str = "") -> dict[str, str]:
    """A project whose `run_checks` prints a report, as a store's own command would."""
    command = text(
        "import json, sys",
        "from django.core.management.base import BaseCommand",
        "class Command(BaseCommand):",
        "    def add_arguments(self, parser):",
        '        parser.add_argument("--fail-on-issues", action="store_true")',
        '        parser.add_argument("--format")',
        "    def handle(self, **options):",
        before or "        pass",
        f"        report = {report}",
        "        self.stdout.write(json.dumps(report))",
        '        if report.get("issues") and options["fail_on_issues"]: sys.exit(1)',
    )
    folder = "orders/management/commands"
    return project(
        {"orders/management/__init__.py": "", f"{folder}/__init__.py": "", f"{folder}/run_checks.py": command}
    )


RUN = "python manage.py run_checks --fail-on-issues"
_GOOD = '{"name": "paid", "looked_at": 3, "issues": []}'
_BAD = '{"name": "refunded", "looked_at": 2, "issues": ["order 7"]}'
_BLIND = '{"name": "orphans", "looked_at": 0, "issues": []}'


def _report(*invariants: str, looked_at: int, issues: int) -> str:
    return f'{{"invariants": [{", ".join(invariants)}], "looked_at": {looked_at}, "issues": {issues}}}'


invariants = table(RUN, run_checks())
INVARIANTS = (
    invariants("all hold", PASSED, "1 invariants", 3, files=_store(_report(_GOOD, looked_at=3, issues=0))),
    invariants(
        "one is broken", FAILED, "refunded", 5, files=_store(_report(_GOOD, _BAD, looked_at=5, issues=1))
    ),
    invariants("an empty database", VACUOUS, "seed", 0, files=_store(_report(_BLIND, looked_at=0, issues=0))),
    invariants(
        "one has nothing to look at",
        VACUOUS,
        "orphans",
        3,
        files=_store(_report(_GOOD, _BLIND, looked_at=3, issues=0)),
    ),
    invariants("no invariant at all", VACUOUS, "", 0, files=_store(_report(looked_at=0, issues=0))),
    invariants(
        "issues that do not fail",
        FAILED,
        "refunded",
        argv="python manage.py run_checks",
        files=_store(_report(_BAD, looked_at=2, issues=1)),
    ),
    invariants(
        "without --fail-on-issues",
        VACUOUS,
        "--fail-on-issues",
        argv="python manage.py run_checks",
        files=_store(_report(_GOOD, looked_at=3, issues=0)),
    ),
    invariants("sums that lie", ERRORED, "sums", files=_store(_report(_GOOD, looked_at=500, issues=0))),
    invariants("issues that the sum leaves out", ERRORED, files=_store(_report(_BAD, looked_at=2, issues=0))),
    invariants("a report without numbers", ERRORED, "lacks", files=_store('{"invariants": []}')),
    invariants(
        "something else on the stream",
        ERRORED,
        "not JSON",
        files=_store(_report(_GOOD, looked_at=3, issues=0), before='        print("checking")'),
    ),
    invariants("a command that does not exist", ERRORED, files=project()),
    invariants(
        "fewer rows than required",
        VACUOUS,
        "at least 100",
        reader=run_checks(at_least=100),
        files=_store(_report(_GOOD, looked_at=3, issues=0)),
    ),
)

CASES = (*CHECKS, *DEPLOYS, *MIGRATIONS, *INVARIANTS)
