"""A stand-in for the advisory service: one advisory, no memory, on the loopback interface only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ADVISORY = {
    "id": "PYSEC-1",
    "modified": "2026-01-01T00:00:00Z",
    "details": "Everything is wrong with it.",
    "affected": [
        {
            "package": {"name": "idna", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        }
    ],
}
KNOWN = {"idna": {"vulns": [ADVISORY]}}
BROKEN = "boom"


@contextmanager
def advisory_service() -> Iterator[str]:
    """The address of a running service."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = question["package"]["name"]
        answer = json.dumps(KNOWN.get(name, {})).encode()
        self.send_response(500 if name == BROKEN else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing is to be printed."""
