"""The scripts whose words a deployment proof reads, run for real: a server that is ill, and things that are left."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateproof.deploy.readings import answered, gone
from gateproof.deploy.scripts import left, serve
from gateproof.model import Outcome
from gateproof.record.readers import decide
from unit.deploy.test_readings import ended

PATHS = ("/healthz", "/readyz")
SERVER = """
import http.server, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({statuses}.get(self.path, 404))
        self.end_headers()
        {afterwards}
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answers).serve_forever()
"""
FALLS = "import sys; sys.exit('no database')"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def ran(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, script, *words]
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", timeout=60)


def server(*statuses: int, afterwards: str = "") -> str:
    return SERVER.format(statuses=dict(zip(PATHS, statuses, strict=True)), afterwards=afterwards)


@pytest.mark.parametrize(
    ("code", "exit_code", "outcome"),
    [
        (server(200, 200), 0, Outcome.PASSED),
        (server(200, 503), 1, Outcome.FAILED),
        (server(500, 200), 1, Outcome.FAILED),
        (FALLS, 4, Outcome.ERRORED),
        (server(200, 200, afterwards="__import__('os')._exit(0)"), 4, Outcome.ERRORED),
    ],
    ids=["healthy", "not ready", "not alive", "falls at once", "falls between two answers"],
)
def test_a_web_server(tmp_path: Path, code: str, exit_code: int, outcome: Outcome) -> None:
    port = str(free_port())

    done = ran(
        serve.__file__, f"http://127.0.0.1:{port}", ",".join(PATHS), "--", sys.executable, "-c", code, port
    )

    assert done.returncode == exit_code, done.stderr
    assert decide(answered(*PATHS), ended(tmp_path, done.stdout, code=done.returncode)).outcome is outcome
    with socket.socket() as one:
        assert one.connect_ex(("127.0.0.1", int(port))) != 0


def test_what_is_left_is_seen(tmp_path: Path) -> None:
    asked = (f"folder:{tmp_path}", f"process:{os.getpid()}")

    for one in asked:
        done = ran(left.__file__, f"folder:{tmp_path / 'never'}", one)
        reading = decide(gone(), ended(tmp_path, done.stdout, code=done.returncode))

        assert (reading.outcome, reading.reason) == (Outcome.FAILED, f"still there: {one}")


def test_what_is_gone_is_gone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass

    done = ran(left.__file__, f"folder:{tmp_path / 'never'}", f"process:{child.pid}")

    assert decide(gone(), ended(tmp_path, done.stdout, code=done.returncode)).outcome is Outcome.PASSED
