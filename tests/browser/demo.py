"""The demo as its walkthrough starts it, running for the tests, and a browser to look at it with."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """A running demo: where it is, and the password of its people."""

    address: str
    password: str


@dataclass(kw_only=True)  # without slots: Playwright notes on it what it calls
class Visit:
    """One person at the browser. Screenshots, with what the page said, go to STORE_SCREENSHOTS if it is set."""

    page: Any
    demo: Demo
    width: str = "desktop"
    complaints: list[str] = field(default_factory=list)
    """What the browser's console complained about."""
    status: int = 0
    """Of the latest page."""

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._see)

    def _hear(self, said: Any) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def _see(self, answer: Any) -> None:
        if answer.request.is_navigation_request() and answer.frame == self.page.main_frame:
            self.status = answer.status

    def open(self, path: str) -> None:
        """Open an address of the store."""
        self.page.goto(self.demo.address + path)

    def says(self) -> str:
        """What the page says, without its surroundings."""
        return str(self.page.inner_text("body"))

    def press(self, name: str, *, role: str = "button") -> None:
        """Press a button, or follow a link, of that name, and wait for the whole page that it leads to."""
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state()  # a click waits for a new page to begin; counting needs its end

    def sign_in(self, account: str) -> None:
        """Sign in as one of the demo's people, out of whoever was signed in."""
        self.page.context.clear_cookies()
        self.open("/accounts/sign-in/")
        self.page.get_by_label("E-mail address").fill(f"{account}@purelaka.example")
        self.page.get_by_label("Password").fill(self.demo.password)
        self.press("Sign in")

    def wait_for(self, words: str, *, seconds: float = 20) -> str:
        """Reload until the page says something: news from Stripe or a worker takes a moment."""
        end = time.monotonic() + seconds
        while words not in (said := self.says()):
            assert time.monotonic() < end, f"{self.page.url} never said {words!r}; it says: {said}"
            time.sleep(0.2)
            self.page.reload()
        return said

    def show(self, role: str, name: str) -> None:
        """Keep a picture of what this role sees here, and what the page says."""
        folder = os.environ.get("STORE_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            beside = Path(folder) / f"{role}-{name}-{self.width}"
            self.page.screenshot(path=f"{beside}.png", full_page=True)
            facts = {
                "role": role,
                "address": self.page.url.removeprefix(self.demo.address),
                "status": self.status,
                "console": self.complaints,
                "said": self.says(),
            }
            text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
            beside.with_suffix(".json").write_text(text, encoding="utf-8", newline="\n")


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Run `manage.py run_demo` until the block ends."""
    port, standin = free_port(), free_port()
    manage = [sys.executable, str(ROOT / "purelaka" / "manage.py")]
    ports = ["--port", str(port), "--standin-port", str(standin)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    with (folder / "demo.log").open("w", encoding="utf-8") as log:
        demo = subprocess.Popen(
            [*manage, "run_demo", *ports, "--folder", str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
            encoding="utf-8",
        )
        assert demo.stdout is not None
        listener = threading.Thread(target=demo.stdout.read, daemon=True)
        try:
            said = _read_until(demo.stdout, "store: ")
            password = re.search(r"^password of all of them: (.+)$", said, re.MULTILINE)
            assert password, said
            # It goes on to talk; somebody must listen.
            listener.start()
            address = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(address)
            yield Demo(address=address, password=password[1])
        finally:
            demo.terminate()
            demo.wait(timeout=30)
            if listener.is_alive():
                listener.join(timeout=10)
            demo.stdout.close()


def _read_until(stream: IO[str], words: str) -> str:
    said = ""
    for line in stream:
        said += line
        if line.startswith(words):
            return said
    raise AssertionError(f"The demo ended before it said {words!r}: {said}")


def _wait_until_it_answers(address: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urlopen(f"{address}/healthz", timeout=5).close()
        except (URLError, OSError):
            assert time.monotonic() < end, f"{address} never answered"
            time.sleep(0.2)
        else:
            return


@contextmanager
def running_browser() -> Iterator[Any]:
    """Start the system's Chromium. Without one this fails, and says what to install."""
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "There is no Chromium here: install Debian's `chromium`, or set BROWSER_PATH to one."
    # Not imported above: the other tests run without it.
    playwright = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
