"""How long a release takes when the evidence is there, against the 28 commands of bench/by_hand.sh.

    python bench/release.py [TIMES]

Both work on fresh clones of this repository's HEAD, one after the other, prepared as 0.1.1, below every milestone.
The first release runs every gate and is not compared; then its tag and its delivery are taken away, and the release is
timed with the evidence that it left in the ledger. By hand each command is timed by itself, and its exit code is shown:
a tool that is not there takes no time, so 127 ends the measurement.

What stands in the environment goes to both. pip-audit by hand waits for somebody else's machine, so the ratio is told
without it too.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEW = "0.1.1"
"""Below every milestone, so that none is asked for."""
COMMAND = re.compile(r"^(?P<command>.*\S)\s+# (?P<number>\d+)$", re.MULTILINE)
COMMANDS, EVIDENCE = 28, 12
"""How many commands there are by hand, and how many of them make the evidence."""
NETWORK = "pip-audit"
"""The one command by hand that waits for somebody else's machine."""
NOT_FOUND = 127


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """One of the 28."""

    number: int
    command: str
    seconds: float
    exit_code: int


def run(*argv: str, cwd: Path, env: dict[str, str]) -> float:
    """Seconds of one command, which must end in 0; otherwise what it said goes to standard error."""
    began = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")[-4000:]
        sys.exit(f"{argv}: {done.returncode}\n{said}")
    return seconds


def prepared_clone(into: Path, env: dict[str, str]) -> Path:
    """A clone whose HEAD is prepared."""
    clone = into / "clone"
    run("git", "clone", "--quiet", str(ROOT), str(clone), cwd=into, env=env)
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        run("git", "config", key, value, cwd=clone, env=env)
    run("git", "remote", "remove", "origin", cwd=clone, env=env)
    prepare = (sys.executable, "-m", "invoke", "prepare", "--version", NEW, "--yes", "--keep-claims")
    run(*prepare, cwd=clone, env=env)
    return clone


def by_hand(clone: Path, into: Path, env: dict[str, str], *, after: int = 0) -> list[ByHand]:
    """Every command of the script whose number is above `after`, in its own shell, in a fresh clone at `into`."""
    if not after:
        run("git", "clone", "--quiet", str(clone), str(into), cwd=clone, env=env)
    script = (clone / "bench" / "by_hand.sh").read_text(encoding="utf-8")
    found = [(int(one["number"]), one["command"]) for one in COMMAND.finditer(script)]
    if [number for number, _ in found] != list(range(1, COMMANDS + 1)):
        sys.exit(f"by_hand.sh does not have its {COMMANDS} numbered commands.")
    (into / "proofs").mkdir(exist_ok=True)
    took = []
    for number, command in found:
        if number <= after:
            continue
        began = time.perf_counter()
        done = subprocess.run(["sh", "-c", command], cwd=into, env=env, capture_output=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode == NOT_FOUND:
            sys.exit(f"{command}: not found, so it would cost nothing; install requirements/ first.")
        one = ByHand(number=number, command=command, seconds=seconds, exit_code=done.returncode)
        print(f"  {number:2} {seconds:7.2f} s  exit {one.exit_code:<3} {command[:70]}", flush=True)
        took.append(one)
    return took


def key_pair(into: Path) -> dict[str, str]:
    """The variables that both sides sign with."""
    key, signers = into / "key", into / "signers"
    made = ("ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f", str(key))
    run(*made, cwd=into, env=dict(os.environ))
    public = key.with_suffix(".pub").read_text(encoding="ascii")
    signers.write_text(f'ada namespaces="gateproof,git" {public}', encoding="ascii")
    return {"KEY": str(key), "SIGNERS": str(signers), "GATEPROOF_SIGNING_KEY": str(key)}


def main(times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gateproof-bench-") as folder:
        into = Path(folder)
        paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        env = {**os.environ, **key_pair(into), "PATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        env |= {"V": NEW, "P": "proofs"}
        clone = prepared_clone(into, env)
        release = (sys.executable, "-m", "invoke", "release")
        print(f"release, every gate run        {run(*release, cwd=clone, env=env):8.1f} s", flush=True)
        ours = []
        for _ in range(times):
            run("git", "tag", "-d", f"v{NEW}", cwd=clone, env=env)
            shutil.rmtree(clone / "dist")
            ours.append(run(*release, cwd=clone, env=env))
            print(f"release, evidence present      {ours[-1]:8.1f} s", flush=True)
        hand = by_hand(clone, into / "hand", env)
        packing = [sum(one.seconds for one in hand if one.number > EVIDENCE)]
        packing += [_again(clone, into / "hand", env) for _ in range(times - 1)]
        told = statistics.median(ours)
        whole = sum(one.seconds for one in hand)
        alone = whole - sum(one.seconds for one in hand if one.command.startswith(NETWORK))
        packed = statistics.median(packing)
        print(f"release, evidence present      {told:8.1f} s  (median of {times})")
        print(f"by hand, all {COMMANDS} commands       {whole:8.1f} s  ratio {told / whole:.2f}")
        print(f"by hand, without {NETWORK}     {alone:8.1f} s  ratio {told / alone:.2f}")
        print(f"by hand, evidence present      {packed:8.1f} s  ratio {told / packed:.2f}")
        print(
            "With evidence present the release inspects, searches, judges, seals, signs and verifies twice;"
        )
        print("by hand 16 commands pack, list and sign, and nothing is judged.")


def _again(clone: Path, into: Path, env: dict[str, str]) -> float:
    """Seconds of the commands after the evidence, once more."""
    run("git", "tag", "-d", f"v{NEW}-by-hand", cwd=into, env=env)
    shutil.rmtree(into / "release")
    return sum(one.seconds for one in by_hand(clone, into, env, after=EVIDENCE))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
