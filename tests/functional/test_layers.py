"""Layers of an image are looked into as a ZIP is; each kind of wrong is seen."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from gateproof.deploy import layers

OURS, BASE = "sha256:ours", "sha256:base"
SECRET = "k3y-of-this-run-0123456789"
KEY = b"-----BEGIN PRIVATE KEY-----\n" + b"QUJD" * 20
GOOD = {"app/manage.py": b"print()\n", "opt/store/pyvenv.cfg": b"home = /usr\n"}


def tar(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def image(
    folder: Path,
    files: dict[str, bytes],
    *,
    user: str = "store",
    env: tuple[str, ...] = ("PATH=/bin",),
    history: str = "",
) -> Path:
    """An image as `docker save` writes it: a base layer, and ours on it."""
    config = {
        "config": {"User": user, "Env": list(env)},
        "rootfs": {"diff_ids": [BASE, OURS]},
        "history": [{"created_by": history}],
    }
    manifest = [{"Config": "config.json", "Layers": ["base/layer.tar", "ours/layer.tar"]}]
    content = {
        "manifest.json": json.dumps(manifest).encode(),
        "config.json": json.dumps(config).encode(),
        "base/layer.tar": tar({"etc/ssl/private/base.env": b"x"}),
        "ours/layer.tar": tar(files),
    }
    path = folder / "image.tar"
    path.write_bytes(tar(content))
    return path


def found(path: Path) -> list[str]:
    return [where for where, _ in layers.inspect(path, frozenset({BASE}), [SECRET.encode()]).findings]


def test_a_clean_image_has_no_finding_and_its_base_is_not_ours(tmp_path: Path) -> None:
    report = layers.inspect(image(tmp_path, GOOD), frozenset({BASE}), [SECRET.encode()])

    assert (report.layers, report.files, report.findings) == (1, 2, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("app/.env", b"X=1\n"),
        ("app/db.sqlite3", b""),
        ("app/notes.bin", b"SQLite format 3\0" + b"x" * 99),
        ("app/signing", KEY),
        ("app/__pycache__/x.pyc", b"x"),
        ("app/settings.txt", b"x" * ((1 << 20) - 9) + SECRET.encode()),
        ("opt/store/lib/settings.txt", SECRET.encode()),
    ],
)
def test_a_file_that_must_not_be_there_is_found(tmp_path: Path, name: str, content: bytes) -> None:
    assert found(image(tmp_path, GOOD | {name: content})) == [name]


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": ""},
        {"user": "root"},
        {"env": ("SECRET_KEY=abcdef",)},
        {"history": f"RUN SECRET_KEY={SECRET} collectstatic"},
    ],
    ids=["no user", "root", "a variable", "the history"],
)
def test_a_configuration_that_must_not_be_is_found(tmp_path: Path, wrong: dict[str, object]) -> None:
    assert found(image(tmp_path, GOOD, **wrong)) == ["configuration"]  # type: ignore[arg-type]


def test_what_is_no_image_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(tar({"x": b"y"}))

    with pytest.raises(LookupError):
        layers.inspect(path, frozenset(), [])
