"""The embedded PostgreSQL: a real server that is gone afterwards, or the sentence that says what to install."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from gateproof.deploy import postgres, programs
from gateproof.deploy.postgres import Server, embedded_postgres
from gateproof.deploy.readings import TABLES
from gateproof.deploy.scripts.left import lives
from gateproof.errors import NotHereError, UnknownError

ROOT = Path(__file__).parents[2]


def ask(server: Server, question: str) -> str:
    """What the server answers, over its own socket or port."""
    answer = subprocess.run(
        [server.program("psql"), "-X", "-A", "-t", "-c", question],
        env={**os.environ, **server.environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return answer.stdout.strip()


@pytest.mark.parametrize("over_tcp", [False, True], ids=["socket", "port"])
def test_a_server_has_one_empty_database_and_is_gone_afterwards(over_tcp: bool) -> None:
    if os.name == "nt" and not over_tcp:
        over_tcp = True
    with embedded_postgres(over_tcp=over_tcp) as server:
        assert ask(server, TABLES) == "store|0"
        assert ask(server, "SHOW listen_addresses") == ("127.0.0.1" if over_tcp else "")
        assert bool(server.password) is over_tcp

    assert not server.folder.exists()
    assert not lives(server.pid)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such list of accounts")
def test_no_account_is_made_and_no_folder_beside_its_own_is_changed() -> None:
    accounts, above = Path("/etc/passwd").read_bytes(), Path(tempfile.gettempdir()).stat()

    with embedded_postgres() as server:
        assert server.folder.parent == Path(tempfile.gettempdir())
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700

    after = Path(tempfile.gettempdir()).stat()
    assert Path("/etc/passwd").read_bytes() == accounts
    assert (after.st_mode, after.st_uid, after.st_gid) == (above.st_mode, above.st_uid, above.st_gid)


def test_its_own_programs_are_found_before_others_and_behind_the_projects(tmp_path: Path) -> None:
    with embedded_postgres() as server:
        first, *others = server.path(tmp_path).split(os.pathsep)

        assert first == str(tmp_path)
        assert shutil.which("pg_dump", path=os.pathsep.join(others)) == server.program("pg_dump")


def test_over_a_port_nobody_comes_in_without_the_password() -> None:
    with embedded_postgres(over_tcp=True) as server:
        refused = subprocess.run(
            [server.program("psql"), "-X", "-w", "-c", "SELECT 1"],
            env={**os.environ, **server.environment, "PGPASSWORD": "guessed"},
            capture_output=True,
            check=False,
        )

    assert refused.returncode == 2


def test_it_is_gone_after_a_failure_too() -> None:
    with pytest.raises(ZeroDivisionError), embedded_postgres() as server:
        raise ZeroDivisionError

    assert not server.folder.exists()
    assert not lives(server.pid)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to hear")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_is_gone_after_a_stop(number: signal.Signals) -> None:
    code = (
        "import time\n"
        "from gateproof.deploy.postgres import embedded_postgres\n"
        "with embedded_postgres() as server:\n"
        "    print(server.folder, server.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    with child:
        assert child.stdout is not None
        folder, pid = child.stdout.readline().split()
        assert lives(int(pid))
        child.send_signal(number)
        assert child.wait(timeout=30) != 0

    assert not Path(folder).exists()
    end = time.monotonic() + 10
    while lives(int(pid)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not lives(int(pid))


def test_where_there_is_no_server_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_programs", lambda: None)

    with pytest.raises(NotHereError, match="apt-get install postgresql"), embedded_postgres():
        pytest.fail("there was a server")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no socket here")
def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))

    with pytest.raises(NotHereError, match="TMPDIR"), embedded_postgres():
        pytest.fail("there was a server")

    assert list(deep.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root runs it as another account")
def test_a_folder_that_the_account_cannot_reach_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Path(f"/tmp/gp-closed-{os.getpid()}")
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    try:
        with pytest.raises(NotHereError, match="cannot reach"), embedded_postgres():
            pytest.fail("there was a server")
        assert closed.stat().st_mode & 0o777 == 0o700
        assert list(closed.iterdir()) == []
    finally:
        closed.rmdir()


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_login", lambda folder, password: ("-A", "no-such-method"))

    with pytest.raises(UnknownError, match=r"initdb ended with 1: .*no-such-method"), embedded_postgres():
        pytest.fail("there was a server")


def test_a_server_that_lacks_a_program_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "initdb").write_text("", encoding="utf-8")

    assert not programs.is_whole(tmp_path)
