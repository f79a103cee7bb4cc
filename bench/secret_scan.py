"""Hold the secret scan against bare kingfisher, side by side, on a generated tree of 7,000 files.

    python bench/secret_scan.py            ratio on a folder, and on its ZIP against unpacking it and scanning that
    python bench/secret_scan.py --quick    a tenth of the files

Runs are paired A, B, A, B because a machine's speed drifts; the median of the pairs' ratios counts.
Bare kingfisher passes over pictures, lock files and node_modules and finds neither canaries nor what our rules find.
Nothing is asserted about time: a timed test would fail on somebody's busy machine and prove nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from gateproof.release.secretscan.kingfisher import program
from gateproof.release.secretscan.scan import SecretScan, scan_folder, scan_zip

OFFLINE = ("--no-validate", "--no-update-check", "--quiet", "--redact", "--format", "json")
WORDS = ("order", "customer", "total", "payment", "refund", "return", "self", "value", "import", "settings")
KINDS = (*(["py"] * 12), "html", "html", "js", "css", "json", "md", "po", "png", "lock")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help="a tenth of the files")
    options.add_argument("--pairs", type=int, default=7)
    chosen = options.parse_args()
    count = 700 if chosen.quick else 7000
    with tempfile.TemporaryDirectory() as name:
        tree, packed = Path(name) / "tree", Path(name) / "tree.zip"
        size = generate(tree, count)
        pack(tree, packed)
        print(f"{count:,} files, {size / 1e6:.0f} MB")
        compare("a folder", lambda: bare(tree), lambda: scan_folder(tree), count, chosen.pairs)
        compare("a ZIP", lambda: unpacked(packed), lambda: scan_zip(packed), count, chosen.pairs)


def generate(tree: Path, count: int) -> int:
    """Files as a Django project has them: about 6 KB each, some pictures and locks among them."""
    lines = random.Random(7)
    size = 0
    for number in range(count):
        path = tree / f"app{number % 70}" / f"part{number % 7}" / f"file{number}.{KINDS[number % len(KINDS)]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(
            f"{' ' * lines.choice((0, 4, 8))}{' '.join(lines.choices(WORDS, k=6))} = {lines.random()}\n"
            for _ in range(lines.randrange(10, 200))
        )
        size += path.write_bytes(text.encode())
    return size


def pack(tree: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                info = zipfile.ZipInfo(path.relative_to(tree).as_posix(), (2026, 11, 24, 12, 0, 0))
                info.external_attr = 0o100644 << 16
                packed.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)


def bare(folder: Path) -> None:
    ended = subprocess.run([program(), "scan", str(folder), *OFFLINE], capture_output=True, check=False)
    assert ended.returncode in (0, 200), ended.stderr


def unpacked(packed: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(packed, folder, "zip")
        bare(Path(folder))


def compare(
    name: str, peer: Callable[[], None], ours: Callable[[], SecretScan], files: int, pairs: int
) -> None:
    """Print the median times of ours and of bare kingfisher, and the medians of the pairs' ratios.

    The processor's time is told beside the clock's: on a busy machine the clock measures the others.
    """
    times = []
    for _ in range(pairs + 1):
        begin = now()
        peer()
        middle = now()
        scan = ours()
        end = now()
        times.append((end[0] - middle[0], middle[0] - begin[0], end[1] - middle[1], middle[1] - begin[1]))
        assert scan.is_clean, scan.lines()
        assert scan.scanned == files
    times = times[1:]  # the first pair compiles the rules and warms the caches
    clock = statistics.median(row[0] / row[1] for row in times)
    processor = statistics.median(row[2] / row[3] for row in times)
    mine, theirs = (statistics.median(column) for column in list(zip(*times, strict=True))[:2])
    told = f"ratio {clock:.2f} by the clock, {processor:.2f} of the processor"
    print(f"{name}: {mine:.2f} s against {theirs:.2f} s of bare kingfisher; {told}")


def now() -> tuple[float, float]:
    """The clock, and the processor's time of this process and its children."""
    used = os.times()
    return used.elapsed, used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main()
