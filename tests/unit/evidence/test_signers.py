"""`allowed_signers`: who vouches for which key, where and when."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.errors import UsageError
from gateproof.evidence.signers import AllowedSigner, Vouching, read_signers, vouch, write_signer
from packs import make_signer

ALICE, BOB = make_signer().public, make_signer("ed25519").public
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def lines(*texts: str) -> tuple[AllowedSigner, ...]:
    return read_signers("\n".join(texts).encode(), name="signers")


def answer(*texts: str, key: Any = ALICE, namespace: str = "gateproof", at: datetime = NOW) -> Vouching:
    return vouch(lines(*texts), key, namespace=namespace, at=at)[0]


def test_a_key_is_vouched_for_by_everyone_who_lists_it() -> None:
    signers = lines(f"bob@x {BOB.line}", f"alice@x,a@x {ALICE.line} laptop", f'"team *" {ALICE.line}')
    assert vouch(signers, ALICE, namespace="gateproof", at=NOW) == (
        Vouching.VOUCHED,
        ("alice@x,a@x", "team *"),
    )


def test_a_key_that_is_not_in_the_file_is_unknown() -> None:
    assert answer(f"bob@x {BOB.line}") is Vouching.UNKNOWN_KEY


def test_comments_empty_lines_and_line_ends_of_windows_are_read() -> None:
    assert answer("# people\r", "", "  \r", f"alice {ALICE.line}\r") is Vouching.VOUCHED


@pytest.mark.parametrize(
    ("namespaces", "expected"),
    [
        ("gateproof", Vouching.VOUCHED),
        ("git,gateproof", Vouching.VOUCHED),
        ("gate*", Vouching.VOUCHED),
        ("gateproo?", Vouching.VOUCHED),
        ("*", Vouching.VOUCHED),
        ("git", Vouching.OTHER_NAMESPACE),
        ("gateproofs", Vouching.OTHER_NAMESPACE),
        ("*,!gateproof", Vouching.OTHER_NAMESPACE),
        ("!git", Vouching.OTHER_NAMESPACE),
        ("[g]ateproof", Vouching.OTHER_NAMESPACE),
    ],
)
def test_a_key_counts_only_in_its_namespaces(namespaces: str, expected: Vouching) -> None:
    assert answer(f'alice namespaces="{namespaces}" {ALICE.line}') is expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('valid-after="20261124Z"', Vouching.VOUCHED),
        ('valid-after="202611241200Z"', Vouching.VOUCHED),
        ('valid-after="20261124120001Z"', Vouching.OTHER_TIME),
        ('valid-before="202611241200Z"', Vouching.VOUCHED),
        ('valid-before="20261124115959Z"', Vouching.OTHER_TIME),
        ('valid-before="20261124Z"', Vouching.OTHER_TIME),
        ('Valid-After="20260101Z",VALID-BEFORE="20270101Z",namespaces="gateproof"', Vouching.VOUCHED),
    ],
)
def test_a_key_counts_only_in_its_span(options: str, expected: Vouching) -> None:
    assert answer(f"alice {options} {ALICE.line}") is expected


def test_one_line_that_holds_is_enough() -> None:
    expired = f'old valid-before="20200101Z" {ALICE.line}'
    assert vouch(lines(expired, f"new {ALICE.line}"), ALICE, namespace="git", at=NOW)[1] == ("new",)


def test_keys_of_kinds_that_do_not_sign_here_may_stand_in_the_file() -> None:
    rsa = "AAAAB3NzaC1yc2EAAAADAQABAAAAAQE="
    assert answer(f"carol ssh-rsa {rsa}", f"alice {ALICE.line}") is Vouching.VOUCHED


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"alice cert-authority {ALICE.line}", "line 1: certificate authorities are not supported"),
        (f'alice cert-authority,namespaces="git" {ALICE.line}', "certificate authorities"),
        (f'alice namespaces="git",cert-authority {ALICE.line}', "certificate authorities"),
        (f'alice valid-after="20261124" {ALICE.line}', "not a time in UTC"),
        (f'alice valid-after="2026Z" {ALICE.line}', "not a time in UTC"),
        (f'alice valid-after="20261324Z" {ALICE.line}', "not a time that exists"),
        (f'alice valid-after="20261124Z",valid-after="20261124Z" {ALICE.line}', "there twice"),
        (f'alice namespaces="" {ALICE.line}', "not an option"),
        (f"alice namespaces {ALICE.line}", "not an option"),
        (f'alice colour="red" {ALICE.line}', "not an option"),
        (f"alice colour,red {ALICE.line}", "not an option"),
        (f'alice namespaces="git {ALICE.line}', "type of key"),
        ("alice", "principal and a key"),
        ("alice ssh-ed25519", "type of key"),
        ("alice ssh-ed25519 !!!", "type of key"),
        ("alice ssh-ed25519 AAA", "base64"),
        ("alice ssh-ed25519 AAAA", "cut short"),
        (f"alice ssh-ed25519 {ALICE.line.split()[1]}", "not of the type"),
        (f'"" {ALICE.line}', "principal and a key"),
    ],
    ids=count(1),
)
def test_a_line_that_cannot_be_taken_is_named(line: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        lines(line, f"bob {BOB.line}")


def test_every_line_that_cannot_be_taken_is_named_at_once() -> None:
    with pytest.raises(UsageError, match=r"line 1: .*; line 3: "):
        lines("alice", f"bob {BOB.line}", "carol")


@pytest.mark.parametrize("raw", [b"", b"\n", b"# nobody\n"])
def test_a_file_that_names_no_one_vouches_for_nothing(raw: bytes) -> None:
    with pytest.raises(UsageError, match="names no signer"):
        read_signers(raw, name="signers")


def test_a_file_that_is_no_signers_file_is_refused() -> None:
    with pytest.raises(UsageError, match="more than"):
        read_signers(b"#" * 2_000_000, name="signers")


@pytest.mark.parametrize("principal", ["", "a b", 'a"b', "a,b", "#a", "ä", "*", "a\nb", "-a"])
def test_a_principal_that_cannot_stand_in_the_file_is_not_written(principal: str) -> None:
    with pytest.raises(UsageError, match="cannot name a signer"):
        write_signer(ALICE, principal=principal, namespaces=["git"])


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(
    st.from_regex(r"[a-z0-9][a-z0-9.@_+-]{0,20}", fullmatch=True),
    st.lists(st.sampled_from(["git", "gateproof", "file"]), min_size=1, max_size=3),
    st.none() | moments,
    st.none() | moments,
)
def test_what_is_written_is_read_back_the_same(
    principal: str, namespaces: list[str], after: datetime | None, before: datetime | None
) -> None:
    raw = write_signer(
        BOB, principal=principal, namespaces=namespaces, valid_after=after, valid_before=before
    )
    assert read_signers(raw, name="x") == (
        AllowedSigner(
            principals=principal,
            blob=BOB.blob,
            namespaces=tuple(namespaces),
            valid_after=after,
            valid_before=before,
        ),
    )


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(UsageError):
        read_signers(text.encode("utf-8", "surrogatepass"), name="x")
