"""The archive of a commit is the same everywhere, equal to the commit, and in place only when it is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gateproof import git
from gateproof.errors import UnknownError
from gateproof.findings import Code
from gateproof.model import Finding
from gateproof.pack.zipreader import open_zip
from gateproof.release.archive import Archive, archive
from gitmaker import SUBMODULE, File, commit, repository, run_git
from zipmaker import EXECUTABLE, LINK

SHOP: dict[str | bytes, File] = {
    ".gitattributes": b"* text=auto\n*.bat eol=crlf\n"
    b"secret.txt export-ignore\nversion.py export-subst ident\n",
    "README.md": b"# A shop\n" * 200,
    "logo.png": bytes(range(256)) * 9,
    "manage.py": (EXECUTABLE, b"#!/usr/bin/env python\n"),
    "run.bat": b"echo hi\n",
    "secret.txt": b"packed all the same\n",
    "shop/latest": (LINK, b"urls.py"),
    "shop/urls.py": b"urlpatterns = []\n",
    "shop/\u00fcber.txt": b"",
    "version.py": b"# $Format:%H$ $Id$\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("shop") / "repo", SHOP)


@pytest.fixture(scope="module")
def packed(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    target = tmp_path_factory.mktemp("packed") / "shop.zip"
    archive(shop, "main", target)
    return target.read_bytes()


def archived(repo: Path, target: Path, revision: str = "main") -> Archive:
    return archive(repo, revision, target)


def test_the_archive_is_what_git_has(shop: Path, tmp_path: Path) -> None:
    built = archived(shop, tmp_path / "shop.zip")
    assert built.findings == ()
    assert built.is_written
    assert built.entries == len(SHOP)
    assert built.commit == run_git(shop, "rev-parse", "main").decode().strip()
    assert built.size == built.path.stat().st_size
    with open_zip(built.path) as zf:
        assert zf.comment.decode() == built.commit
        packed = {entry.name: (entry.mode, zf.read(entry)) for entry in zf.entries}
    assert packed == {
        name: file if isinstance(file, tuple) else (0o100644, file) for name, file in SHOP.items()
    }


def test_where_no_attribute_rewrites_it_is_what_a_plain_git_archive_writes(tmp_path: Path) -> None:
    plain = {name: file for name, file in SHOP.items() if name != ".gitattributes"}
    repo = repository(tmp_path / "repo", plain)
    archived(repo, tmp_path / "a.zip")
    expected = run_git(repo, "archive", "--format=zip", "-6", "main", env={"TZ": "UTC"})
    assert (tmp_path / "a.zip").read_bytes() == expected


# The same bytes in any place and under any setting.


def in_tokyo(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")


def in_turkish(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    monkeypatch.setenv("LANG", "tr_TR.UTF-8")


def with_autocrlf(repo: Path, _: pytest.MonkeyPatch) -> None:
    for name, value in (("core.autocrlf", "true"), ("core.eol", "crlf"), ("core.compression", "0")):
        run_git(repo, "config", name, value)


def with_personal_settings(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.parent / "personal").write_text("[core]\n\tautocrlf = true\n[tar]\n\tumask = 0\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repo.parent / "personal"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.autocrlf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")


def with_local_attributes(repo: Path, _: pytest.MonkeyPatch) -> None:
    (repo / ".git" / "info").mkdir(exist_ok=True)
    text = "* export-subst ident eol=crlf\nlogo.png export-ignore\nREADME.md -diff\n"
    (repo / ".git" / "info" / "attributes").write_text(text, encoding="utf-8")


def with_a_replaced_blob(repo: Path, _: pytest.MonkeyPatch) -> None:
    old = run_git(repo, "rev-parse", "main:README.md").decode().strip()
    new = run_git(repo, "hash-object", "-w", "--stdin", stdin=b"other\n").decode().strip()
    run_git(repo, "replace", old, new)


def with_a_dirty_work_tree(repo: Path, _: pytest.MonkeyPatch) -> None:
    run_git(repo, "reset", "-q", "--hard")
    (repo / "README.md").write_bytes(b"changed\n")
    (repo / ".gitattributes").write_bytes(b"* export-ignore\n")


def with_another_git_folder(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(repo.parent / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo.parent))


def repacked(repo: Path, _: pytest.MonkeyPatch) -> None:
    run_git(repo, "gc", "-q")


def untouched(_: Path, __: pytest.MonkeyPatch) -> None:
    pass


@pytest.mark.parametrize(
    "hostile",
    [
        in_tokyo,
        in_turkish,
        with_autocrlf,
        with_personal_settings,
        with_local_attributes,
        with_a_replaced_blob,
        with_a_dirty_work_tree,
        with_another_git_folder,
        repacked,
        untouched,
    ],
)
def test_the_bytes_are_the_same(
    tmp_path: Path,
    packed: bytes,
    hostile: Callable[[Path, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repo = repository(tmp_path / "another place" / 'with "quotes"', SHOP)
    hostile(repo, monkeypatch)
    built = archived(repo, tmp_path / "out.ZIP", "HEAD")
    assert built.findings == ()
    assert built.path.read_bytes() == packed


def test_the_bytes_are_the_same_under_any_umask(shop: Path, tmp_path: Path, packed: bytes) -> None:
    before = os.umask(0o077)
    try:
        archived(shop, tmp_path / "a.zip")
    finally:
        os.umask(before)
    assert (tmp_path / "a.zip").read_bytes() == packed


@pytest.mark.parametrize("how", [["--bare"], ["--depth=1"], ["--no-local"], ["--shared"]])
def test_the_bytes_are_the_same_from_any_clone(
    shop: Path, tmp_path: Path, packed: bytes, how: list[str]
) -> None:
    run_git(tmp_path, "clone", "-q", *how, shop.as_uri() if "--shared" not in how else str(shop), "clone")
    archived(tmp_path / "clone", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == packed


def test_the_bytes_are_the_same_from_a_subfolder_and_a_linked_work_tree(
    shop: Path, tmp_path: Path, packed: bytes
) -> None:
    run_git(shop, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "main")
    archived(tmp_path / "tree" / "shop", tmp_path / "a.zip", "HEAD")
    run_git(shop, "worktree", "remove", "--force", str(tmp_path / "tree"))
    assert (tmp_path / "a.zip").read_bytes() == packed


def test_a_sha256_repository_is_archived_and_proven_too(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", SHOP, object_format="sha256")
    built = archived(repo, tmp_path / "a.zip")
    assert built.findings == ()
    assert len(built.commit) == 64


# Findings hold the archive back.


def test_a_submodule_holds_it_back(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"a.py": b"", "lib": (SUBMODULE, b"1" * 40)})
    (tmp_path / "a.zip").write_bytes(b"old")
    built = archived(repo, tmp_path / "a.zip")
    assert [finding.code for finding in built.findings] == [Code.LONE_FOLDER.code]
    assert not built.is_written
    assert (tmp_path / "a.zip").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "repo"]


def test_an_empty_commit_holds_it_back(tmp_path: Path) -> None:
    built = archived(repository(tmp_path / "repo", {}), tmp_path / "a.zip")
    assert [finding.code for finding in built.findings] == [Code.EMPTY.code]


def test_what_the_caller_inspects_holds_it_back(shop: Path, tmp_path: Path) -> None:
    seen: list[Path] = []

    def inspect(path: Path) -> tuple[Finding, ...]:
        seen.append(path)
        assert path.stat().st_size > 0
        return (Code.ENV_FILE.at(".env"),)

    built = archive(shop, "main", tmp_path / "a.zip", inspect=inspect)
    assert built.findings == (Code.ENV_FILE.at(".env"),)
    assert list(tmp_path.iterdir()) == []
    assert seen[0].parent == tmp_path


def test_what_git_rewrote_holds_it_back(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "EXACT_ATTRIBUTES", "")
    built = archived(shop, tmp_path / "a.zip")
    assert {(finding.code, finding.path) for finding in built.findings} == {
        (Code.MISSING.code, "secret.txt"),
        (Code.CONTENT.code, "version.py"),
        (Code.CONTENT.code, "run.bat"),
    }


# What cannot be done is one sentence, and nothing is lost.


def test_a_commit_that_is_not_there(shop: Path, tmp_path: Path) -> None:
    for revision in ("no-such-branch", "f" * 40, "main:README.md", "--all", ""):
        with pytest.raises(UnknownError):
            archived(shop, tmp_path / "a.zip", revision)
    with pytest.raises(UnknownError, match="There is no commit no-such-branch in"):
        archived(shop, tmp_path / "a.zip", "no-such-branch")
    with pytest.raises(UnknownError, match="not a git repository"):
        git.full_commit_id(tmp_path, "main")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="not a git repository"):
        archived(tmp_path, tmp_path / "a.zip")
    with pytest.raises(UnknownError, match="is not a folder"):
        archived(tmp_path / "missing", tmp_path / "a.zip")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnknownError, match="is not a folder"):
        archived(tmp_path / "file", tmp_path / "a.zip")


def test_no_git(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnknownError, match="git was not found"):
        archived(shop, tmp_path / "a.zip")


def test_a_broken_repository_leaves_the_old_archive(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", SHOP)
    oid = run_git(repo, "rev-parse", "main:README.md").decode().strip()
    (repo / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    (tmp_path / "a.zip").write_bytes(b"old")
    with pytest.raises(UnknownError, match=r"(?s)git archive could not pack .*cannot read"):
        archived(repo, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "repo"]


def test_a_folder_that_is_not_there_or_not_writable(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnknownError, match="could not be written and is as it was before: No such file"):
        archived(shop, tmp_path / "missing" / "a.zip")
    opened = Path.open

    def refuse(path: Path, mode: str = "r", *rest: object) -> object:
        if mode == "xb":
            raise PermissionError(13, "Permission denied")
        return opened(path, mode, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnknownError, match="Permission denied"):
        archived(shop, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_while_git_writes(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(b"old")
    write = git.write_archive
    monkeypatch.setattr(git, "write_archive", lambda lent, full, _: write(lent, full, Path("/dev/full")))
    with pytest.raises(UnknownError, match=r"git archive could not pack .*No space left on device"):
        archived(shop, tmp_path / "a.zip")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_full_disk_at_the_very_end(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnknownError, match="No space left on device"):
        archived(shop, tmp_path / "a.zip")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_no_room_for_temporary_files(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(UnknownError, match="A temporary folder could not be made"):
        archived(shop, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak of one process")
def test_memory_stays_flat(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"big.bin": os.urandom(1 << 20) * 40})
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from gateproof.release.archive import archive\n"
        "from gateproof.pack.inspect.inspection import inspect_zip\n"
        "built = archive(Path(sys.argv[1]), 'main', Path(sys.argv[2]), inspect=inspect_zip)\n"
        "assert built.is_written, built\n"
        "print(re.search('VmHWM:(.*) kB', Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(repo), str(tmp_path / "a.zip")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )
    assert int(done.stdout) < 48 << 10


def test_a_second_commit_is_another_archive(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", SHOP)
    first = archived(repo, tmp_path / "a.zip")
    commit(repo, {"a.py": b"a\n"})
    second = archived(repo, tmp_path / "a.zip")
    assert (first.commit, first.sha256) != (second.commit, second.sha256)
    assert second.entries == 1
