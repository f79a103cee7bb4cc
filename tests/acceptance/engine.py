"""A container engine for the tests: the one that answers, or one of their own with everything in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def some_engine() -> Iterator[str]:
    """Give the address of an engine. Fails, and says what to install, where none can be had."""
    if answers(os.environ.get("DOCKER_HOST", "")):
        yield os.environ.get("DOCKER_HOST", "")
        return
    server = shutil.which("dockerd")
    assert server, "No container engine answers, and there is no dockerd: install Debian's `docker.io`."
    folder = Path(tempfile.mkdtemp(prefix="gpd-"))
    address = f"unix://{folder / 'socket'}"
    options = [
        f"--data-root={folder / 'data'}",
        f"--exec-root={folder / 'exec'}",
        f"--pidfile={folder / 'pid'}",
        f"--host={address}",
    ]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen([server, *options], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while not answers(address):
            said = (folder / "log").read_text(encoding="utf-8", errors="replace")[-500:]
            assert child.poll() is None, f"dockerd ended: {said}"
            assert time.monotonic() < end, f"dockerd did not come up: {said}"
            time.sleep(0.2)
        yield address
    finally:
        child.terminate()
        child.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def answers(address: str) -> bool:
    """Whether an engine is there."""
    docker = shutil.which("docker")
    assert docker, "There is no docker: install Debian's `docker.io`."
    env = {**os.environ, **({"DOCKER_HOST": address} if address else {})}
    return subprocess.run([docker, "info"], env=env, capture_output=True, check=False).returncode == 0
