"""The digests of a source, against git's own answer and against `sha256sum`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateproof.evidence.subject import SourceFile, dir_hash, git_tree
from gateproof.git import git, tree_entries
from gateproof.pack.source import source_from_folder

# Folders sort as if their name ended in a slash: a.b < a/ < a0.
NAMES = [
    "a.b",
    "a/x",
    "a0",
    "a-b",
    "a/b.c",
    "a/b/c",
    "a/b0",
    "ä/ö",
    "日本/語",
    "z",
    "A",
    "sp ace/x y",
    "deep/" * 40 + "x",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for name in NAMES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode() * 3)
    (root / "empty").write_bytes(b"")
    if sys.platform != "win32":
        (root / "run.sh").write_bytes(b"#!/bin/sh\n")
        (root / "run.sh").chmod(0o755)
        (root / "link").symlink_to("a/x")
        (root / "dangling").symlink_to("nowhere")
        (root / "folder").symlink_to("a")
    git("init", "--quiet", cwd=root)
    git("add", "--all", cwd=root)
    return root


def entries(files: tuple[SourceFile, ...]) -> list[tuple[str | bytes, int, str]]:
    return [(file.path, file.mode, file.sha1) for file in files]


def test_the_tree_is_the_one_that_git_writes(checkout: Path) -> None:
    wanted = git("write-tree", cwd=checkout).decode().strip()
    assert git_tree((e.path, e.mode, e.blob) for e in tree_entries(checkout, wanted)) == wanted
    if sys.platform != "win32":
        assert git_tree(entries(source_from_folder(checkout))) == wanted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names there are text, not bytes")
def test_names_that_are_not_utf8_keep_their_bytes(checkout: Path) -> None:
    (checkout / os.fsdecode(b"caf\xe9")).write_bytes(b"x")
    git("add", "--all", cwd=checkout)
    wanted = git("write-tree", cwd=checkout).decode().strip()
    assert git_tree(entries(source_from_folder(checkout))) == wanted


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not here")
def test_the_dir_hash_is_the_digest_of_what_sha256sum_prints(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    # The command that the in-toto specification gives for `dirHash`.
    sums = "find . -type f | cut -c3- | LC_ALL=C sort | tr '\\n' '\\0' | xargs -r -0 sha256sum"
    command = f"{sums} | sha256sum | cut -f1 -d' '"
    printed = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    files = source_from_folder(tmp_path)
    assert dir_hash((file.path, file.sha256) for file in files) == printed.stdout.strip()
