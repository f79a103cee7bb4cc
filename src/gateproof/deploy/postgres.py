"""An embedded PostgreSQL: a real server in a short temporary folder, gone with everything in it afterwards.

On POSIX it listens on a socket in that folder and nowhere else.
On Windows, or when asked, on a loopback port with a password that was made up for it.
Root never runs it: `setpriv` makes it run as the account that came with the server's package.
No account is made, and no folder outside its own is changed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateproof.deploy.programs import HOW_TO_INSTALL, find_programs, running_as_root
from gateproof.deploy.stopping import stoppable, undisturbed
from gateproof.errors import NotHereError, UnknownError

ACCOUNT = "postgres"
"""Whom the server's package has made to run it."""
USER = DATABASE = "store"
LONGEST_SOCKET = 107
"""Bytes that the path of a socket may have."""
SECONDS = 60
"""How long a server may take to start or to stop."""
ATTEMPTS = 5
"""How often another port is tried when somebody took the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A running server with one empty database."""

    folder: Path
    """Everything of it lies here."""
    programs: Path
    host: str
    """The folder of its socket, or 127.0.0.1."""
    port: int
    password: str
    """Empty where only the owner of the folder can come in."""
    pid: int

    @property
    def url(self) -> str:
        """As Django takes it from DATABASE_URL; `environment` must be set beside it."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The URL of another database on this server."""
        if self.host.startswith("/"):
            return f"postgres:///{self.host}/{database}"
        return f"postgres://{USER}:{self.password}@{self.host}:{self.port}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        """What PostgreSQL's own programs, and a URL without a user, take their answers from."""
        words = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": USER, "PGDATABASE": DATABASE}
        return words | ({"PGPASSWORD": self.password} if self.password else {})

    def path(self, *before: Path | str) -> str:
        """PATH with its programs behind these folders and before all others: a client must be as new as its server."""
        return os.pathsep.join((*map(str, before), str(self.programs), os.environ.get("PATH", os.defpath)))

    def program(self, name: str) -> str:
        """The path of one of its programs, such as psql."""
        return shutil.which(name, path=str(self.programs)) or name


@contextlib.contextmanager
def embedded_postgres(*, over_tcp: bool = sys.platform == "win32") -> Iterator[Server]:
    """Run a server until the block ends, however it ends: Ctrl-C and SIGTERM included.

    Raises NotHereError where none can be run, and UnknownError where it does not start or does not go.
    """
    programs = find_programs()
    if programs is None:
        raise NotHereError(HOW_TO_INSTALL)
    account = _account()
    with stoppable():
        folder = Path(tempfile.mkdtemp(prefix="gp-pg-"))
        try:
            _check(folder, account)
            yield from _serve(programs, folder, account, over_tcp)
        finally:
            with undisturbed():
                shutil.rmtree(folder, ignore_errors=True)
                if folder.exists():
                    raise UnknownError(f"{folder} could not be removed; delete it by hand.")


def _serve(programs: Path, folder: Path, account: Sequence[str], over_tcp: bool) -> Iterator[Server]:
    data, password = folder / "data", secrets.token_hex(16) if over_tcp else ""
    run = _Runner(programs, folder, tuple(account))
    run("initdb", "-D", data, "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync", *_login(folder, password))
    try:
        # Not to be torn: a server that is half started could not be told to stop.
        with undisturbed():
            host, port = _start(run, folder, over_tcp)
        run(
            "psql",
            "-X",
            "-q",
            "-c",
            f"CREATE DATABASE {DATABASE}",
            PGDATABASE="postgres",
            **_at(host, port, password),
        )
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        yield Server(folder=folder, programs=programs, host=host, port=port, password=password, pid=pid)
    finally:
        with undisturbed():
            if (data / "postmaster.pid").exists():
                run("pg_ctl", "-D", data, "-m", "immediate", "-w", "-t", str(SECONDS), "stop")


def _login(folder: Path, password: str) -> tuple[str, ...]:
    """Who may come in: whoever may enter the folder, or who knows the password."""
    if not password:
        return ("-A", "trust")
    file = folder / "password"
    file.write_text(password, encoding="utf-8")
    if running_as_root():
        shutil.chown(file, ACCOUNT, ACCOUNT)
    return ("-A", "scram-sha-256", f"--pwfile={file}")


def _start(run: _Runner, folder: Path, over_tcp: bool) -> tuple[str, int]:
    for attempt in range(ATTEMPTS):
        port = _free_port() if over_tcp else 5432
        where = (
            "-c listen_addresses=127.0.0.1 -c unix_socket_directories="
            if over_tcp
            else (f"-c listen_addresses= -c unix_socket_directories={folder}")
        )
        # Nothing of it outlives the proof, so it need not survive a power cut.
        options = f"-p {port} {where} -c fsync=off -c full_page_writes=off -c max_connections=50"
        try:
            words = ("-D", folder / "data", "-l", folder / "log", "-w", "-t", str(SECONDS), "-o", options)
            run("pg_ctl", *words, "start")
        except UnknownError:
            if not over_tcp or attempt == ATTEMPTS - 1:
                raise
        else:
            return ("127.0.0.1" if over_tcp else str(folder)), port
    raise AssertionError("unreachable")


def _at(host: str, port: int, password: str) -> dict[str, str]:
    return {"PGHOST": host, "PGPORT": str(port), "PGUSER": USER} | (
        {"PGPASSWORD": password} if password else {}
    )


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs a program of the server as its account, out of reach of the terminal's Ctrl-C."""

    programs: Path
    folder: Path
    account: tuple[str, ...]

    def __call__(self, name: str, *words: str | Path, **variables: str) -> None:
        program = shutil.which(name, path=str(self.programs)) or name
        # psql comes in as we do; what owns the data is run as the account.
        account = () if name == "psql" else self.account
        said = self.folder.parent / f"{self.folder.name}.said"
        try:
            # Into a file, not a pipe: the server would hold a pipe open for ever.
            with said.open("wb") as output:
                ended = subprocess.run(
                    [*account, program, *map(str, words)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self.folder,
                    env=_plain_environment() | variables,
                    check=False,
                    start_new_session=sys.platform != "win32",
                )
            if ended.returncode:
                raise UnknownError(
                    f"PostgreSQL's {name} ended with {ended.returncode}: {_last_words(said, self.folder / 'log')}"
                )
        finally:
            said.unlink(missing_ok=True)


def _plain_environment() -> dict[str, str]:
    """Without the variables by which PostgreSQL's programs would be led to another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _last_words(*files: Path) -> str:
    lines = [
        line
        for file in files
        if file.exists()
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
    ]
    return " / ".join(line.strip() for line in lines if line.strip()) or "it said nothing"


def _account() -> tuple[str, ...]:
    """How a program is run as somebody who is not root. Raises NotHereError where there is nobody."""
    if sys.platform == "win32" or not running_as_root():
        return ()
    import pwd

    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise NotHereError(
            f"No server runs as root, and there is no account {ACCOUNT}: install Debian's `postgresql`, "
            "or run this as an ordinary user."
        ) from None
    if not shutil.which("setpriv"):
        raise NotHereError("No server runs as root, and there is no setpriv: install Debian's `util-linux`.")
    return ("setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups")


def _check(folder: Path, account: Sequence[str]) -> None:
    """See that the folder suits, before anything is made in it. Raises NotHereError with what to do."""
    socket_path = folder / ".s.PGSQL.5432"
    if len(os.fsencode(socket_path)) > LONGEST_SOCKET:
        raise NotHereError(f"{folder} is too long a path for a socket; set TMPDIR to a shorter one.")
    if not account:
        return
    shutil.chown(folder, ACCOUNT, ACCOUNT)
    # Its parents are never opened: where the account cannot come in, another place is due.
    seen = subprocess.run([*account, "test", "-w", str(folder)], cwd="/", check=False, capture_output=True)
    if seen.returncode:
        raise NotHereError(
            f"The account {ACCOUNT} cannot reach {folder}; set TMPDIR to a folder such as /tmp."
        )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
