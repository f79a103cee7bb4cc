"""`invoke pin` with one of four inputs changed, beside pip-compile by hand and uv, on this repository's locks.

    python bench/pin.py

Needs the index. Prints seconds, and each as a ratio to pip-compile over all four.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from gateproof.config import Pins
from gateproof.release.pinning.engines import ENGINES, Order
from gateproof.release.pinning.pinning import Asked, pin
from gateproof.release.progress import Silent
from gateproof.release.supply.licences import FILE, TEXTS

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("store", "suite", "lint", "secrets")


def seconds(work: Callable[[Path], None]) -> float:
    """The time that the work takes in a fresh copy with one changed input."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "requirements").mkdir()
        for name in NAMES:
            for ending in ("in", "txt"):
                text = (ROOT / "requirements" / f"{name}.{ending}").read_text(encoding="utf-8")
                (root / "requirements" / f"{name}.{ending}").write_text(text, encoding="utf-8")
        for name in (FILE, TEXTS):
            (root / "requirements" / name).write_bytes((ROOT / "requirements" / name).read_bytes())
        with (root / "requirements" / "lint.in").open("a", encoding="utf-8") as changed:
            changed.write("six\n")
        began = time.perf_counter()
        work(root)
        return time.perf_counter() - began


def ours(engine: str) -> Callable[[Path], None]:
    """`invoke pin`: finds what is due, shows that it installs everywhere, reads the licences of what is new."""

    def work(root: Path) -> None:
        pinned = pin(root, Pins(engine=engine), Asked(), today=datetime.now(UTC).date(), bar=Silent())
        assert pinned.made == ("requirements/lint.txt",), pinned.made

    return work


def by_hand(engine: str) -> Callable[[Path], None]:
    """All four, as a person who does not know which changed."""

    def work(root: Path) -> None:
        for name in NAMES:
            order = Order(source=f"requirements/{name}.in", lock=f"requirements/{name}.txt", python="3.11")
            subprocess.run(ENGINES[engine](order), cwd=root, check=True, stdout=subprocess.DEVNULL)

    return work


def main() -> None:
    """Measure each once, the peer first."""
    peer = seconds(by_hand("pip-tools"))
    print(f"pip-compile, all four by hand  {peer:7.1f} s  1.00")
    for words, work in (
        ("invoke pin, pip-tools", ours("pip-tools")),
        ("invoke pin, uv", ours("uv")),
        ("uv pip compile, all four", by_hand("uv")),
    ):
        took = seconds(work)
        print(f"{words:29}  {took:7.1f} s  {took / peer:.2f}")


if __name__ == "__main__":
    main()
