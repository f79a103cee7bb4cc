"""How long a release takes when the evidence is there, against the 28 commands of bench/by_hand.sh.

    python bench/release.py [TIMES]

Both work on fresh clones of this repository's HEAD, one after the other, as a patch 0.1.1 without a milestone. The
first release runs every gate and is not timed; then its tag and delivery are taken away, and the release is timed with
the evidence that it left. By hand two times are told: all 28 commands, and the 16 that come after the evidence is made.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CUT = "[[tool.gateproof.milestones]]"
OLD, NEW = "0.1.0", "0.1.1"


def run(*argv: str, cwd: Path, env: dict[str, str], ok: tuple[int, ...] = (0,)) -> float:
    """Seconds of one command, which must end in `ok`; what it says goes to standard error where it does not."""
    began = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in ok:
        sys.exit(
            f"{argv}: {done.returncode}\n{(done.stdout + done.stderr).decode('utf-8', 'replace')[-4000:]}"
        )
    return seconds


def prepared_clone(into: Path, env: dict[str, str]) -> Path:
    """A clone whose HEAD is prepared as a patch that no milestone waits for."""
    clone = into / "clone"
    run("git", "clone", "--quiet", str(ROOT), str(clone), cwd=into, env=env)
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        run("git", "config", key, value, cwd=clone, env=env)
    run("git", "remote", "remove", "origin", cwd=clone, env=env)
    pyproject = clone / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    before, *tables = text.split(CUT)
    _, _, after = tables[-1].partition("\n\n")
    text = f"{before}{after}".replace(f'current_version = "{OLD}"', f'current_version = "{NEW}"')
    pyproject.write_text(text, encoding="utf-8", newline="\n")
    package = clone / "src" / "gateproof" / "__init__.py"
    package.write_text(package.read_text("utf-8").replace(OLD, NEW), encoding="utf-8", newline="\n")
    changelog = clone / "CHANGELOG.md"
    told = changelog.read_text("utf-8").replace(
        "## [Unreleased]\n", f"## [Unreleased]\n\n## [{NEW}] - 2026-11-24\n", 1
    )
    changelog.write_text(told, encoding="utf-8", newline="\n")
    run("git", "commit", "--quiet", "--all", "--message", f"Prepare {NEW}", cwd=clone, env=env)
    return clone


def by_hand(clone: Path, into: Path, env: dict[str, str]) -> tuple[float, float]:
    """Seconds of all 28 commands, and of those after the evidence."""
    script = str(clone / "bench" / "by_hand.sh")
    run("git", "clone", "--quiet", str(clone), str(into), cwd=clone, env=env)
    any_code = tuple(range(256))
    prove = run("sh", script, "prove", cwd=into, env=env, ok=any_code)
    pack = run("sh", script, "pack", cwd=into, env=env, ok=any_code)
    return prove + pack, pack


def main(times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gateproof-bench-") as folder:
        into = Path(folder)
        key, signers = into / "key", into / "signers"
        run(
            "ssh-keygen",
            "-q",
            "-t",
            "ecdsa",
            "-b",
            "256",
            "-N",
            "",
            "-f",
            str(key),
            cwd=into,
            env=dict(os.environ),
        )
        public = key.with_suffix(".pub").read_text(encoding="ascii")
        signers.write_text(f'ada namespaces="gateproof,git" {public}', encoding="ascii")
        paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        own = {"KEY": str(key), "SIGNERS": str(signers), "GATEPROOF_SIGNING_KEY": str(key), "PATH": paths}
        env = {**os.environ, **own, "PYTHONDONTWRITEBYTECODE": "1"}
        clone = prepared_clone(into, env)
        release = (sys.executable, "-m", "invoke", "release")
        first = run(*release, cwd=clone, env=env)
        print(f"release, every gate run      {first:8.1f} s")
        ours = []
        for _ in range(times):
            run("git", "tag", "-d", f"v{NEW}", cwd=clone, env=env)
            shutil.rmtree(clone / "dist")
            ours.append(run(*release, cwd=clone, env=env))
        hand = [by_hand(clone, into / f"hand{number}", env) for number in range(times)]
        whole, packing = (statistics.median(column) for column in zip(*hand, strict=True))
        median = statistics.median(ours)
        print(f"release, evidence present    {median:8.1f} s")
        print(f"by hand, all 28 commands     {whole:8.1f} s   ratio {median / whole:.2f}")
        print(f"by hand, evidence present    {packing:8.1f} s   ratio {median / packing:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
