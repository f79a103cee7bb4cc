"""The digests of a source: known answers, and what cannot be one."""

from __future__ import annotations

import hashlib

import pytest

from gateproof.evidence.subject import (
    EXECUTABLE,
    FILE,
    SYMLINK,
    SourceFile,
    digest,
    dir_hash,
    git_tree,
    is_source,
    subject_of,
)

EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def file(path: str, data: bytes = b"", mode: int = FILE) -> SourceFile:
    return digest(path, mode, len(data), [data])


def test_an_empty_file_has_gits_own_id() -> None:
    assert file("a").sha1 == EMPTY_BLOB


def test_blocks_are_digested_as_one_content() -> None:
    whole = file("a", b"hello\n")
    assert digest("a", FILE, 6, [b"he", b"", b"llo\n"]) == whole
    assert whole.sha1 == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert whole.sha256 == hashlib.sha256(b"hello\n").hexdigest()


def test_a_file_of_another_size_than_announced_is_refused() -> None:
    with pytest.raises(ValueError, match="has 3 bytes where 2 were announced"):
        digest("a", FILE, 2, [b"abc"])


def test_no_file_is_the_empty_tree() -> None:
    assert git_tree([]) == EMPTY_TREE


def test_folders_sort_as_if_their_name_ended_in_a_slash() -> None:
    names = ["a.b", "a/x", "a0"]
    assert git_tree((name, FILE, EMPTY_BLOB) for name in names) == git_tree(
        (name, FILE, EMPTY_BLOB) for name in reversed(names)
    )


@pytest.mark.parametrize("mode", [EXECUTABLE, SYMLINK])
def test_a_mode_changes_the_tree_and_not_the_dir_hash(mode: int) -> None:
    plain, other = subject_of([file("a", b"x")]), subject_of([file("a", b"x", mode)])
    assert plain.git_tree != other.git_tree
    assert plain.dir_hash == other.dir_hash


def test_the_dir_hash_is_gos_hash1_in_hexadecimal() -> None:
    lines = f"{hashlib.sha256(b'1').hexdigest()}  a\n{hashlib.sha256(b'2').hexdigest()}  b/c\n"
    given = [("b/c", hashlib.sha256(b"2").hexdigest()), ("a", hashlib.sha256(b"1").hexdigest())]
    assert dir_hash(given) == hashlib.sha256(lines.encode()).hexdigest()


def test_evidence_is_no_part_of_the_source() -> None:
    source = [file("a", b"x"), file("my/evidence/a", b"y")]
    assert subject_of([*source, file("evidence/README.md", b"z")]) == subject_of(source)
    assert [is_source(path) for path in ("evidence/x", "evidences/x", "evidence", "Evidence/x")] == [
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        (["a", "a"], "twice"),
        (["a", "a/b"], "twice"),
        (["x/a", "x/a/b", "x/b"], "twice"),
        (["a//b"], "not a name"),
        (["/a"], "not a name"),
        (["a/"], "not a name"),
        ([""], "not a name"),
        (["a/../b"], "not a name"),
        (["./a"], "not a name"),
        (["a\0b"], "not a name"),
        (["a/" * 512 + "b"], "deep"),
    ],
)
def test_what_git_cannot_hold_is_refused(paths: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        git_tree((path, FILE, EMPTY_BLOB) for path in paths)


def test_a_line_break_in_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        dir_hash([("a\nb", "0" * 64)])


def test_paths_may_be_bytes() -> None:
    assert git_tree([(b"caf\xe9", FILE, EMPTY_BLOB)]) == git_tree([("caf\udce9", FILE, EMPTY_BLOB)])
    assert dir_hash([(b"caf\xe9", "0" * 64)]) == dir_hash([("caf\udce9", "0" * 64)])
