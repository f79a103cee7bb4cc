"""Reading what the store logs, as production writes it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import DictConfigurator

from core import logs


@contextmanager
def logbook() -> Iterator[list[dict]]:
    """Collect every line that is logged within, read as JSON, once the block has ended."""
    stream, lines = io.StringIO(), []
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DictConfigurator({"version": 1}).configure_formatter(dict(logs.JSON)))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        lines += [json.loads(line) for line in stream.getvalue().splitlines()]
