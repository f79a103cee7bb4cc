"""Readers decide the outcome of a command by what its tool looked at.

A green that proved nothing is never PASSED.
To add one, write a factory that gives a `Reader`, name it in `READERS`, and add false greens to the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateproof.record.readers.combine import combine, is_support
from gateproof.record.readers.contract import NotUnderstoodError, Reader, Requirement
from gateproof.record.readers.decide import decide
from gateproof.record.readers.django_tests import django_tests
from gateproof.record.readers.junit import pytest_tests
from gateproof.record.readers.ruff import ruff_check, ruff_format
from gateproof.record.readers.support import exit_code

READERS: Mapping[str, Callable[..., Reader]] = MappingProxyType(
    {
        "django-tests": django_tests,
        "exit-code": exit_code,
        "pytest": pytest_tests,
        "ruff-check": ruff_check,
        "ruff-format": ruff_format,
    }
)
"""Every reader by the name that `gateproof run --reads NAME` takes."""

__all__ = [
    "READERS",
    "NotUnderstoodError",
    "Reader",
    "Requirement",
    "combine",
    "decide",
    "django_tests",
    "exit_code",
    "is_support",
    "pytest_tests",
    "ruff_check",
    "ruff_format",
]
