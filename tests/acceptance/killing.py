"""Releases the repository at ARGV[1], and ends itself by SIGKILL before system step ARGV[2]; else tells their number.

A system step is what changes the disk or starts a process: a file opened for writing, a folder made, a name changed
or taken away, a child started. Python's own audit events tell of each before it happens.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from gateproof.config import load_settings
from gateproof.release.progress import Silent
from gateproof.release.transaction import release

STEPS = frozenset(
    (
        "os.mkdir",
        "os.rename",
        "os.remove",
        "os.rmdir",
        "os.link",
        "os.chmod",
        "os.truncate",
        "subprocess.Popen",
    )
)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main(root: Path, stop_before: int) -> None:
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        flags = arguments[2] if event == "open" and len(arguments) > 2 else 0
        if event in STEPS or (isinstance(flags, int) and flags & WRITES):
            seen += 1
            if seen == stop_before:
                os.kill(os.getpid(), signal.SIGKILL)

    settings = load_settings(root)
    sys.addaudithook(hook)
    release(root, settings, Silent())
    print(seen)


main(Path(sys.argv[1]), int(sys.argv[2]))
