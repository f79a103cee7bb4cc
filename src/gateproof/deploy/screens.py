"""The proof of the demo: its whole walkthrough in a real browser, each role pictured, on a desk and on a phone."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from gateproof.config import Settings
from gateproof.deploy.environment import environment_of
from gateproof.deploy.readings import pictured
from gateproof.deploy.steps import Proof, Prover, StepCommand, Tell
from gateproof.deploy.stopping import stoppable
from gateproof.record.readers import pytest_tests

NAME = "walkthrough"
LOCK = "acceptance"
"""The lock with the driver of the browser, and the store."""
TESTS = "tests/browser/test_demo_walkthrough.py"
ROLES = ("admin", "ops", "analyst", "customer")
WIDTHS = {"desktop": 1200, "phone": 390}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
HOW_TO_INSTALL = (
    "There is no Chromium on this machine: install one (Debian: `apt-get install chromium`), "
    "or set BROWSER_PATH to its program."
)


def prove_screens(root: Path, settings: Settings, *, tell: Tell = print) -> Proof:
    """Drive docs/demo_walkthrough.md and keep, for each role and width, a picture and what the page said.

    Without a browser the step is SKIPPED, and says what to install.
    Raises UnknownError when the environment cannot be made, KeyboardInterrupt when stopped.
    """
    browser = find_browser()
    if browser is None:
        prover = Prover(root, settings, tell=tell)
        prover.skip(NAME, HOW_TO_INSTALL)
        return prover.proof
    environment = environment_of(root, LOCK)
    prover = Prover(root, settings, lock=environment.lock, tell=tell)
    with stoppable(), tempfile.TemporaryDirectory(prefix="gp-") as scratch:
        shots = Path(scratch) / "shots"
        env = {"STORE_SCREENSHOTS": str(shots), "BROWSER_PATH": browser, "PATH": environment.path}
        # What the demo, the browser and pytest leave among the temporary files goes with the rest.
        env |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)
        python = str(environment.python)
        walk = ("python", "-m", "pytest", "-m", "acceptance", "-p", "no:cacheprovider", TESTS)
        script = Path(__file__).parent / "scripts" / "pictures.py"
        prover.step(
            NAME,
            [
                StepCommand(argv=walk, program=python, env=env, reads=pytest_tests(at_least=len(WIDTHS))),
                StepCommand(
                    argv=("python", str(script), str(shots)),
                    program=sys.executable,
                    reads=pictured(roles=ROLES, widths=WIDTHS),
                ),
            ],
            leaves=lambda files: keep(shots, files),
        )
    return prover.proof


def find_browser() -> str | None:
    """The program of a Chromium: BROWSER_PATH, or the first that is found."""
    named = os.environ.get("BROWSER_PATH")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def keep(shots: Path, files: Path) -> None:
    """Keep the pictures, and what is beside them, in the record."""
    if shots.is_dir():
        shutil.copytree(shots, files, dirs_exist_ok=True)
