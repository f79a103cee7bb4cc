"""Hold the recorder against a plain `CMD > file`, side by side, and measure its memory.

    python bench/record.py            ratio on a million lines; memory on 1 GB of output
    python bench/record.py --quick    the same, smaller

Runs are paired A, B, A, B because a machine's speed drifts; the median of the pairs' ratios counts.
Nothing is asserted here: a timed test would fail on somebody's busy machine and prove nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gateproof.record.process import run
from gateproof.record.redact import Redactor, redactor

PEER = "a plain `CMD > file`"
LINE = "line {:07d} of a tool's own text"
LINES = f"import sys\nfor n in range(int(sys.argv[1])):\n    sys.stdout.write({LINE!r}.format(n) + chr(10))\n"
BLOCKS = "import sys\nblock = b'a line of output, as tools write it\\n' * 1772\n"
BLOCKS += "for _ in range(int(sys.argv[1])):\n    sys.stdout.buffer.write(block)\n"
SECRETS = {
    "SECRET_KEY": "django-insecure-x7=%k#2v!q@w9(z)t$5r&u1",
    "API_TOKEN": "ghx_0123456789abcdefABCDEF0123456789",
    "DB_PASSWORD": "correct horse battery staple",
    "STRIPE_API_KEY": "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    "DATABASE_URL": "postgres://shop:s3cr3t-Pa%24s@localhost/shop",
}
PATTERNS = (r"ghp_[A-Za-z0-9]{36}", r"AKIA[0-9A-Z]{16}", r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help="a tenth of the size")
    options.add_argument("--pairs", type=int, default=9)
    chosen = options.parse_args()
    scale = 10 if chosen.quick else 1
    secrets = redactor(SECRETS, patterns=PATTERNS)
    nothing = redactor({})
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        command = [sys.executable, "-c", LINES, str(1_000_000 // scale)]
        unbuffered = [sys.executable, "-u", *command[1:]]
        compare("in process", command, where, chosen.pairs, lambda into: record(command, into, secrets))
        compare("no secrets", command, where, chosen.pairs, lambda into: record(command, into, nothing))
        compare("unbuffered", unbuffered, where, chosen.pairs, lambda into: record(unbuffered, into, secrets))
        compare("own process", command, where, chosen.pairs, lambda into: as_process(command, into))
        print(f"peak memory on {1024 // scale} MB: {memory(1024 // scale, where / 'memory'):.1f} MB")


def compare(name: str, command: list[str], where: Path, pairs: int, ours: Callable[[Path], None]) -> None:
    """Print the median times of ours and the peer's, and the median of the pairs' ratios."""
    times = []
    for number in range(pairs + 1):
        plain, recorded = where / f"{name}-{number}-plain", where / f"{name}-{number}"
        peer_seconds = seconds(partial(to_file, command, plain))
        our_seconds = seconds(partial(ours, recorded))
        assert (recorded / "stdout").read_bytes() == plain.read_bytes(), "the recording differs"
        assert (recorded / "output.log").read_bytes().endswith(plain.read_bytes()), "the log differs"
        plain.unlink()
        times.append((our_seconds, peer_seconds))
    times = times[1:]  # the first pair warms the caches
    ratio = statistics.median(ours / peer for ours, peer in times)
    mine, peers = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{name}: {mine:.3f} s against {peers:.3f} s of {PEER}; ratio {ratio:.2f}")


def seconds(action: Callable[[], None]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def to_file(command: list[str], path: Path) -> None:
    with path.open("wb") as file:
        subprocess.run(command, stdout=file, check=True)


def record(command: list[str], into: Path, secrets: Redactor) -> None:
    ended = run(command, cwd=Path.cwd(), env=os.environ, into=into, redactor=secrets)
    assert ended.exit_code == 0, ended


RECORDER = """
import os, sys
from pathlib import Path
from gateproof.record.process import run
from gateproof.record.redact import redactor
run(sys.argv[2:], cwd=Path.cwd(), env=os.environ, into=Path(sys.argv[1]), redactor=redactor(os.environ))
"""


def as_process(command: list[str], into: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", RECORDER, str(into), *command], env=os.environ | SECRETS, check=True
    )


MEASURED = (
    RECORDER
    + """
import psutil
status = Path("/proc/self/status")  # Linux's getrusage would tell the parent's peak where that is higher
if status.exists():
    print(next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if "VmHWM" in line))
elif sys.platform == "win32":
    print(psutil.Process().memory_info().peak_wset)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
)


def memory(megabytes: int, into: Path) -> float:
    """Peak memory in MB, interpreter included, of a process that records so much output."""
    command = [sys.executable, "-c", BLOCKS, str(megabytes * 1024 * 1024 // (37 * 1772))]
    measured = [sys.executable, "-c", MEASURED, str(into), *command]
    done = subprocess.run(measured, env=os.environ | SECRETS, check=True, capture_output=True)
    assert (into / "stdout").stat().st_size > megabytes * 1000 * 1000, "too little was recorded"
    return int(done.stdout) / 1e6


if __name__ == "__main__":
    main()
