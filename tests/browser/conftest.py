"""One demo and one browser for all browser tests; a new person for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from browser.demo import Demo, Visit, running_browser, running_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo."""
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The running browser."""
    with running_browser() as browser:
        yield browser


@pytest.fixture
def visit(demo: Demo, browser: Any) -> Iterator[Visit]:
    """Somebody at a desk. What the browser complains about, the content security policy included, is a failure."""
    with browser.new_context(viewport={"width": 1200, "height": 800}, accept_downloads=True) as context:
        visit = Visit(page=context.new_page(), demo=demo)
        yield visit
        assert without_refusals(visit.complaints) == []


def without_refusals(complaints: list[str]) -> list[str]:
    """What the console complained about, but for the refusals that are meant."""
    refusals = ("status of 403", "status of 404")
    return [said for said in complaints if not any(refusal in said for refusal in refusals)]
