"""`gateproof inspect` and `invoke archive`: every trap at once is refused, and ZIPs are held against a commit."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from functional.test_inspection import IN_ZIP
from gateproof import cli
from gateproof.config import parse_settings
from gateproof.errors import RefusedError
from gateproof.findings import Code
from gateproof.pack.verifier.delivery import sha256_of
from gateproof.release.archive import archive
from gateproof.release.clean import archive_clean, refuse
from gateproof.zipfiles import write_zip
from gitmaker import SUBMODULE, File, commit, repository, run_git

DRAFTS = {"name": "drafts", "patterns": ["drafts/"], "sentence": "A draft is delivered."}
SETTINGS = parse_settings({"product": "shop", "archive": {"rules": [DRAFTS]}}, "pyproject.toml")
ATTRIBUTES = b"""
a.py export-subst ident
tests export-ignore
b.py eol=crlf
c.py filter=lfs
d.py working-tree-encoding=UTF-16
"""


def every_trap(folder: Path) -> Path:
    """A repository with every trap of a delivery in one commit, and every one that a clone can hold."""
    files: dict[str | bytes, File] = {".gitattributes": ATTRIBUTES, "lib": (SUBMODULE, b"1" * 40)}
    plain = (
        "tests/x.py",
        "drafts/a.md",
        "README.md",
        "a.py",
        "b.py",
        "c.py",
        "d.py",
        "caf\u00e9",
        "cafe\u0301",
    )
    files |= dict.fromkeys(plain, b"text\n")
    for number, (_, name, file, _) in enumerate(IN_ZIP):
        files[f"{name}{number}" if name == "out" else name] = file
    repo = repository(folder, files)
    run_git(repo, "read-tree", "main")
    run_git(repo, "update-index", "--assume-unchanged", "a.py")
    run_git(repo, "update-index", "--skip-worktree", "b.py")
    run_git(
        repo,
        "replace",
        *(run_git(repo, "rev-parse", f"main:{n}").decode().strip() for n in ("a.py", "README.md")),
    )
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "attributes").write_text("a.py export-ignore\n", encoding="utf-8")
    return repo


def test_every_trap_is_refused_at_once_each_with_what_to_do(tmp_path: Path) -> None:
    repo, target = every_trap(tmp_path / "repo"), tmp_path / "dist" / "shop.zip"
    target.parent.mkdir()
    target.write_bytes(b"the last good one")

    result = archive_clean(repo, SETTINGS, "main", target)

    about_delivery = {code for code in Code if code.code[0] in "CNG"} - {Code.NO_FILES}
    assert {code.code for code in about_delivery} <= {finding.code for finding in result.findings}
    said = result.lines()
    assert all(f"  {code.code}  {code.remedy}" in said for code in about_delivery)
    assert said[-1].endswith("findings; nothing was written.")
    assert target.read_bytes() == b"the last good one"
    assert [path.name for path in target.parent.iterdir()] == ["shop.zip"]


def test_a_subfolder_changes_nothing(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"shop/a.py": b"a", "b.py": b"b"})
    (repo / "shop").mkdir()

    built = archive_clean(repo / "shop", SETTINGS, "main", tmp_path / "shop.zip")

    assert built.archive.is_written
    assert sorted(zipfile.ZipFile(tmp_path / "shop.zip").namelist()) == ["b.py", "shop/", "shop/a.py"]


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(RefusedError, match=r"(?s)must not be handed over.*What to do:.*N003  Rename it"):
        refuse([Code.RESERVED_NAME.at("aux.py")], "The ZIP")


# Held against a commit.

FILES: dict[str | bytes, File] = {"README.md": b"# A shop\n", "shop/urls.py": b"urlpatterns = []\n" * 40}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repo = repository(tmp_path / "repo", FILES)
    archive(repo, "main", tmp_path / "shop.zip")
    return repo


def packed(repo: Path, target: Path, level: str = "-6") -> Path:
    """What a plain `git archive` writes."""
    target.write_bytes(run_git(repo, "archive", "--format=zip", level, "main", env={"TZ": "UTC"}))
    return target


def inspected(
    capsys: pytest.CaptureFixture[str], repo: Path, *zips: Path, commit: str = "main"
) -> tuple[int, str]:
    code = cli.main(["inspect", *map(str, zips), "--commit", commit, "--repository", str(repo)])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_the_zip_of_the_commit_is_packed_again_to_the_same_bytes(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = inspected(capsys, shop, tmp_path / "shop.zip")

    assert (code, "byte for byte what git writes of commit" in said) == (0, True)


def test_the_same_contents_in_other_bytes_are_told_apart(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = inspected(capsys, shop, packed(shop, tmp_path / "other.zip", "-0"))

    assert (code, "in other bytes than git and zlib write here" in said) == (0, True)


def test_what_is_not_the_commit_is_found_both_ways(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(shop, {"README.md": b"# Another\n", "new.py": b""})

    code, said = inspected(capsys, shop, tmp_path / "shop.zip")

    assert code == 1
    assert all(
        f"{one.code}  " in said for one in (Code.MISSING, Code.FOREIGN, Code.CONTENT, Code.OTHER_COMMIT)
    )
    assert "not what git writes of commit" in said
    assert inspected(capsys, shop, tmp_path / "shop.zip", commit="main~1")[0] == 0


def test_what_only_git_can_see_is_found_with_a_commit_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = repository(tmp_path / "repo", {".gitattributes": b"a.py export-ignore\n", "a.py": b""})
    plain = packed(repo, tmp_path / "plain.zip")

    assert cli.main(["inspect", str(plain)]) == 0
    code, said = inspected(capsys, repo, plain)

    assert code == 1
    assert all(f"{one.code}  " in said for one in (Code.EXPORT_IGNORE, Code.MISSING))


def test_a_project_s_own_rules_hold_where_a_commit_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '[tool.gateproof]\nproduct = "shop"\n[[tool.gateproof.archive.exceptions]]\n'
    text += 'rule = "env-file"\npath = "demo.env"\nreason = "it holds no secret"\n'
    repo = repository(tmp_path / "repo", {"pyproject.toml": text.encode(), "demo.env": b"A=1\n"})
    (repo / "pyproject.toml").write_text(text, encoding="utf-8")
    archive(repo, "main", tmp_path / "a.zip")

    assert cli.main(["inspect", str(tmp_path / "a.zip")]) == 1
    assert inspected(capsys, repo, tmp_path / "a.zip")[0] == 0


def test_a_commit_that_is_not_there_is_unknown(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = inspected(capsys, shop, tmp_path / "shop.zip", commit="f" * 40)

    assert (code, "There is no commit" in said) == (4, True)


def test_several_zips_give_a_table_and_one_that_cannot_be_read_does_not_hide_the_others(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dirty = packed(repository(tmp_path / "dirty", {".env": b"A=1\n", "a.py": b""}), tmp_path / "dirty.zip")
    (tmp_path / "text.zip").write_bytes(b"no ZIP")
    names = [str(tmp_path / "shop.zip"), str(dirty)]

    assert cli.main(["inspect", *names]) == 1
    table = capsys.readouterr().out.splitlines()[:3]
    assert [line.split()[1:] for line in table] == [["findings", "kinds"], ["0", "clean"], ["1", "C001"]]

    assert cli.main(["inspect", *names, str(tmp_path / "text.zip"), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert [one["clean"] for one in told] == [True, False, False]
    assert "is not a ZIP file" in told[2]["error"]


def test_a_delivery_is_inspected_by_the_zip_that_is_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    dirty = packed(repository(tmp_path / "repo", {".env": b"A=1\n", "a.py": b""}), folder / "shop.zip")
    (folder / "shop.zip.sha256").write_bytes(f"{sha256_of(dirty)}  shop.zip\n".encode())
    write_zip(tmp_path / "shop-delivery.zip", {path.name: path for path in folder.iterdir()})

    for path in (folder, tmp_path / "shop-delivery.zip"):
        assert cli.main(["inspect", str(path)]) == 1
        assert "C001  .env" in capsys.readouterr().out
