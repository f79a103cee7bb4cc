"""What source lies in a checkout, held against what git itself says of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from functional.project import Project
from gateproof.errors import UnknownError
from gateproof.evidence.subject import subject_of
from gateproof.record.source import observe_source, source_files


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.make(
        tmp_path / "shop", files={"shop/urls.py": "urls = []\n", "shop.py": "", "shop/a b.txt": "é\n"}
    )


def test_a_clean_checkout_has_the_tree_of_its_commit(project: Project) -> None:
    source = observe_source(project.root)

    assert source.commit == project.git("rev-parse", "HEAD")
    assert source.subject.git_tree == project.git("rev-parse", "HEAD^{tree}")
    assert source.is_clean


def test_the_dir_hash_is_the_sha256_of_sorted_sha256sum_lines(project: Project) -> None:
    names = sorted(project.git("ls-files", "-z").split("\0")[:-1], key=str.encode)
    lines = "".join(
        f"{hashlib.sha256((project.root / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )

    assert observe_source(project.root).subject.dir_hash == hashlib.sha256(lines.encode()).hexdigest()


def test_digests_from_git_alone_are_those_of_the_checkout(project: Project) -> None:
    files = source_files(project.root, "HEAD")

    assert subject_of(files) == observe_source(project.root).subject
    assert {file.path for file in files} >= {"shop/urls.py", "shop/a b.txt"}


def test_evidence_is_no_part_of_the_source(project: Project) -> None:
    before = observe_source(project.root)
    project.write("evidence/README.md", "sealed")
    assert observe_source(project.root).subject == before.subject
    project.commit()

    after = observe_source(project.root)

    assert after.subject == before.subject
    assert after.commit != before.commit


def test_evidence_that_a_gate_could_find_makes_it_unclean(project: Project) -> None:
    project.write("evidence/conftest.py", "")
    project.commit()
    assert observe_source(project.root).strays == ("evidence",)

    shutil.rmtree(project.root / "evidence")

    assert observe_source(project.root).is_clean


CHANGES = [
    ("an edit", lambda p: p.write("shop.py", "x = 1\n"), ("shop.py",)),
    ("a new file", lambda p: p.write("new.py", ""), ("new.py",)),
    ("a lost file", lambda p: (p.root / "shop.py").unlink(), ("shop.py",)),
    ("an ignored file", lambda p: p.write("left.log", ""), ("left.log",)),
    ("an ignored folder", lambda p: p.write("__pycache__/x.pyc", ""), ("__pycache__/",)),
]


@pytest.mark.parametrize(("change", "beside"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_whatever_is_not_the_commit_makes_it_unclean(
    project: Project, change: object, beside: tuple[str, ...]
) -> None:
    change(project)  # type: ignore[operator]

    source = observe_source(project.root)

    assert source.beside == beside
    assert not source.is_clean


def test_a_changed_work_tree_has_the_tree_that_its_commit_would_have(project: Project) -> None:
    project.write("shop.py", "x = 1\n")
    project.write("new.py", "y = 2\n")
    (project.root / "shop" / "urls.py").unlink()
    index = (project.root / ".git" / "index").read_bytes()
    objects = sorted((project.root / ".git" / "objects").rglob("*"))

    told = observe_source(project.root).subject

    assert (project.root / ".git" / "index").read_bytes() == index
    assert sorted((project.root / ".git" / "objects").rglob("*")) == objects
    project.commit()
    assert told == observe_source(project.root).subject


def test_a_change_of_the_same_size_within_the_second_of_the_commit_is_seen(project: Project) -> None:
    project.git("config", "core.trustctime", "false")
    path, index = project.root / "shop" / "urls.py", project.root / ".git" / "index"
    an_hour_ago = path.stat().st_mtime_ns - 3_600 * 10**9
    os.utime(path, ns=(an_hour_ago, an_hour_ago))
    project.git("update-index", "--refresh")
    committed = observe_source(project.root).subject
    project.write("shop/urls.py", "urls = {}\n")
    for file in (path, index):
        os.utime(file, ns=(an_hour_ago, an_hour_ago))

    source = observe_source(project.root)

    assert source.changed == ("shop/urls.py",)
    assert source.subject != committed


def test_the_suites_own_folders_are_no_strays(project: Project) -> None:
    for name in (".gateproof/ledger/x", ".nox/x", ".venv/x", "dist/x.zip"):
        project.write(name, "")

    assert observe_source(project.root).is_clean


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_was_told_not_to_look_at_makes_it_unclean(project: Project, flag: str) -> None:
    project.git("update-index", flag, "shop.py")
    project.write("shop.py", "hidden = True\n")

    assert observe_source(project.root).beside == ("shop.py",)


def test_a_subfolder_is_refused(project: Project) -> None:
    with pytest.raises(UnknownError, match="subfolder of the repository"):
        observe_source(project.root / "shop")


def test_a_folder_without_git_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="not a git repository"):
        observe_source(tmp_path)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="is not a folder"):
        observe_source(tmp_path / "gone")


def test_a_machine_without_git_is_one_sentence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project.root))

    with pytest.raises(UnknownError, match="git was not found"):
        observe_source(project.root)


def test_a_repository_without_a_commit_is_one_sentence(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)

    with pytest.raises(UnknownError, match="has no commit yet"):
        observe_source(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_a_name_with_a_line_break_has_no_digest(project: Project) -> None:
    project.write("a\nb.txt", "")
    project.commit()

    with pytest.raises(UnknownError, match="holds a line break"):
        observe_source(project.root)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_a_name_that_is_not_utf8_has_the_digest_that_git_gives_it(project: Project) -> None:
    (project.root / os.fsdecode(b"caf\xe9.txt")).write_text("")
    project.commit()

    assert observe_source(project.root).subject.git_tree == project.git("rev-parse", "HEAD^{tree}")


def test_a_submodule_has_no_files_to_seal(project: Project) -> None:
    commit = project.git("rev-parse", "HEAD")
    (project.root / "vendored").mkdir()
    project.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendored")
    project.git("commit", "--quiet", "--message", "Add a submodule")

    assert observe_source(project.root).subject.git_tree == project.git("rev-parse", "HEAD^{tree}")
    with pytest.raises(UnknownError, match="vendored is a submodule"):
        source_files(project.root, "HEAD")


def test_a_damaged_cache_costs_time_and_nothing_else(project: Project) -> None:
    told = observe_source(project.root).subject
    project.write(".gateproof/cache/blobs.json", "{")

    assert observe_source(project.root).subject == told
