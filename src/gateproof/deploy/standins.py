"""Stand-ins for official images, made from Debian's packages where no registry can be reached.

They carry a tag of their own, and every record that rests on them says so.
One base holds Python, PostgreSQL and Redis; the three images differ by how they start.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

from gateproof.deploy.programs import running_as_root
from gateproof.errors import NotHereError, UnknownError

PREFIX = "gateproof-standin/"
SUITE = "trixie"
PACKAGES = "ca-certificates,tzdata,python3,python3-venv,postgresql-17,postgresql-client-17,redis-server"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
DISPENSABLE = (
    "usr/lib/postgresql/17/lib/llvmjit*",
    "usr/lib/postgresql/17/lib/bitcode",
    "usr/lib/*/libLLVM*",
    "usr/lib/*/libz3*",
    "usr/share/doc",
    "usr/share/i18n",
    "usr/share/locale",
    "usr/share/man",
    "var/cache/apt/archives/*.deb",
    "var/lib/apt/lists/*",
    "var/lib/postgresql/17",
)
"""More than half of what debootstrap leaves. An official image has none of it, and every proof would copy it."""
_RECIPE = hashlib.sha256(f"{PACKAGES} {SUITE} {DISPENSABLE}".encode()).hexdigest()[:8]
BASE = f"{PREFIX}base:{SUITE}-{_RECIPE}"

_POSTGRES_START = """#!/bin/sh
# What the official image does, as far as a proof needs it: POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB.
set -eu
bin=/usr/lib/postgresql/17/bin data=/var/lib/postgresql/data
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$data" && chown postgres:postgres "$data" && chmod 700 "$data"
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$data/PG_VERSION" ]; then
    printf %s "$POSTGRES_PASSWORD" > /tmp/password
    "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256 \\
        --pwfile=/tmp/password -E UTF8 --locale=C.UTF-8
    rm /tmp/password
    echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
    "$bin/pg_ctl" -D "$data" -o "-c listen_addresses= -c unix_socket_directories=/tmp" -w start
    if [ "$POSTGRES_DB" != postgres ]; then
        PGPASSWORD="$POSTGRES_PASSWORD" psql -h /tmp -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE $POSTGRES_DB"
    fi
    "$bin/pg_ctl" -D "$data" -m fast -w stop
fi
exec "$bin/postgres" -D "$data" -c "listen_addresses=*" -c unix_socket_directories=/var/run/postgresql "$@"
"""
_PYTHON = f"FROM {BASE}\n"
_POSTGRES = (
    f"FROM {BASE}\nCOPY start /usr/local/bin/start\n"
    "RUN install -d -m 2777 -o postgres -g postgres /run/postgresql\n"
    "VOLUME /var/lib/postgresql/data\n"
    'STOPSIGNAL SIGINT\nENTRYPOINT ["start"]\n'
)
_REDIS = f'FROM {BASE}\nUSER redis\nCMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", ""]\n'
_DOCKERFILES = {"python": _PYTHON, "postgres": _POSTGRES, "redis": _REDIS}


def stand_in(kind: str, docker: str, env: Mapping[str, str]) -> str:
    """The tag of the stand-in for `python`, `postgres` or `redis`, made when it is not there yet.

    Raises NotHereError where it cannot be made, with what is missing, and UnknownError when making it failed.
    """
    # Another recipe is another image.
    recipe = hashlib.sha256(f"{PACKAGES}{_DOCKERFILES[kind]}{_POSTGRES_START}".encode()).hexdigest()
    tag = f"{PREFIX}{kind}:{SUITE}-{recipe[:8]}"
    if not is_there(tag, docker, env):
        if not is_there(BASE, docker, env):
            _make_base(docker, env)
        with tempfile.TemporaryDirectory(prefix="gp-") as folder:
            (Path(folder) / "Dockerfile").write_text(_DOCKERFILES[kind], encoding="utf-8", newline="\n")
            start = Path(folder) / "start"
            start.write_text(_POSTGRES_START, encoding="utf-8", newline="\n")
            start.chmod(0o755)
            _run([docker, "build", "--quiet", "--tag", tag, folder], env)
    return tag


def is_there(image: str, docker: str, env: Mapping[str, str]) -> bool:
    """Whether the engine has an image of this name."""
    seen = subprocess.run(
        [docker, "image", "inspect", image], env=dict(env), capture_output=True, check=False
    )
    return seen.returncode == 0


def _make_base(docker: str, env: Mapping[str, str]) -> None:
    if sys.platform != "linux" or not running_as_root() or not shutil.which("debootstrap"):
        raise NotHereError(
            "The base images cannot be pulled, and a stand-in needs Linux, root and Debian's `debootstrap`: "
            "connect this machine to a registry, or load the images with `docker load`."
        )
    archive = _cached()
    if not archive.exists():
        _bootstrap(archive, env)
    # pip brings certificates of its own, and must trust whom this machine trusts.
    path = "/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    change = f"ENV PIP_CERT={CERTIFICATES} PATH={path}"
    _run([docker, "import", "--change", change, str(archive), BASE], env)


def _cached() -> Path:
    """Where the base lies between two engines, for a week: Debian mends its packages meanwhile."""
    week = int(time.time() // (7 * 24 * 3600))
    return user_cache_path("gateproof") / "standins" / f"{SUITE}-{_RECIPE}-{week}.tar"


def _bootstrap(archive: Path, env: Mapping[str, str]) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    for old in archive.parent.glob("*.tar"):
        old.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="gp-base-") as folder:
        tree, made = Path(folder) / "tree", archive.with_suffix(f".{secrets.token_hex(4)}")
        # From the mirror that debootstrap itself knows.
        _run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(tree)], env)
        for path in (path for pattern in DISPENSABLE for path in tree.glob(pattern)):
            _run(["rm", "--recursive", "--force", str(path)], env)
        if CERTIFICATES.exists():
            shutil.copy(CERTIFICATES, tree / "etc" / "ssl" / "certs" / CERTIFICATES.name)
        (tree / "usr" / "bin" / "python").symlink_to("python3")
        try:
            _run(["tar", "--create", "--file", str(made), "--directory", str(tree), "."], env)
            made.replace(archive)
        finally:
            made.unlink(missing_ok=True)


def _run(command: list[str], env: Mapping[str, str]) -> None:
    ended = subprocess.run(
        command, env=dict(env), capture_output=True, check=False, encoding="utf-8", errors="replace"
    )
    if ended.returncode:
        said = " / ".join((ended.stderr.strip() or ended.stdout.strip()).splitlines()[-3:])
        raise UnknownError(f"`{' '.join(command[:2])}` ended with {ended.returncode}: {said}")
