"""Readers decide the outcome of a command by what its tool looked at.

A green that proved nothing is never PASSED.
To add one: write a factory that gives a `Reader`, name it in `READERS`,
and add its false greens to the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateproof.record.readers.audit import dependency_audit
from gateproof.record.readers.canary import canary
from gateproof.record.readers.combine import combine, is_support
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.decide import decide
from gateproof.record.readers.django_checks import django_check, django_check_deploy
from gateproof.record.readers.django_migrations import django_migration_plan, django_migrations
from gateproof.record.readers.django_tests import django_tests
from gateproof.record.readers.formatters import black, isort
from gateproof.record.readers.linters import flake8, mypy
from gateproof.record.readers.packages import build, check_wheel_contents, twine_check
from gateproof.record.readers.parity import parity
from gateproof.record.readers.pins import pins
from gateproof.record.readers.pip_audit import pip_audit
from gateproof.record.readers.pytest_runs import pytest_tests
from gateproof.record.readers.ruff import ruff_check, ruff_format
from gateproof.record.readers.run_checks import run_checks
from gateproof.record.readers.secret_scan import secret_scan
from gateproof.record.readers.support import exit_code
from gateproof.record.readers.workflows import actionlint, zizmor

READERS: Mapping[str, Callable[..., Reader]] = MappingProxyType(
    {
        "actionlint": actionlint,
        "audit": dependency_audit,
        "black": black,
        "build": build,
        "check-wheel-contents": check_wheel_contents,
        "django-check": django_check,
        "django-check-deploy": django_check_deploy,
        "django-migration-plan": django_migration_plan,
        "django-migrations": django_migrations,
        "django-tests": django_tests,
        "exit-code": exit_code,
        "flake8": flake8,
        "isort": isort,
        "mypy": mypy,
        "parity": parity,
        "pins": pins,
        "pip-audit": pip_audit,
        "pytest": pytest_tests,
        "ruff-check": ruff_check,
        "ruff-format": ruff_format,
        "run-checks": run_checks,
        "twine-check": twine_check,
        "secret-scan": secret_scan,
        "zizmor": zizmor,
    }
)
"""Every reader by the name that `gateproof run --reads NAME` takes."""

__all__ = [
    "READERS",
    "NotUnderstoodError",
    "Reader",
    "Requirement",
    "actionlint",
    "black",
    "build",
    "canary",
    "check_wheel_contents",
    "combine",
    "decide",
    "dependency_audit",
    "django_check",
    "django_check_deploy",
    "django_migration_plan",
    "django_migrations",
    "django_tests",
    "exit_code",
    "flake8",
    "is_support",
    "isort",
    "mypy",
    "parity",
    "pins",
    "pip_audit",
    "pytest_tests",
    "ruff_check",
    "ruff_format",
    "run_checks",
    "secret_scan",
    "twine_check",
    "zizmor",
]
