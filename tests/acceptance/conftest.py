"""A shop that is ready to be released: made once a file, and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from functional.releasing import VARIABLE, Shop


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """One that no test changes."""
    return Shop.make(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def shop(template: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """One that the test may change, with the key of its releaser at hand."""
    monkeypatch.setenv(VARIABLE, str(template.key))
    return template.copy(tmp_path)
