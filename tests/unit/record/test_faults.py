"""Whose fault a red gate is: the project's when the gate looked, the set-up's when it could not."""

from __future__ import annotations

import pytest

from gateproof.model import Outcome
from gateproof.record.faults import Blame, Fault, blame


def of(outcome: Outcome | None, *, reason: str = "", looked_at: int = 0, log: str = "") -> Blame:
    return blame(
        gate="test", outcome=outcome, reason=reason, looked_at=looked_at, log=log, place="x/output.log"
    )


SET_UP = [
    ("ModuleNotFoundError: No module named 'environ'", "what holds environ"),
    ("KeyError: 'DJANGO_SECRET'", '{"DJANGO_SECRET": …}'),
    (
        "django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment variable",
        '{"DATABASE_URL": …}',
    ),
    ("decouple.UndefinedValueError: SECRET_KEY not found.", '{"SECRET_KEY": …}'),
    ("ImproperlyConfigured: The SECRET_KEY setting must not be empty.", "SECRET_KEY"),
    ("ImproperlyConfigured: Error loading psycopg2 or psycopg module", "psycopg[binary]"),
    ('connection to server at "localhost", port 5432 failed: Connection refused', 'needs=("postgres",)'),
    ("FileNotFoundError: [Errno 2] No such file or directory: '/srv/data'", "/srv/data"),
    ("PermissionError: [Errno 13] Permission denied: '/var/log/x'", "/var/log/x"),
    ("Unknown command: 'run_checks'", "mend the command"),
]


@pytest.mark.parametrize(("log", "words"), SET_UP, ids=[row[0][:40] for row in SET_UP])
def test_a_gate_that_could_not_look_is_the_set_ups_fault(log: str, words: str) -> None:
    it = of(Outcome.ERRORED, reason="django-check could not find out", log=f"Traceback\n{log}\n")

    assert it.fault is Fault.SETUP
    assert words in it.advice
    assert "nox -s test" in it.advice


REASONS = [
    "its environment could not be installed from -r requirements.txt: No solution",
    "pytest is not in the environment that its lock makes",
    "gone.txt, which the environment is made from, cannot be read: No such file",
    "the gate changed its source: app.py",
    "the source changed while the gate ran: db.sqlite3",
    "The secrets file /x/shop.env cannot be read (FileNotFoundError); make it",
    "the command did not end within its time limit",
]


@pytest.mark.parametrize("reason", REASONS)
def test_its_own_reason_may_say_so(reason: str) -> None:
    assert of(Outcome.ERRORED, reason=reason).fault is Fault.SETUP


def test_the_last_cause_is_named() -> None:
    log = "ModuleNotFoundError: No module named 'first'\nKeyError: 'SECOND'\n"

    assert "SECOND" in of(Outcome.ERRORED, log=log).advice


def test_a_gate_that_looked_is_the_projects_fault_whatever_its_log_holds() -> None:
    it = of(Outcome.FAILED, reason="1 of 3 tests failed", looked_at=3, log="KeyError: 'TOTAL'\n")

    assert it == Blame(
        fault=Fault.PROJECT, advice="read x/output.log, mend what it names, then `nox -s test`"
    )


@pytest.mark.parametrize(
    ("outcome", "reason", "fault"),
    [
        (None, "", Fault.SETUP),
        (Outcome.VACUOUS, "no test was found", Fault.PROJECT),
        (Outcome.VACUOUS, "pytest found no test that it could run", Fault.PROJECT),
        (Outcome.VACUOUS, "looked at no files", Fault.SETUP),
        (Outcome.SKIPPED, "all 3 tests were skipped or expected to fail", Fault.PROJECT),
        (Outcome.SKIPPED, "not today", Fault.SETUP),
        (Outcome.FAILED, "exit code 1", Fault.UNCLEAR),
        (Outcome.ERRORED, "the command was ended by SIGKILL", Fault.UNCLEAR),
    ],
)
def test_what_nothing_tells_is_unclear(outcome: Outcome | None, reason: str, fault: Fault) -> None:
    it = of(outcome, reason=reason)

    assert it.fault is fault
    assert it.advice
