"""The workflow that runs every gate on GitHub, a job each, as anybody runs it at home, and misses nothing.

It is gateproof's own reusable workflow, `reusable.yml`, made to stand alone: a repository that adopts the suite has
no bootstrap script, and calls nobody else's workflow.
"""

from __future__ import annotations

import re
from importlib.resources import files

import gateproof

MAIN_PYTHON = "3.11"
_HEAD = """\
# Every gate of the noxfile, a job each, run as anybody runs it at home; then all of it is merged, and nothing missed.
name: gates

on:
  push:
  pull_request:

"""
_CONCURRENCY = """\
permissions: {}

concurrency:
  # Every pushed commit is proven; of a pull request only the newest.
  group: gates-${{ github.event_name == 'pull_request' && github.ref || github.sha }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}
"""
_SETUP = re.compile(r" +- uses: actions/setup-python@.+\n +with:\n +python-version: .+\n")
_INSTALL = f"""\
      # gateproof's own environment; the gates make the project's.
      - run: python -m pip install "gateproof[suite]=={gateproof.__version__}"
"""


def write_workflow() -> str:
    """The text of .github/workflows/gates.yml."""
    ours = files("gateproof.adopt").joinpath("reusable.yml").read_text(encoding="utf-8")
    jobs = ours.partition("permissions: {}\n")[2]
    jobs = _SETUP.sub(lambda step: step[0] + _INSTALL, jobs)
    jobs = jobs.replace("python scripts/bootstrap.py ", "python -m ")
    return _HEAD + _CONCURRENCY + jobs.replace("${{ inputs.python }}", f'"{MAIN_PYTHON}"')
