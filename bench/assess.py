"""Hold `gateproof assess` against its limit, and against walking the unpacked folder.

    python bench/assess.py                 a tree of django's size (6,869 files), made up here
    python bench/assess.py --zip X.zip     a real one
    python bench/assess.py --peer repo-review '{}'    beside another program; {} is the unpacked folder

The limit is 2 s and 200 MB for 6,869 files, secret scan aside. Nothing is asserted here: a timed test would
fail on somebody's busy machine and prove nothing. Runs are paired A, B, A, B; the median counts.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

FILES = 6869
WORDS = (
    "model",
    "view",
    "form",
    "query",
    "admin",
    "field",
    "test",
    "template",
    "migration",
    "manager",
    "signal",
)
STEPS = "      - run: python manage.py test\n      - run: ruff check .\n"
WORKFLOW = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{STEPS}"
CHECKLIST = """## S0
- [ ] clean `zip: clean`
- [ ] check `ci: manage.py check`
- [ ] tests `ci: manage.py test | pytest`
- [ ] format `ci: ruff format --check | black --check`
- [ ] matrix `file: docs/acceptance_matrix.md`
- [ ] linked `link: README.md -> docs/acceptance_matrix.md`
- [ ] claims `claims: consistent`
- [ ] links `claims: links`
- [ ] ran `ran: manage.py test`
"""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--zip", type=Path)
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--peer", nargs=argparse.REMAINDER, default=[])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        source = chosen.zip or made_up(where / "django.zip")
        checklist = where / "list.md"
        checklist.write_text(CHECKLIST, encoding="utf-8")
        command = [sys.executable, "-m", "gateproof", "assess", str(source), "--checklist", str(checklist)]
        unpacked = where / "unpacked"
        with zipfile.ZipFile(source) as packed:
            count = len([name for name in packed.namelist() if not name.endswith("/")])
            packed.extractall(unpacked)
        peak, processor = cost(command)  # First, as the system remembers only the largest of all children.
        peer = [
            part.replace("{}", str(unpacked)) for part in chosen.peer or [sys.executable, "-c", WALK, "{}"]
        ]
        name = " ".join(chosen.peer) if chosen.peer else "a walk that reads the unpacked folder"
        ours, theirs = [], []
        for _ in range(chosen.pairs):
            ours.append(timed(command))
            theirs.append(timed(peer))
        print(f"{count:,} files, {source.stat().st_size / 1e6:.1f} MB packed")
        print(
            f"gateproof assess: {statistics.median(ours):.2f} s, of which {processor:.2f} s of the processor, "
            f"peak {peak:.0f} MB (limit 2 s, 200 MB)"
        )
        print(f"{name}: {statistics.median(theirs):.2f} s")
        shutil.rmtree(unpacked)


WALK = """import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        open(os.path.join(folder, name), "rb").read()
"""


def made_up(target: Path) -> Path:
    """A ZIP of as many files as django has, of the sizes that such a project has."""
    chance = random.Random(6869)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        packed.writestr(".github/workflows/ci.yml", WORKFLOW)
        packed.writestr("README.md", "# Made up\n\n[matrix](docs/acceptance_matrix.md)\n\n- S0.5: Done\n")
        packed.writestr("docs/acceptance_matrix.md", "| S0.5 | the matrix is there | Done |\n")
        packed.writestr("manage.py", "#!/usr/bin/env python\n")
        for number in range(FILES - 4):
            kind = chance.choices(("py", "md", "html", "po", "png"), (45, 6, 14, 30, 5))[0]
            size = min(200_000, int(chance.lognormvariate(8.2, 1.3)))
            folder = f"{WORDS[number % 11]}/{WORDS[number // 11 % 11]}"
            packed.writestr(
                f"{'docs/' if kind == 'md' else ''}{folder}/f{number}.{kind}", content(chance, kind, size)
            )
    return target


def content(chance: random.Random, kind: str, size: int) -> bytes:
    if kind == "png":
        return chance.randbytes(size)
    line = " ".join(chance.choices(WORDS, k=9))
    start = "[home](/README.md)\n" if kind == "md" else ""
    return (start + "".join(f"# {n} {line}\n" for n in range(size // (len(line) + 8) + 1))).encode()


def timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=environment())
    return time.perf_counter() - start


def cost(command: list[str]) -> tuple[float, float]:
    """The peak of one run in MB, and its seconds of the processor; 0 where the system does not tell them."""
    try:
        import resource
    except ImportError:
        return 0.0, 0.0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return after.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10), seconds


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}


if __name__ == "__main__":
    main()
