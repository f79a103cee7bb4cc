"""The verbs of this repository: `invoke -l` lists them, `invoke --help VERB` explains one."""

from __future__ import annotations

import sys
from pathlib import Path

# The suite that runs here is the suite of this checkout, also where another copy is installed.
sys.path.insert(0, str(Path(__file__).parent / "src"))

from gateproof.tasks import namespace

__all__ = ["namespace"]
