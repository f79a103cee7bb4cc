"""Hold `invoke status` against its limit, and against an invoke that only says its version.

    python bench/status.py                 a project with two gates and two records, made up here
    python bench/status.py --root FOLDER   a real one

The limit is half a second. Nothing is asserted here: a timed test would fail on somebody's busy machine and prove
nothing. The peer is what Python and invoke take to start. Runs are paired A, B, A, B; the median counts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from functional.project import Project, gate  # noqa: E402 - it lies beside

TASKS = "from gateproof.tasks import namespace\n\n__all__ = ['namespace']\n"
RECORD = ("gateproof", "run", "--name", "NAME", "--reads", "run-checks", "--")
PROGRAM = ("python", "good.py", "run_checks", "--fail-on-issues")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--root", type=Path)
    options.add_argument("--pairs", type=int, default=9)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = chosen.root or made_up(Path(folder) / "shop")
        for words in ("status", "--version"):
            timed(root, words)  # warms the disk and the byte code
        pairs = [(timed(root, "status"), timed(root, "--version")) for _ in range(chosen.pairs)]
    ours, peer = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(f"invoke status {ours:.2f} s, invoke --version {peer:.2f} s, ratio {ours / peer:.2f}")


def made_up(where: Path) -> Path:
    project = Project.make(where, gate("check") + gate("totals"), {"tasks.py": TASKS})
    for name in ("check", "totals"):
        done = project.run(*(word.replace("NAME", name) for word in RECORD), *PROGRAM)
        if done.returncode:
            sys.exit(done.stdout)
    return project.root


def timed(root: Path, words: str) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "invoke", words], cwd=root, capture_output=True, check=False, encoding="utf-8"
    )
    took = time.perf_counter() - began
    if words == "status" and "Next:" not in done.stdout:
        sys.exit(done.stdout + done.stderr)
    return took


if __name__ == "__main__":
    main()
