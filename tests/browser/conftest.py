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
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Visit(page=page, demo=demo)
        refusals = ("status of 403", "status of 404")
        assert [said for said in complaints if not any(refusal in said for refusal in refusals)] == []
