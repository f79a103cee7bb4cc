"""Git's tag and commit objects, read without git."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.gitobjects import (
    GitObject,
    object_id,
    read_commit,
    read_objects,
    read_tag,
    sign_tag,
    trailer_lines,
    trailers,
    write_objects,
)
from gateproof.model import Subject
from packs import make_signer

SIGNER = make_signer()
SUBJECT = Subject(git_tree="a" * 40, dir_hash="b" * 64)
WHO = b"Ada <ada@example.org> 1795435200 +0000"
COMMIT = b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\nx\n" % (b"1" * 40, b"2" * 40, WHO, WHO)


def unsigned(message: str = "Shop 1.0\n", kind: bytes = b"commit") -> bytes:
    return b"object %s\ntype %s\ntag v1\ntagger %s\n\n%s" % (b"3" * 40, kind, WHO, message.encode())


def of(kind: str, body: bytes) -> GitObject:
    return GitObject(kind=kind, id=object_id(kind, body), body=body)


TAG = of("tag", sign_tag(unsigned(), SIGNER))


@given(st.lists(st.tuples(st.sampled_from(["tag", "commit"]), st.binary(max_size=50)), max_size=3))
def test_what_is_written_is_read_back_the_same(parts: list[tuple[str, bytes]]) -> None:
    objects = tuple(of(kind, body) for kind, body in parts)
    assert read_objects(write_objects(objects)) == objects


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        objects = read_objects(raw)
    except ValueError:
        return
    assert write_objects(objects) == raw


def test_an_id_is_gits_own() -> None:
    assert object_id("blob", b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"x", "not what"),
        (write_objects((of("tree", b"x"),)), "not what"),
        (write_objects((TAG,))[:-1], "cut short"),
        (write_objects((TAG,))[:-2], "cut short"),
        (write_objects((TAG,)).replace(b"Shop", b"Shap"), "other bytes"),
        (write_objects((TAG,)) + b"\n", "not what"),
        (b"%s tag 007\n" % TAG.id.encode() + b"1234567\n", "cut short"),
    ],
    ids=count(1),
)
def test_what_is_no_list_of_objects_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_objects(raw)


def test_a_signed_tag_is_read() -> None:
    tag = read_tag(TAG)
    assert (tag.name, tag.commit, tag.message) == ("v1", "3" * 40, "Shop 1.0\n")
    assert tag.tagged_at.isoformat() == "2026-11-23T12:00:00+00:00"
    assert tag.is_signed()
    assert tag.signature.key == SIGNER.public


def test_a_changed_tag_is_not_signed() -> None:
    assert not read_tag(of("tag", TAG.body.replace(b"Shop", b"Shap"))).is_signed()


@pytest.mark.parametrize(
    "item",
    [
        of("commit", TAG.body),
        of("tag", b""),
        of("tag", unsigned()),
        of("tag", sign_tag(unsigned(kind=b"tree"), SIGNER)),
        of("tag", sign_tag(unsigned().replace(b"tagger", b"tagged"), SIGNER)),
        of("tag", TAG.body + b"x"),
        of("tag", sign_tag(unsigned().replace(b"tag v1", b"tag \xff"), SIGNER)),
    ],
)
def test_what_is_no_signed_tag_is_refused(item: GitObject) -> None:
    with pytest.raises(ValueError):
        read_tag(item)


def test_a_commit_tells_its_tree_and_its_parents() -> None:
    commit = read_commit(of("commit", COMMIT))
    assert (commit.tree, commit.parents) == ("1" * 40, ("2" * 40,))
    root = read_commit(of("commit", COMMIT.replace(b"parent " + b"2" * 40 + b"\n", b"")))
    assert root.parents == ()


@pytest.mark.parametrize("item", [of("tag", COMMIT), of("commit", b"tree x\n"), of("commit", b"")])
def test_what_is_no_commit_is_refused(item: GitObject) -> None:
    with pytest.raises(ValueError, match="not a commit"):
        read_commit(item)


def test_a_message_names_source_and_verdict() -> None:
    message = f"Shop 1.0\n\n{trailer_lines(SUBJECT, 'c' * 64)}"
    tag = read_tag(of("tag", sign_tag(unsigned(message), SIGNER)))
    assert tag.trailers() == trailers(SUBJECT, "c" * 64)


def test_a_trailer_that_is_there_twice_says_nothing() -> None:
    message = trailer_lines(SUBJECT, "c" * 64) + trailer_lines(SUBJECT, "d" * 64)
    assert read_tag(of("tag", sign_tag(unsigned(message), SIGNER))).trailers() == {}
