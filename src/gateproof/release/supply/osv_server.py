"""An OSV endpoint on the loopback, so that pip-audit can ask a dump for real.

It speaks the part of OSV's API that pip-audit uses: `POST /v1/query` with a package and a version.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from packaging.utils import canonicalize_name

from gateproof.release.supply.osv import ECOSYSTEM, Advisories

QUERY = "/v1/query"
MOST_BYTES = 64 * 1024
PATIENCE = 30.0
"""Seconds that a connection may be idle."""


@dataclass(kw_only=True, slots=True)
class Endpoint:
    """Where it answers, and what it was asked: an audit that never asked it has looked at nothing."""

    url: str
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Normalised name and version of every question that was answered."""
    refused: list[str] = field(default_factory=list)
    """Why questions were not answered."""


@contextlib.contextmanager
def serve(advisories: Advisories) -> Iterator[Endpoint]:
    """Answer on a free port of the loopback until the block is left."""
    endpoint = Endpoint(url="")

    class Handler(_Handler):
        told, known = endpoint, advisories

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        endpoint.url = f"http://127.0.0.1:{server.server_port}{QUERY}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    told: Endpoint
    known: Advisories
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    # An answer in one piece: its body would wait 40 ms for the receipt of its head, at each of the many questions.
    wbufsize = -1

    def do_POST(self) -> None:
        try:
            name, version = self._question()
            found = [_as_asked(advisory, name) for advisory in self.known.about(name, version)]
        except (ValueError, KeyError, TypeError) as error:
            self.told.refused.append(str(error))
            self._answer(HTTPStatus.BAD_REQUEST, {"code": 3, "message": str(error)})
            return
        self.told.asked.add((canonicalize_name(name), version))
        # OSV itself answers `{}` where it knows of nothing.
        self._answer(HTTPStatus.OK, {"vulns": found} if found else {})

    def _question(self) -> tuple[str, str]:
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != QUERY or not 0 < length <= MOST_BYTES:
            self.close_connection = True
            raise ValueError(f"only {QUERY} is answered, with a question of at most {MOST_BYTES} bytes")
        asked = json.loads(self.rfile.read(length))
        name, ecosystem, version = asked["package"]["name"], asked["package"]["ecosystem"], asked["version"]
        if ecosystem != ECOSYSTEM or not isinstance(name, str) or not isinstance(version, str):
            raise ValueError(f"only versions of packages of {ECOSYSTEM} are known here")
        return name, version

    def _answer(self, status: HTTPStatus, content: Mapping[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: what was asked is in `Endpoint.asked`."""


def _as_asked(advisory: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The advisory, its packages called as they were asked for: pip-audit compares the names letter by letter."""
    package = canonicalize_name(name)
    affected = [
        {**one, "package": {**one["package"], "name": name}}
        if canonicalize_name(one["package"]["name"]) == package
        else one
        for one in advisory["affected"]
    ]
    return {**advisory, "affected": affected}
