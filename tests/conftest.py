"""What every test needs: a checkout that stays as clean as it was found."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import hypothesis

# Hypothesis would keep its examples in the checkout, and a gate that leaves files behind does not count.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "gateproof-hypothesis")
)
hypothesis.settings.register_profile("suite", database=None)
hypothesis.settings.load_profile("suite")
