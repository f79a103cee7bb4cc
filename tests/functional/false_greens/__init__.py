"""The corpus of false greens: real runs of real tools, each with the outcome that it must get.

To add one, add a `Case` to the module of its tool.
What a reader cannot see is here too, named "a hole", beside the canary that sees it.
"""

from __future__ import annotations

from functional.false_greens import (
    audit_cases,
    command_cases,
    django_manage_cases,
    django_tests_cases,
    in_toto_cases,
    lint_cases,
    package_cases,
    pin_cases,
    pytest_cases,
    secret_cases,
    supply_cases,
    workflow_cases,
)

CASES = (
    *django_tests_cases.CASES,
    *django_manage_cases.CASES,
    *pytest_cases.CASES,
    *lint_cases.CASES,
    *package_cases.CASES,
    *workflow_cases.CASES,
    *audit_cases.CASES,
    *pin_cases.CASES,
    *supply_cases.CASES,
    *secret_cases.CASES,
    *command_cases.CASES,
    *in_toto_cases.CASES,
)
