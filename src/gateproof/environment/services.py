"""Services that a gate may need: each is the real thing, started empty for the gate and gone after it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType


@contextlib.contextmanager
def _postgres() -> Iterator[dict[str, str]]:
    from gateproof.deploy.postgres import DATABASE, USER, embedded_postgres

    # Over loopback, because a project may speak of a host and a port only.
    with embedded_postgres(over_tcp=True) as server:
        yield {
            "url": server.url,
            "host": server.host,
            "port": str(server.port),
            "user": USER,
            "password": server.password,
            "name": DATABASE,
        }


SERVICES: Mapping[str, Callable[[], AbstractContextManager[dict[str, str]]]] = MappingProxyType(
    {"postgres": _postgres}
)
"""Each by the word that `needs` takes; it yields what `{postgres.host}` and its like stand for."""


def serve(name: str) -> AbstractContextManager[dict[str, str]]:
    """The service of that name, as a context that starts and stops it."""
    return SERVICES[name]()
