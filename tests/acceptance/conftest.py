"""A shop that is ready to be released: made once a file, and copied for each test. And which files begin first."""

from __future__ import annotations

from pathlib import Path

import pytest

from functional.releasing import VARIABLE, Shop

LONGEST = ("test_this_repository.py", "test_adoption.py", "test_deploy_containers.py")
"""Files that take minutes; begun last, one of them would leave a processor idle for as long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin; all other tests keep their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """One that no test changes."""
    return Shop.make(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def shop(template: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """One that the test may change, with the key of its releaser at hand."""
    monkeypatch.setenv(VARIABLE, str(template.key))
    return template.copy(tmp_path)
