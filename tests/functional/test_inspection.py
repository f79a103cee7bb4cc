"""Whatever must not be delivered is found, in a ZIP without git and in a commit with it."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from gateproof.errors import UnknownError
from gateproof.findings import Code
from gateproof.pack.inspect import nested
from gateproof.pack.inspect.inspection import inspect_commit, inspect_zip
from gateproof.pack.inspect.rules import COMMIT_RULES, DEFAULT_RULES, Rule, RuleException, RuleSet
from gateproof.release.archive import archive
from gitmaker import SUBMODULE, File, commit, repository, run_git
from ziplies import CONTENT_LIES, HEADER_LIES
from zipmaker import LINK, Pieces, good, piece

KEY = b"-----BEGIN " + b"PRIVATE KEY-----\n" + b"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n"
SQLITE = b"SQLite format 3\0" + bytes(84)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


def tar(mode: Literal["w", "w:gz", "w:bz2", "w:xz"], **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as packed:
        for name, data in members.items():
            header = tarfile.TarInfo(name.replace("__", "."))
            header.size = len(data)
            packed.addfile(header, io.BytesIO(data))
    return buffer.getvalue()


def zipped(name: str, data: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(name, data)
    return buffer.getvalue()


IN_ZIP: list[tuple[str, str | bytes, File, Code]] = [
    ("a tracked .env", ".env", b"SECRET_KEY=1\n", Code.ENV_FILE),
    ("Django's database", "db.sqlite3", SQLITE, Code.DATABASE),
    ("an empty database", "db.sqlite3", b"", Code.DATABASE),
    ("a database under another name", "fixtures/search.db", SQLITE, Code.DATABASE),
    ("a dump", "backup.bin", b"PGDMP\1", Code.DATABASE),
    ("a virtual environment", ".venv/bin/activate", b"", Code.VIRTUALENV),
    ("another virtual environment", "venv/lib/x.py", b"", Code.VIRTUALENV),
    ("one under an odd name", "env311/pyvenv.cfg", b"", Code.VIRTUALENV),
    ("an IDE folder", ".idea/workspace.xml", b"", Code.IDE),
    ("another IDE folder", ".vscode/settings.json", b"{}", Code.IDE),
    ("compiled Python", "shop/__pycache__/urls.cpython-312.pyc", b"", Code.CACHE),
    ("installed packages", "node_modules/left-pad/index.js", b"", Code.CACHE),
    ("a Finder file", "static/.DS_Store", b"", Code.LITTER),
    ("an ssh key by name", "deploy/id_ed25519", b"", Code.KEY_STORE),
    ("a key by its contents", "conf/server.txt", KEY, Code.PRIVATE_KEY),
    ("an LFS pointer", "video.mp4", POINTER, Code.LFS_POINTER),
    ("a secret in a ZIP", "backup.zip", zipped("shop/.env"), Code.ENV_FILE),
    ("a database in a ZIP under an odd name", "backup.bin", zipped("data", SQLITE), Code.DATABASE),
    ("a key in a tar", "old.tar", tar("w", key=KEY), Code.PRIVATE_KEY),
    ("a secret in a packed tar", "old.tgz", tar("w:gz", __env=b""), Code.ENV_FILE),
    ("one packed otherwise", "old.tar.xz", tar("w:xz", __env=b""), Code.ENV_FILE),
    ("and otherwise again", "old.tar.bz2", tar("w:bz2", __env=b""), Code.ENV_FILE),
    ("an archive that is cut short", "cut.zip", zipped("a", b"text" * 99)[:-40], Code.UNSEEN_ARCHIVE),
    ("a tar that is cut short", "cut.tar.gz", tar("w:gz", a=b"text" * 999)[:-60], Code.UNSEEN_ARCHIVE),
    ("an archive that nobody here can read", "x.7z", b"7z\xbc\xaf\x27\x1c\0\4", Code.UNSEEN_ARCHIVE),
    ("a ledger", ".gateproof/ledger/a", b"", Code.OWN_STORE),
    ("names that differ in case", "README.MD", b"", Code.CASE_COLLISION),
    ("a name that Windows reserves", "aux.py", b"", Code.RESERVED_NAME),
    ("a name that Windows forbids", "all:of.it", b"", Code.ILLEGAL_NAME),
    ("a trailing dot", "notes.", b"", Code.ILLEGAL_NAME),
    ("a path of 245 characters", "d/" * 119 + "x" * 7, b"", Code.LONG_PATH),
    ("a name that is turned around", "a\u202egpj.exe", b"", Code.INVISIBLE),
    ("a name that is not UTF-8", b"bad\xff.txt", b"", Code.NAME_ENCODING),
    ("a link out", "out", (LINK, b"../../etc/passwd"), Code.LINK_ESCAPES),
    ("an absolute link", "out", (LINK, b"/etc/passwd"), Code.LINK_ABSOLUTE),
    ("a link to nothing", "out", (LINK, b"missing"), Code.LINK_DANGLES),
    ("a submodule", "lib", (SUBMODULE, b"1" * 40), Code.LONE_FOLDER),
]


def archived(repo: Path, target: Path) -> Path:
    """The commit's ZIP, in place whatever the reader says of it."""
    target.write_bytes(run_git(repo, "archive", "--format=zip", "-6", "main", env={"TZ": "UTC"}))
    return target


@pytest.mark.parametrize(
    ("name", "file", "code"), [row[1:] for row in IN_ZIP], ids=[row[0] for row in IN_ZIP]
)
def test_a_trap_in_a_commit_is_found_in_its_zip(
    tmp_path: Path, name: str | bytes, file: File, code: Code
) -> None:
    repo = repository(tmp_path / "repo", {"README.md": b"# A shop\n", name: file})
    found = inspect_zip(archived(repo, tmp_path / "a.zip"))
    assert [finding.code for finding in found] == [code.code]


def test_names_that_differ_in_their_unicode_form_are_found(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"caf\u00e9": b"", "cafe\u0301": b""})
    found = inspect_zip(archived(repo, tmp_path / "a.zip"))
    assert [finding.code for finding in found] == [Code.UNICODE_COLLISION.code]


def test_every_finding_about_contents_and_names_has_been_seen_here() -> None:
    shown = {row[3] for row in IN_ZIP} | {Code.UNICODE_COLLISION, Code.FORBIDDEN}
    assert {code for code in Code if code.code[0] in "CN"} <= shown


def test_what_only_looks_alike_is_clean(tmp_path: Path) -> None:
    files: dict[str | bytes, File] = {
        ".env.example": b"SECRET_KEY=\n",
        "deploy/.env.sample": b"",
        "fixtures/search.db": b"not a database\n",
        "docs/keys.md": b"It begins with -----BEGIN " + b"PRIVATE KEY-----\n",
        "docs/latest": (LINK, b"keys.md"),
        "venv.md": b"",
        "fixtures/products.zip": zipped("products.csv", b"1,2\n"),
        "fixtures/products.tar.gz": tar("w:gz", products=b"1,2\n"),
        "fixtures/empty.zip": b"PK\x05\x06" + bytes(18),
        "fixtures/log.gz": gzip.compress(b"a log\n"),
    }
    repo = repository(tmp_path / "repo", files)
    assert inspect_zip(archived(repo, tmp_path / "a.zip")) == ()


def test_an_empty_zip_is_not_clean(tmp_path: Path) -> None:
    found = inspect_zip(archived(repository(tmp_path / "repo", {}), tmp_path / "a.zip"))
    assert [finding.code for finding in found] == [Code.EMPTY.code]


def test_what_is_no_zip_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"hello")
    with pytest.raises(UnknownError, match="is not a ZIP file"):
        inspect_zip(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("change", "code"),
    [lie[1:] for lie in (*HEADER_LIES, *CONTENT_LIES)],
    ids=[lie[0] for lie in (*HEADER_LIES, *CONTENT_LIES)],
)
def test_a_lie_is_told_once(tmp_path: Path, change: Callable[[Pieces], object], code: Code) -> None:
    pieces = good()
    change(pieces)
    found = inspect_zip(pieces.write(tmp_path / "a.zip"))
    assert code.code in {finding.code for finding in found}
    assert len(set(found)) == len(found)


# Rules and exceptions.


def with_exceptions(*exceptions: tuple[str, str]) -> RuleSet:
    return RuleSet(
        exceptions=tuple(RuleException(rule=r, path=p, reason="A fixture.") for r, p in exceptions)
    )


def zip_with(tmp_path: Path, *names: str) -> Path:
    return Pieces(pieces=[piece(name) for name in names]).write(tmp_path / "a.zip")


def test_an_exception_silences_one_rule_for_one_path(tmp_path: Path) -> None:
    path = zip_with(tmp_path, "demo/.env", "shop/.env", "demo/db.sqlite3")
    found = inspect_zip(path, with_exceptions(("env-file", "demo/.env")))
    assert [(finding.code, finding.path) for finding in found] == [
        (Code.ENV_FILE.code, "shop/.env"),
        (Code.DATABASE.code, "demo/db.sqlite3"),
    ]


def test_an_unused_exception_is_a_finding(tmp_path: Path) -> None:
    found = inspect_zip(zip_with(tmp_path, "a.py"), with_exceptions(("env-file", "demo/.env")))
    assert [(finding.code, finding.path) for finding in found] == [(Code.UNUSED_EXCEPTION.code, "demo/.env")]
    assert found[0].sentence == "An exception applies to nothing. It is from env-file: A fixture."


def test_findings_that_are_no_table_of_names_can_be_excepted_too(tmp_path: Path) -> None:
    path = zip_with(tmp_path, "aux.py")
    assert inspect_zip(path, with_exceptions(("reserved-name", "aux.py"))) == ()


def test_an_exception_about_the_commit_is_no_business_of_the_zip(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {".gitattributes": b"tests/ export-ignore\n", "tests/a.py": b""})
    rules = with_exceptions(("export-ignore", "tests/"))
    assert inspect_zip(zip_with(tmp_path, "a.py"), rules) == ()
    assert inspect_commit(repo, "main", rules) == ()


def test_an_exception_about_the_zip_is_no_business_of_the_commit(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"a.py": b""})
    assert inspect_commit(repo, "main", with_exceptions(("env-file", ".env"))) == ()


def test_an_unused_exception_about_the_commit_is_a_finding(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"a.py": b""})
    found = inspect_commit(repo, "main", with_exceptions(("submodule", "lib")))
    assert [finding.code for finding in found] == [Code.UNUSED_EXCEPTION.code]


def test_a_project_adds_its_own_rule(tmp_path: Path) -> None:
    own = Rule(name="notebooks", code=Code.FORBIDDEN.code, patterns=("*.ipynb",), sentence="A notebook.")
    found = inspect_zip(zip_with(tmp_path, "a.ipynb"), RuleSet(rules=(*DEFAULT_RULES, own)))
    assert [(finding.code, finding.sentence) for finding in found] == [(Code.FORBIDDEN.code, "A notebook.")]


# What only git can say.

Setting = Callable[[Path], object]


def _info(repo: Path, name: str, text: str) -> None:
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / name).write_text(text, encoding="utf-8")


def _replace(repo: Path) -> None:
    old = run_git(repo, "rev-parse", "main:a.py").decode().strip()
    run_git(repo, "replace", old, run_git(repo, "hash-object", "-w", "--stdin").decode().strip())


def _flag(repo: Path, flag: str) -> None:
    run_git(repo, "reset", "-q", "--hard")
    run_git(repo, "update-index", flag, "a.py")


def _attributes(text: bytes) -> Setting:
    return lambda repo: commit(repo, {".gitattributes": text, "a.py": b"", "tests/b.py": b""})


IN_COMMIT: list[tuple[str, Setting, Code, str]] = [
    ("an empty commit", lambda repo: commit(repo, {}), Code.NO_FILES, ""),
    ("a submodule", lambda repo: commit(repo, {"lib": (SUBMODULE, b"1" * 40)}), Code.SUBMODULE, "lib"),
    ("git replace", _replace, Code.REPLACED, ""),
    ("a graft", lambda repo: _info(repo, "grafts", "1" * 40 + "\n"), Code.REPLACED, ".git/info/grafts"),
    ("assume-unchanged", lambda repo: _flag(repo, "--assume-unchanged"), Code.ASSUME_UNCHANGED, "a.py"),
    ("skip-worktree", lambda repo: _flag(repo, "--skip-worktree"), Code.SKIP_WORKTREE, "a.py"),
    (
        "attributes of this clone",
        lambda repo: _info(repo, "attributes", "# mine\na.py export-ignore\n"),
        Code.LOCAL_ATTRIBUTES,
        ".git/info/attributes",
    ),
    ("export-ignore of a file", _attributes(b"a.py export-ignore\n"), Code.EXPORT_IGNORE, "a.py"),
    ("export-ignore of a folder", _attributes(b"tests export-ignore\n"), Code.EXPORT_IGNORE, "tests/"),
    ("export-ignore of a folder only", _attributes(b"/tests/ export-ignore\n"), Code.EXPORT_IGNORE, "tests/"),
    ("export-subst", _attributes(b"a.py export-subst\n"), Code.EXPORT_SUBST, "a.py"),
    ("ident", _attributes(b"a.py ident\n"), Code.IDENT, "a.py"),
    ("eol=crlf", _attributes(b"a.py text eol=crlf\n"), Code.EOL, "a.py"),
    ("another encoding", _attributes(b"a.py working-tree-encoding=UTF-16\n"), Code.EOL, "a.py"),
    ("a filter", _attributes(b"a.py filter=lfs\n"), Code.FILTER, "a.py"),
]


@pytest.mark.parametrize(
    ("setting", "code", "path"), [row[1:] for row in IN_COMMIT], ids=[row[0] for row in IN_COMMIT]
)
def test_a_trap_that_only_git_can_see_is_found(
    tmp_path: Path, setting: Setting, code: Code, path: str
) -> None:
    repo = repository(tmp_path / "repo", {"a.py": b"a\n", "tests/b.py": b""})
    setting(repo)
    found = inspect_commit(repo, "main")
    assert [finding.code for finding in found] == [code.code]
    assert found[0].path == (path or found[0].path)


def test_every_finding_about_a_commit_has_been_seen_here() -> None:
    assert {row[2].rule for row in IN_COMMIT} == COMMIT_RULES


@pytest.mark.parametrize(
    "text",
    [
        b"* text=auto eol=lf\n*.png binary\n",
        b"a.py -export-ignore -ident !filter -filter\n",
        b"[attr]mine -diff\na.py mine linguist-vendored\n",
    ],
)
def test_attributes_that_leave_the_bytes_alone_are_let_through(tmp_path: Path, text: bytes) -> None:
    repo = repository(tmp_path / "repo", {".gitattributes": text, "a.py": b"", "a.png": b""})
    assert inspect_commit(repo, "main") == ()


def test_the_whole_commit_is_looked_at_from_a_subfolder(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"shop/a.py": b"", "lib": (SUBMODULE, b"1" * 40)})
    (repo / "shop").mkdir(exist_ok=True)
    assert [finding.path for finding in inspect_commit(repo / "shop", "main")] == ["lib"]


def test_a_bare_repository_has_no_work_tree_to_look_at(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"a.py": b""})
    run_git(tmp_path, "clone", "-q", "--bare", str(repo), "bare")
    assert inspect_commit(tmp_path / "bare", "main") == ()


def test_attributes_that_cannot_be_read_are_unknown(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"a.py": b""})
    (repo / ".git" / "info" / "attributes").mkdir(parents=True)
    with pytest.raises(UnknownError, match="cannot be read"):
        inspect_commit(repo, "main")


def test_attributes_of_names_that_are_not_utf8_are_found(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {".gitattributes": b"* ident\n", b"d\xff/a.py": b""})
    assert {finding.path for finding in inspect_commit(repo, "main")} == {
        ".gitattributes",
        "d\\udcff/a.py",
        "d\\udcff/",
    }


def test_archive_and_inspection_agree_on_a_good_commit(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"README.md": b"# A shop\n", "shop/urls.py": b"urlpatterns = []\n"})
    built = archive(repo, "main", tmp_path / "a.zip", inspect=inspect_zip)
    assert (inspect_commit(repo, "main"), built.findings, built.is_written) == ((), (), True)


def test_an_archive_that_unpacks_to_very_much_is_not_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nested, "LARGEST", 5000)
    files: dict[str | bytes, File] = {
        "bomb.tar.gz": tar("w:gz", a=bytes(9000)),
        "bomb.zip": zipped("a", bytes(9000)),
        "many.tar": tar("w", a=b"", b=b""),
    }
    found = inspect_zip(archived(repository(tmp_path / "repo", files), tmp_path / "a.zip"))
    assert [(one.code, one.path) for one in found] == [
        (Code.UNSEEN_ARCHIVE.code, name) for name in ("bomb.tar.gz", "bomb.zip", "many.tar")
    ]


def test_an_exception_for_an_archive_is_one_for_what_it_holds(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"fixtures/demo.zip": zipped("shop/.env")})
    path = archived(repo, tmp_path / "a.zip")
    assert [one.path for one in inspect_zip(path)] == ["fixtures/demo.zip/shop/.env"]
    assert inspect_zip(path, with_exceptions(("env-file", "fixtures/demo.zip"))) == ()
