"""The workflow that runs every gate on GitHub, a job each, as anybody runs it at home."""

from __future__ import annotations

import gateproof

_TEXT = """\
# Every gate of the noxfile, a job each, run as anybody runs it at home.
name: gates

on:
  push:
  pull_request:

permissions: {}

concurrency:
  group: gates-${{ github.ref }}
  cancel-in-progress: true

jobs:
  plan:
    name: Read the gates from the noxfile
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read # to check the source out
    outputs:
      matrix: ${{ steps.plan.outputs.matrix }}
    steps:
STEPS
      - id: plan
        run: python -m invoke ci.matrix >> "$GITHUB_OUTPUT"

  gate:
    name: ${{ matrix.session }}
    needs: plan
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read # to check the source out
    strategy:
      fail-fast: false
      matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}
    steps:
STEPS
      - run: python -m nox -s "$SESSION"
        env:
          SESSION: ${{ matrix.session }}
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        if: always()
        with:
          name: ledger-${{ matrix.session }}
          path: .gateproof/ledger
          include-hidden-files: true
          if-no-files-found: error
"""
_STEPS = """\
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with:
          python-version: "3.11"
      # gateproof's own environment; the gates make the project's.
      - run: python -m pip install "gateproof[suite]==VERSION"
        env:
          PYTHONPYCACHEPREFIX: ${{ runner.temp }}"""


def write_workflow() -> str:
    """The text of .github/workflows/gates.yml."""
    return _TEXT.replace("STEPS", _STEPS.replace("VERSION", gateproof.__version__))
