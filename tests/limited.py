"""Runs `gateproof` as a process of its own that has little memory and little time, many command lines in one.

Each line gets its own ten seconds of the processor; what uses more is killed, and named by the line that was under way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MEMORY = 256 << 20
SECONDS = 10
PATIENCE = 300
"""Of the clock, as the machine may have other things to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one command line came to."""

    exit_code: int
    out: str
    err: str
    seconds: float
    """Of the processor."""

    @property
    def is_safe_to_print(self) -> bool:
        """Whether nothing in it drives a terminal."""
        return all(character.isprintable() or character == "\n" for character in self.out + self.err)


def gateproof(*command_lines: Sequence[str | Path], seconds: float = SECONDS) -> list[Said]:
    """What each command line came to. AssertionError where one was killed, names the line and how it ended."""
    done = subprocess.run(
        [sys.executable, __file__, str(seconds)],
        input=json.dumps([list(map(str, line)) for line in command_lines]).encode(),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    said = [Said(**json.loads(line)) for line in done.stdout.splitlines()]
    if len(said) < len(command_lines):
        tail = done.stderr.decode("utf-8", "replace")[-1000:]
        raise AssertionError(f"{command_lines[len(said)]} ended by {done.returncode}: {tail}")
    return said


def _main() -> None:
    import contextlib
    import io
    import resource
    import signal
    import time

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from gateproof.cli import main

    real = sys.stdout
    for arguments in json.load(sys.stdin):
        # The clock of the processor ends the process also inside a pattern or a parser written in C.
        signal.setitimer(signal.ITIMER_PROF, float(sys.argv[1]))
        out, err, begun = io.StringIO(), io.StringIO(), time.process_time()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
        said = {"exit_code": code, "out": out.getvalue(), "err": err.getvalue()}
        real.write(json.dumps(said | {"seconds": time.process_time() - begun}) + "\n")
        real.flush()


if __name__ == "__main__":
    _main()
