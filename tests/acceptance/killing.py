"""Releases the repository at ARGV[1], and ends itself by SIGKILL before a system step, ARGV[2]; 0 is none.

A step is named by its number, or by a text that stands in what it does. `+TEXT` is the one after that.
Whoever is not killed tells the number of the step that made the tag, and of all.

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


TAG = "update-ref"


def main(root: Path, stop_before: str) -> None:
    seen = tagged = 0
    is_next = False
    text = "" if stop_before.isdigit() else stop_before.removeprefix("+")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen, tagged, is_next
        flags = arguments[2] if event == "open" and len(arguments) > 2 else 0
        if event in STEPS or (isinstance(flags, int) and flags & WRITES):
            seen += 1
            does = f"{event} {arguments[:2]}"  # Neither folder nor environment, which name the test.
            if is_next or str(seen) == stop_before or (text and stop_before == text and text in does):
                os.kill(os.getpid(), signal.SIGKILL)
            is_next = bool(text) and text in does
            tagged = seen if event == "subprocess.Popen" and TAG in does else tagged

    settings = load_settings(root)
    sys.addaudithook(hook)
    release(root, settings, Silent())
    print(tagged, seen)


main(Path(sys.argv[1]), sys.argv[2])
