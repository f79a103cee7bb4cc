"""Make .venv from hash-pinned requirements, then run the rest of the command line in it.

    python scripts/bootstrap.py nox -s gates

Needs Python 3.11 or newer and its standard library, on Linux, macOS and Windows.
When nothing changed since the last time, it only starts the command.
Exit codes: the command's own; 2 for a usage error; 4 when the environment could not be made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements" / "suite.txt"
STAMP = ENVIRONMENT / "bootstrap.json"
BUSY = ROOT / ".venv.busy"
CACHE = str(ROOT / ".gateproof" / "bytecode")


def main(command: list[str]) -> int:
    if sys.version_info < (3, 11):
        return complain(f"Python {sys.version.split()[0]} is too old; run this with Python 3.11 or newer.", 2)
    if not command:
        return complain("no command was given; try: python scripts/bootstrap.py nox -s gates", 2)
    try:
        if recorded() != wanted():
            make_environment()
    except OSError as error:
        return complain(
            f"{ENVIRONMENT} could not be made: {error}. Mend that and run the same command again.", 4
        )
    except subprocess.CalledProcessError as error:
        return complain(
            f"the environment could not be installed (pip ended with {error.returncode}; its words are above)."
            " Check the network, then run the same command again.",
            4,
        )
    return run(command)


def wanted() -> dict[str, str]:
    """What the environment depends on; a change of any of it makes the environment anew."""
    inputs = (LOCK, ROOT / "pyproject.toml", Path(__file__).resolve())
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in inputs))
    return {"inputs": digest.hexdigest(), "python": sys.version, "base": sys.base_prefix, "root": str(ROOT)}


def recorded() -> dict[str, str] | None:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8")) if PYTHON.exists() else None
    except (FileNotFoundError, ValueError):
        return None


def make_environment() -> None:
    """Build .venv from nothing; the stamp is written last, so that half an environment is never used."""
    try:
        os.close(os.open(BUSY, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        raise OSError(
            f"another bootstrap is at work here, or one was killed; if none is, delete {BUSY}"
        ) from None
    try:
        say("making .venv (once; again when the lock changes)")
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(ENVIRONMENT)
        say(f"installing {LOCK.relative_to(ROOT).as_posix()}, every file checked against its hash")
        pip("--require-hashes", "--requirement", str(LOCK))
        say("installing gateproof")
        pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        STAMP.write_text(json.dumps(wanted()), encoding="utf-8")
    finally:
        BUSY.unlink()


def pip(*arguments: str) -> None:
    base = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*base, *arguments], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)


def run(command: list[str]) -> int:
    """Run the command with .venv first on PATH, as this very process where the system can do that."""
    path = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(ENVIRONMENT)}
    environment.pop("PYTHONHOME", None)
    # Bytecode beside the source would make a checkout unclean, and the runs in it would not count.
    # In a folder of its own it disturbs nobody, and without any each start takes a second longer.
    if environment.setdefault("PYTHONPYCACHEPREFIX", CACHE) == CACHE:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
    program = shutil.which(command[0], path=path)
    if program is None:
        return complain(
            f"{command[0]} is neither in .venv nor on PATH; the usual ones are nox, invoke, gateproof.", 2
        )
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(program, [program, *command[1:]], environment)
    child = subprocess.Popen([program, *command[1:]], env=environment)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            # The console sent Ctrl-C to the child too; it decides how to end.
            continue


def say(words: str) -> None:
    print(f"bootstrap: {words}", file=sys.stderr, flush=True)


def complain(words: str, exit_code: int) -> int:
    say(words)
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
