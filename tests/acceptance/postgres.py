"""A PostgreSQL server for one test: in a temporary folder, on a socket or a loopback port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Where Debian and its relatives keep the server's programs, newest last.
PLACES = tuple(sorted(Path("/usr/lib/postgresql").glob("*/bin"))) if os.name == "posix" else ()
# The server refuses to run as root. Debian's package brings this account.
ACCOUNT = "postgres"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server and give the URL of an empty database. POSTGRES_URL names one that runs already."""
    if url := os.environ.get("POSTGRES_URL"):
        yield url
        return
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    # Not below pytest's folder: a socket's path has a length, and the account must be able to come in.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        account = _account(folder)
        data, port = folder / "data", _free_port()
        _run(
            *account,
            initdb,
            "-D",
            data,
            "-U",
            "store",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        _run(*account, pg_ctl, "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgres://store@127.0.0.1:{port}/postgres"
        finally:
            _run(*account, pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    found = next(
        (str(place / name) for place in reversed(PLACES) if (place / name).exists()), shutil.which(name)
    )
    assert found, f"There is no {name} here: install Debian's `postgresql`, or set POSTGRES_URL to a server."
    return found


def _account(folder: Path) -> tuple[str, ...]:
    """Who runs the server: we ourselves, or Debian's account when we are root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return ()
    shutil.chown(folder, ACCOUNT, ACCOUNT)
    return ("setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _run(*command: str | Path) -> None:
    # Not captured by a pipe: the server would keep it open.
    ended = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd="/"
    )
    assert ended.returncode == 0, f"{command} ended with {ended.returncode}"
