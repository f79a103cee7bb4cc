"""What every test needs: a checkout that stays as clean as it was found."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import threading
from pathlib import Path

import hypothesis

# Hypothesis would keep its examples in the checkout, and a gate that leaves files behind does not count.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "gateproof-hypothesis")
)
# No deadline: how long a case takes says how busy the machine is.
hypothesis.settings.register_profile("suite", database=None, deadline=None)
hypothesis.settings.load_profile("suite")

# Whoever starts the tests in the background has them ignore Ctrl-C, and every process that they start inherits that.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

_CREDENTIALS = re.compile(r"://[^/\s@]*@")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their size, hide passwords in URLs: ids stand in the sealed JUnit file, where both are findings."""
    if isinstance(val, bytes):
        return f"{argname}-{len(val)}-bytes"
    if isinstance(val, str) and _CREDENTIALS.search(val):
        return ascii(_CREDENTIALS.sub("://...@", val))[1:-1]
    return None
