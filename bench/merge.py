"""Hold `gateproof merge` against its limit, against twice the shards, and against a plain copy.

    python bench/merge.py                  1,000 shards of 20 records, made up here, then 2,000
    python bench/merge.py --shards 100     fewer

The limit is 5 s and 256 MB for 1,000 shards of 20 records, and twice the time for twice the shards. Nothing is
asserted here: a timed test would fail on somebody's busy machine and prove nothing. The peer is `cp -r`, which
checks nothing: it says what the disk alone takes. Runs are paired A, B, A, B; the median counts.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from gateproof.evidence.plan import Job, Plan, write_plan
from gateproof.evidence.runs import run_statements
from gateproof.evidence.statement import encode
from gateproof.model import Capture, Circumstances, Command, Ended, Ending, Outcome, Reading, Run, Subject
from gateproof.record.ledger import file_digests

SOURCE = Subject(git_tree="ab" * 20, dir_hash="cd" * 32)
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
READING = Reading(outcome=Outcome.PASSED, reason="42 tests passed", looked_at=42, unit="tests")
SAID = b"collected 42 items\n" + b"." * 42 + b"\n42 passed in 0.31s\n"
MEASURE = """
import sys, time
from pathlib import Path
from gateproof.cli import main
began = time.perf_counter()
code = main(sys.argv[1:])
print("took", time.perf_counter() - began, file=sys.stderr)
try:
    import resource
    ours, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print("peak", max(ours.ru_maxrss, theirs.ru_maxrss) / 1024, file=sys.stderr)
    print("cpu", sum(one.ru_utime + one.ru_stime for one in (ours, theirs)), file=sys.stderr)
except ImportError:
    print("peak nan\\ncpu nan", file=sys.stderr)
sys.exit(code)
"""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--shards", type=int, default=1000)
    options.add_argument("--records", type=int, default=20)
    options.add_argument("--pairs", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        sizes = (chosen.shards, 2 * chosen.shards)
        made_up(where / "shards", sizes[1], chosen.records)
        medians = []
        for count in sizes:
            shards = sorted((where / "shards").iterdir())[:count]
            plan = where / f"plan-{count}.json"
            plan.write_bytes(write_plan(plan_of(count, chosen.records)))
            runs = [(merged(where, shards, plan), copied(where, shards)) for _ in range(chosen.pairs)]
            took = statistics.median(run[0][0] for run in runs)
            medians.append(took)
            cpu = statistics.median(run[0][1] for run in runs)
            peak = max(run[0][2] for run in runs)
            plain = statistics.median(run[1] for run in runs)
            print(
                f"{count:,} shards of {chosen.records}: merge {took:.2f} s, {cpu:.2f} s of processor time, "
                f"peak of a process {peak:.0f} MB; cp -r {plain:.2f} s"
            )
        print(f"twice the shards take {medians[1] / medians[0]:.2f} times as long")


def plan_of(shards: int, records: int) -> Plan:
    jobs = tuple(
        Job(gate=f"gate-{n}", leg=f"py3.12-linux-{s}") for s in range(shards) for n in range(records)
    )
    return Plan(commit="ef" * 20, source=SOURCE, jobs=jobs)


def made_up(into: Path, shards: int, records: int) -> None:
    for shard in range(shards):
        for number in range(records):
            write_record(
                into / f"shard-{shard:05}", number, f"py3.12-linux-{shard}", shard * records + number
            )


def write_record(shard: Path, number: int, leg: str, unique: int) -> None:
    run_id = sha256(str(unique).encode()).hexdigest()[:8]
    started = BEGUN + timedelta(seconds=unique)
    folder = shard / SOURCE.git_tree / f"gate-{number}" / leg / f"{started:%Y%m%dT%H%M%SZ}-{run_id}"
    (folder / "commands" / "1").mkdir(parents=True)
    stdout = folder / "commands" / "1" / "stdout"
    stdout.write_bytes(SAID)
    (folder / "output.log").write_bytes(SAID)
    capture = Capture(path=stdout, size=len(SAID), sha256=sha256(SAID).hexdigest())
    empty = replace(capture, size=0, sha256=sha256(b"").hexdigest())
    ended = Ended(
        argv=("python", "-m", "pytest", "tests"),
        cwd=Path(),
        ending=Ending.EXITED,
        exit_code=0,
        signal=None,
        started=started,
        finished=started,
        stdout=capture,
        stderr=empty,
        log=capture,
        files=folder,
    )
    circumstances = Circumstances(
        name=f"gate-{number}",
        leg=leg,
        call="0123456789abcdef",
        subject=SOURCE,
        commit="ef" * 20,
        started=started,
        attempt=1,
        is_clean=True,
        unclean=(),
        variables=("CI", "GITHUB_ACTIONS", "HOME", "LANG", "PATH"),
        platform="Linux x86_64",
        versions=(("gateproof", "0.1.0"), ("python", "3.12.9")),
        lock="12" * 32,
    )
    run = Run(
        circumstances=circumstances,
        finished=started,
        commands=(Command(ended=ended, reader="pytest", reading=READING),),
        reading=READING,
    )
    statements = run_statements(run, file_digests(folder))
    (folder / "statements.jsonl").write_bytes(b"".join(encode(one) + b"\n" for one in statements))


def merged(where: Path, shards: list[Path], plan: Path) -> tuple[float, float, float]:
    into = where / "ledger"
    command = [
        sys.executable,
        "-c",
        MEASURE,
        "merge",
        "--plan",
        str(plan),
        "--into",
        str(into),
        *map(str, shards),
    ]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        sys.exit(done.stderr)
    shutil.rmtree(into)
    told = dict(line.split() for line in done.stderr.splitlines())
    return float(told["took"]), float(told["cpu"]), float(told["peak"])


def copied(where: Path, shards: list[Path]) -> float:
    into = where / "copy"
    into.mkdir()
    began = time.perf_counter()
    subprocess.run(["cp", "-r", *map(str, shards), str(into)], check=True)
    took = time.perf_counter() - began
    shutil.rmtree(into)
    return took


if __name__ == "__main__":
    main()
