"""The outer ZIP has the same bytes from the same files, and replaces nothing until it is whole."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from gateproof.errors import UnknownError
from gateproof.pack.zipreader import open_zip
from gateproof.zipfiles import replacing, write_zip


def members(folder: Path) -> dict[str, Path | bytes]:
    (folder / "inner.zip").write_bytes(b"PK" + bytes(3000))
    return {"z.txt": b"zebra\n", "inner.zip": folder / "inner.zip", "\u00e4.txt": b"", "a/b.txt": b"b" * 5000}


@pytest.mark.parametrize("compress", [False, True])
def test_what_is_written_is_read_back_clean(tmp_path: Path, compress: bool) -> None:
    write_zip(tmp_path / "out.zip", members(tmp_path), compress=compress)
    with open_zip(tmp_path / "out.zip") as zf:
        assert (zf.findings, zf.content_findings()) == ((), ())
        assert [entry.name for entry in zf.entries] == ["a/b.txt", "inner.zip", "z.txt", "\u00e4.txt"]
        assert zf.read(zf.entries[0]) == b"b" * 5000
    assert zipfile.ZipFile(tmp_path / "out.zip").testzip() is None


def test_the_same_files_give_the_same_bytes_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_zip(tmp_path / "one.zip", members(tmp_path))
    os.utime(tmp_path / "inner.zip", (0, 0))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    if hasattr(time, "tzset"):
        time.tzset()
    write_zip(tmp_path / "two.zip", dict(reversed(members(tmp_path).items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_missing_member_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"old")
    with pytest.raises(UnknownError, match=r"gone\.txt cannot be read: No such file"):
        write_zip(tmp_path / "out.zip", {"a": b"a", "gone": tmp_path / "gone.txt"})
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]
    assert (tmp_path / "out.zip").read_bytes() == b"old"


def test_a_full_disk_leaves_the_target_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out.zip").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnknownError, match="is as it was before: No space left on device"):
        write_zip(tmp_path / "out.zip", {"a": b"a"})
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]
    assert (tmp_path / "out.zip").read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="could not be written"), replacing(tmp_path / "no" / "out.zip"):
        pass


def test_what_is_dropped_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    with replacing(tmp_path / "out.zip") as pending:
        pending.path.write_bytes(b"new")
        pending.drop()
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "out.zip"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
