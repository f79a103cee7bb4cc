"""A command is recorded as it was, whatever it does and whoever stops it."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

import gateproof
from gateproof.errors import UnknownError, UsageError
from gateproof.model import Capture, Ended, Ending
from gateproof.record import live as live_module
from gateproof.record.capture import File
from gateproof.record.child import start
from gateproof.record.process import run
from gateproof.record.redact import redactor

SOURCE = Path(gateproof.__file__).parents[1]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and shells")
TOKEN = "hunter2-hunter2"
ENVIRONMENT = {**os.environ, "MY_TOKEN": TOKEN, "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1"}


def record(
    argv: Sequence[str],
    folder: Path,
    *,
    env: Mapping[str, str] = ENVIRONMENT,
    cwd: Path | None = None,
    time_limit: float | None = None,
    grace: float = 5.0,
    live: Callable[[bytes], object] | None = None,
    log: Path | None = None,
    name: str = "run",
) -> Ended:
    return run(
        argv,
        cwd=cwd or folder,
        env=env,
        into=folder / name,
        redactor=redactor(ENVIRONMENT),
        live=live,
        time_limit=time_limit,
        grace=grace,
        log=log,
    )


def python(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", script, *arguments]


def text(capture: Capture) -> str:
    """What lies on the disk, after a look at the digest that was told of it."""
    data = capture.path.read_bytes()
    assert (capture.size, capture.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    return data.decode()


def notes(ended: Ended) -> str:
    return "".join(
        line for line in text(ended.log).splitlines(keepends=True) if line.startswith("[gateproof:")
    )


def all_gone(pids: Path) -> bool:
    """Whether none of the processes whose ids were written down is running."""
    return not any(_runs(int(pid)) for pid in pids.read_text().split())


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(happened: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


# What it leaves


def test_both_streams_are_kept_apart_and_together(tmp_path: Path) -> None:
    ended = record(
        python("import sys; print('out'); sys.stdout.flush(); print('err', file=sys.stderr)"), tmp_path
    )
    assert ended.ending is Ending.EXITED
    assert (ended.exit_code, ended.signal) == (0, None)
    assert text(ended.stdout).split() == ["out"]
    assert text(ended.stderr).split() == ["err"]
    assert sorted(text(ended.log).splitlines()[1:]) == ["err", "out"]
    assert text(ended.log).startswith("$ ")
    assert ended.started <= ended.finished
    assert ended.files == tmp_path / "run" / "files"
    assert ended.files.is_dir()


@pytest.mark.parametrize("status", [1, 3, 255])
def test_the_exit_status_is_the_childs_own(status: int, tmp_path: Path) -> None:
    ended = record(python(f"raise SystemExit({status})"), tmp_path)
    assert (ended.ending, ended.exit_code) == (Ending.EXITED, status)
    assert notes(ended) == f"[gateproof: exit status {status}]\n"


def test_secrets_reach_neither_disk_nor_terminal_nor_argv(tmp_path: Path) -> None:
    seen: list[bytes] = []
    split = """
import os, sys, time
token = os.environ["MY_TOKEN"]
print("<" + token[:5], end="", flush=True)
time.sleep(0.2)
print(token[5:] + ">")
print(token[:7] + chr(27) + "[1m" + token[7:], file=sys.stderr)
"""
    ended = record(python(split, TOKEN), tmp_path, live=seen.append)
    assert text(ended.stdout).strip() == "<[redacted:MY_TOKEN]>"
    assert text(ended.stderr).strip() == "[redacted:MY_TOKEN]"
    assert ended.redacted == 2
    assert ended.argv[-1] == "[redacted:MY_TOKEN]"
    everything = text(ended.log) + b"".join(seen).decode() + repr(ended)
    assert TOKEN not in everything.replace("\x1b[1m", "")


def test_a_terminal_gets_colours_and_the_record_does_not(tmp_path: Path) -> None:
    paint = """
import os, time
escape = chr(27)
os.write(1, f"{escape}]0;title{chr(7)}{escape}[31mred{escape}[0m\\n".encode())
while not os.path.exists("seen"): time.sleep(0.01)
print(" plain")
"""
    seen: list[bytes] = []

    def see(data: bytes) -> None:
        seen.append(data)
        (tmp_path / "seen").touch()

    ended = record(python(paint), tmp_path, live=see)
    assert b"".join(seen).replace(b"\r", b"") == b"\x1b[31mred\x1b[0m\n\x1b[0m plain\n"
    assert text(ended.stdout).replace("\r", "") == "red\n plain\n"
    assert text(ended.log).endswith("red\n plain\n")


def test_the_record_is_utf_8_whatever_the_child_writes(tmp_path: Path) -> None:
    ended = record(
        python(
            "import sys; o = sys.stdout.buffer; o.write('Grüße, 日本\\r\\n'.encode('utf-16')); o.flush();"
            "sys.stderr.buffer.write(b'nul\\0nul \\xff\\r\\n')"
        ),
        tmp_path,
    )
    assert text(ended.stdout) == "Grüße, 日本\r\n"
    assert "Grüße, 日本\n" in text(ended.log)
    assert text(ended.stderr).startswith("nulnul ")
    assert notes(ended) == "[gateproof: 1 NUL characters were left out of stderr]\n"


def test_a_log_is_appended_to_and_its_digest_is_of_all_of_it(tmp_path: Path) -> None:
    log = tmp_path / "gate.log"
    record(python("print('first')"), tmp_path, log=log, name="1")
    ended = record(python("print('second', end='')"), tmp_path, log=log, name="2")
    assert text(ended.log).count("$ ") == 2
    assert text(ended.log).endswith("second")


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    record(python("print('first')"), tmp_path)
    with pytest.raises(UnknownError, match="could not be kept"):
        record(python("print('second')"), tmp_path)
    assert (tmp_path / "run" / "stdout").read_text().strip() == "first"


def test_a_folder_that_cannot_be_written_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")
    with pytest.raises(UnknownError, match=r"could not be kept in .*run: .*\. Make room"):
        record(python("pass"), tmp_path)


def test_no_command_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no command"):
        record([], tmp_path)


# What cannot be started


def test_a_program_that_is_missing_is_not_started_and_the_log_says_so(tmp_path: Path) -> None:
    seen: list[bytes] = []
    ended = record(["no-such-program", "x"], tmp_path, live=seen.append)
    assert (ended.ending, ended.exit_code, ended.signal) == (Ending.NOT_STARTED, None, None)
    assert "no-such-program could not be started: there is no such program" in notes(ended)
    assert b"".join(seen).decode() == notes(ended)


def test_a_folder_that_is_missing_is_not_started_in(tmp_path: Path) -> None:
    ended = record(python("pass"), tmp_path, cwd=tmp_path / "nowhere")
    assert ended.ending is Ending.NOT_STARTED
    assert "nowhere does not exist" in notes(ended)


def test_an_argument_that_the_system_refuses_is_not_started(tmp_path: Path) -> None:
    assert record(python("pass", "nul\0nul"), tmp_path).ending is Ending.NOT_STARTED


@POSIX
def test_arguments_and_folders_need_not_be_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    ended = record(["printf", "%s", "na\udcefve"], tmp_path, cwd=folder)
    assert text(ended.stdout) == "na\ufffdve"
    assert ended.argv == ("printf", "%s", r"na\udcefve")


@POSIX
def test_without_a_path_the_systems_default_is_searched(tmp_path: Path) -> None:
    assert record(["sh", "-c", "echo $0"], tmp_path, env={}).exit_code == 0


# How it ends


@POSIX
def test_death_by_signal_is_recorded_by_name(tmp_path: Path) -> None:
    ended = record(["sh", "-c", "echo last words; kill -KILL $$"], tmp_path)
    assert (ended.ending, ended.exit_code, ended.signal) == (Ending.SIGNALLED, None, "SIGKILL")
    assert text(ended.stdout) == "last words\n"
    assert notes(ended) == "[gateproof: ended by SIGKILL]\n"


@POSIX
def test_a_signal_without_a_name_has_its_number(tmp_path: Path) -> None:
    number = int(signal.SIGRTMIN) + 3
    assert record(["sh", "-c", f"kill -{number} $$"], tmp_path).signal == f"signal {number}"


@POSIX
def test_a_time_limit_ends_the_whole_tree(tmp_path: Path) -> None:
    tree = "echo begun; echo $$ > pids; sleep 100 & echo $! >> pids; setsid sleep 100 & echo $! >> pids; wait"
    ended = record(["sh", "-c", tree], tmp_path, time_limit=0.5)
    assert (ended.ending, ended.exit_code, ended.signal) == (Ending.TIMED_OUT, None, "SIGTERM")
    assert text(ended.stdout) == "begun\n"
    assert "after 0.5 s, which is its time limit" in notes(ended)
    assert len((tmp_path / "pids").read_text().split()) == 3
    assert all_gone(tmp_path / "pids")


@POSIX
def test_who_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "trap '' TERM; echo $$ > pids; (echo deaf; sleep 100) & echo $! >> pids; sleep 100; sleep 100"
    ended = record(["sh", "-c", deaf], tmp_path, time_limit=0.3, grace=0.5)
    assert (ended.ending, ended.signal) == (Ending.TIMED_OUT, "SIGKILL")
    assert text(ended.stdout) == "deaf\n"
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_stopped_child_is_ended_too(tmp_path: Path) -> None:
    begun = time.monotonic()
    ended = record(["sh", "-c", "kill -STOP $$"], tmp_path, time_limit=0.3, grace=30)
    assert (ended.ending, ended.signal) == (Ending.TIMED_OUT, "SIGTERM")
    assert time.monotonic() - begun < 20


@POSIX
def test_last_words_after_the_signal_are_kept(tmp_path: Path) -> None:
    polite = "trap 'echo cleaned up; exit 0' TERM; echo begun; while :; do sleep 0.05; done"
    ended = record(["sh", "-c", polite], tmp_path, time_limit=0.5)
    assert (ended.ending, ended.exit_code) == (Ending.TIMED_OUT, None)
    assert text(ended.stdout) == "begun\ncleaned up\n"


@POSIX
def test_a_grandchild_that_holds_the_pipe_open_is_ended_and_named(tmp_path: Path) -> None:
    ended = record(["sh", "-c", "sleep 100 & echo $! > pids; echo done"], tmp_path, grace=0.3)
    assert (ended.ending, ended.exit_code) == (Ending.EXITED, 0)
    assert text(ended.stdout) == "done\n"
    assert "still held the output of the ended command open: sleep (" in notes(ended)
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_grandchild_that_never_stops_writing_does_not_hold_us(tmp_path: Path) -> None:
    ended = record(["sh", "-c", "yes & echo $! > pids"], tmp_path, grace=0.3)
    assert ended.ending is Ending.EXITED
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_daemon_that_escaped_is_reported_and_left(tmp_path: Path) -> None:
    escape = "import os, sys\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\n"
    escape += "open('pid', 'w').write(str(os.getpid()))\nimport time; time.sleep(100)"
    ended = record(["sh", "-c", '"$0" -c "$1"; echo done', sys.executable, escape], tmp_path, grace=0.3)
    try:
        assert (ended.ending, ended.exit_code) == (Ending.EXITED, 0)
        assert text(ended.stdout) == "done\n"
        assert "left the command's session holds its output open" in notes(ended)
    finally:
        wait_for((tmp_path / "pid").exists)
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


@POSIX
def test_what_a_child_left_in_the_background_without_its_output_stays(tmp_path: Path) -> None:
    ended = record(["sh", "-c", "sleep 100 > /dev/null 2>&1 & echo $! > pids"], tmp_path)
    assert notes(ended) == ""
    assert not all_gone(tmp_path / "pids")
    os.kill(int((tmp_path / "pids").read_text()), signal.SIGKILL)


# Who stops it

RECORDER = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(SOURCE)!r})
from gateproof.record.process import run
from gateproof.record.redact import redactor
into = Path(sys.argv[1])
secrets = redactor(os.environ)
ended = run(sys.argv[2:], cwd=into.parent, env=os.environ, into=into, redactor=secrets, grace=GRACE)
print(ended.ending, ended.exit_code, ended.signal, ended.stdout.size, ended.stdout.sha256)
"""
TREE = "echo $$ >> pids; sleep 100 & echo $! >> pids; echo begun; sleep 100"
DEAF = "trap '' TERM; echo $$ >> pids; echo begun; while :; do sleep 1; done"


def recorder(folder: Path, script: str, *, grace: float = 5) -> subprocess.Popen[str]:
    """A process that records, as far as the recorded child's first word."""
    process = subprocess.Popen(
        python(RECORDER.replace("GRACE", str(grace)), str(folder / "run"), "sh", "-c", script),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: (folder / "run" / "stdout").exists() and (folder / "run" / "stdout").read_text())
    return process


def test_a_child_has_no_input(tmp_path: Path) -> None:
    child = python("import sys; print(repr(sys.stdin.read()))")
    command = python(RECORDER.replace("GRACE", "5"), str(tmp_path / "run"), *child)
    subprocess.run(command, env=ENVIRONMENT, input=b"typed by a person", check=True, capture_output=True)
    assert (tmp_path / "run" / "stdout").read_text().strip() == "''"


@POSIX
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_stop_signal_ends_the_tree_and_keeps_what_was_said(name: str, tmp_path: Path) -> None:
    process = recorder(tmp_path, TREE)
    process.send_signal(signal.Signals[name])
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert told.split()[:4] == ["interrupted", "None", "SIGTERM", str(len("begun\n"))]
    assert told.split()[4] == hashlib.sha256(b"begun\n").hexdigest()
    assert (tmp_path / "run" / "stdout").read_text() == "begun\n"
    assert f"interrupted by {name}" in (tmp_path / "run" / "output.log").read_text()
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_child_that_took_long_to_start_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start_slowly(*arguments: Any) -> Any:
        process = start(*arguments)
        time.sleep(2.5)
        return process

    monkeypatch.setattr("gateproof.record.process.start", start_slowly)
    ended = record(["sh", "-c", TREE], tmp_path, time_limit=0.5)
    assert (ended.ending, ended.signal) == (Ending.TIMED_OUT, "SIGTERM")
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_second_ctrl_c_kills_at_once(tmp_path: Path) -> None:
    process = recorder(tmp_path, DEAF, grace=100)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert told.split()[:3] == ["interrupted", "None", "SIGKILL"]
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_killed_recorder_leaves_what_was_said_so_far(tmp_path: Path) -> None:
    process = recorder(tmp_path, "echo $$ > pids; echo $MY_TOKEN; echo more; sleep 100")
    said = [tmp_path / "run" / name for name in ("stdout", "output.log")]  # one is written after the other
    wait_for(lambda: all("more" in file.read_text() for file in said))
    process.kill()
    process.communicate(timeout=30)
    assert (tmp_path / "run" / "stdout").read_text() == "[redacted:MY_TOKEN]\nmore\n"
    assert (tmp_path / "run" / "output.log").read_text().endswith("[redacted:MY_TOKEN]\nmore\n")
    os.killpg(int((tmp_path / "pids").read_text()), signal.SIGKILL)


@POSIX
def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ended = record(["sh", "-c", "kill -HUP $PPID; echo done"], tmp_path)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (ended.ending, text(ended.stdout)) == (Ending.EXITED, "done\n")


@POSIX
def test_a_stop_after_the_childs_end_is_not_swallowed(tmp_path: Path) -> None:
    late = "sleep 100 & echo $! > pids; (sleep 0.3; kill -TERM $PPID) & exit 0"
    ended = record(["sh", "-c", late], tmp_path, grace=50)
    assert (ended.ending, ended.exit_code) == (Ending.INTERRUPTED, None)
    assert all_gone(tmp_path / "pids")


@POSIX
def test_a_stop_while_the_last_is_shown_is_not_swallowed(tmp_path: Path) -> None:
    def stop_late(_: bytes) -> None:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)

    ended = record(["echo", "done"], tmp_path, live=stop_late)
    assert (ended.ending, ended.exit_code) == (Ending.INTERRUPTED, None)
    assert text(ended.stdout) == "done\n"


def test_handlers_are_put_back(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    record(python("pass"), tmp_path)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_another_thread_records_too(tmp_path: Path) -> None:
    endings: list[Ending] = []
    thread = threading.Thread(target=lambda: endings.append(record(python("pass"), tmp_path).ending))
    thread.start()
    thread.join(30)
    assert endings == [Ending.EXITED]


# Who watches


def test_a_broken_sink_costs_nothing_but_the_sight(tmp_path: Path) -> None:
    def break_down(data: bytes) -> None:
        raise UnicodeEncodeError("cp1252", "日本", 0, 2, "character maps to <undefined>")

    ended = record(python("import sys; sys.stdout.write('line\\n' * 100_000)"), tmp_path, live=break_down)
    assert ended.exit_code == 0
    assert text(ended.stdout).replace("\r", "") == "line\n" * 100_000
    assert "bytes were not shown live (UnicodeEncodeError" in notes(ended)


def test_a_stuck_sink_costs_nothing_but_the_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "PATIENCE", 0.2)
    release = threading.Event()
    flood = "import sys; sys.stdout.write('x' * 79 + '\\n' * 4_000_000)"
    ended = record(python(flood), tmp_path, live=lambda _: release.wait(60))
    release.set()
    assert ended.exit_code == 0
    assert len(text(ended.stdout).replace("\r", "")) == 79 + 4_000_000
    assert "were not shown live" in notes(ended)


def test_a_slow_sink_sees_everything(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def look_slowly(data: bytes) -> None:
        time.sleep(0.005)
        seen.append(data)

    ended = record(python("import sys; sys.stdout.write('line\\n' * 500_000)"), tmp_path, live=look_slowly)
    assert b"".join(seen).decode() == text(ended.stdout)
    assert notes(ended) == ""


def test_what_a_dead_child_left_is_taken_however_slow_the_sink_is(tmp_path: Path) -> None:
    # One write into a full queue and a full pipe, the last thing that the child does.
    script = python("import os; data = b'line\\n' * 450_000; os.write(1, data)")
    ended = record(script, tmp_path, live=lambda _: time.sleep(0.05), grace=0.01)
    assert text(ended.stdout) == "line\n" * 450_000
    assert notes(ended) == ""


# What it costs


@POSIX
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's peak of one process")
def test_memory_stays_flat(tmp_path: Path) -> None:
    peak = "\nprint([line for line in open('/proc/self/status') if 'VmHWM' in line][0])"
    output = "import sys\nfor _ in range(1000): sys.stdout.write('0123456789abcde\\n' * 4096)"
    process = subprocess.run(
        python(RECORDER.replace("GRACE", "5") + peak, str(tmp_path / "run"), *python(output)),
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f" {65_536_000} " in process.stdout
    assert int(process.stdout.split("VmHWM:")[1].split()[0]) < 40 * 1024


# What cannot be kept


def test_output_that_cannot_be_written_ends_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = File.write

    def write_on_a_full_disk(file: File, data: bytes) -> None:
        if b"too much" in data:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(file, data)

    monkeypatch.setattr(File, "write", write_on_a_full_disk)
    script = "import os, time; open('pids', 'w').write(str(os.getpid()))"
    script += "; print('too ' + 'much', flush=True); time.sleep(100)"
    with pytest.raises(UnknownError, match="No space left on device"):
        record(python(script), tmp_path, live=lambda _: None)
    assert all_gone(tmp_path / "pids")


def test_a_last_word_that_cannot_be_written_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: File, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(File, "write", fail)
    with pytest.raises(UnknownError, match="No space left on device"):
        record(python("pass"), tmp_path)


@POSIX
def test_a_full_disk_ends_the_tree_and_says_so_once(tmp_path: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))\n"
    flood = "echo $$ > pids; sleep 100 & echo $! >> pids; while :; do echo 01234567890123456789; done"
    begun = time.monotonic()
    process = subprocess.run(
        python(limited + RECORDER.replace("GRACE", "1"), str(tmp_path / "run"), "sh", "-c", flood),
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [
        line for line in process.stderr.splitlines() if line.startswith("gateproof.errors.UnknownError: ")
    ]
    assert len(said) == 1
    assert "The output of `sh -c" in said[0]
    assert "could not be kept in" in said[0]
    assert time.monotonic() - begun < 30
    assert all_gone(tmp_path / "pids")
