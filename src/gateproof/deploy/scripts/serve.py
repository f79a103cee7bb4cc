"""Run a web server, ask it a few questions, end it: `serve.py URL PATH,PATH -- COMMAND…`.

Prints what the server says, and one JSON line an answer.
Ends with 0 when each path answered 200, with 1 when one did not, with 4 when the server did not come up.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

PATIENCE = 60.0
"""Seconds until the first path must answer."""


def main(arguments: list[str]) -> int:
    base, paths = arguments[0], arguments[1].split(",")
    command = arguments[arguments.index("--") + 1 :]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        statuses = [ask(base + path, path, server) for path in paths]
        alive = server.poll() is None
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    if not alive or None in statuses:
        return 4
    return 0 if all(status == 200 for status in statuses) else 1


def ask(url: str, path: str, server: subprocess.Popen[bytes]) -> int | None:
    """The status of one answer, printed with its body; None when nobody answered in time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                status, body = answer.status, answer.read(4096)
        except urllib.error.HTTPError as refusal:
            status, body = refusal.code, refusal.read(4096)
        except OSError:
            time.sleep(0.1)
            continue
        words = {"path": path, "status": status, "body": body.decode("utf-8", "replace")}
        print(json.dumps(words), flush=True)
        return int(status)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
