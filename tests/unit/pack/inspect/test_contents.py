"""Contents give away what a name hides."""

from __future__ import annotations

import gzip

import pytest

from gateproof.findings import Code
from gateproof.pack.inspect.contents import Watch

BODY = b"MIIEowIBAAKCAQEA1234567890abcdefghijklmnopqrstuvwxyz\n"
# Put together here, so that no scanner takes this file for a key.
BEGIN, END = b"-----BEGIN ", b"-----"


def key(kind: bytes, body: bytes = BODY, newline: bytes = b"\n") -> bytes:
    return BEGIN + kind + b"PRIVATE KEY" + END + newline + body


def codes(*blocks: bytes) -> list[str]:
    watch = Watch()
    for block in blocks:
        watch.see(block)
    return [code.code for code, _ in watch.codes()]


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"SQLite format 3\0" + bytes(84), Code.DATABASE),
        (b"PGDMP\1\x0e", Code.DATABASE),
        (b"--\n-- PostgreSQL database dump\n--\n", Code.DATABASE),
        (b"--\r\n-- PostgreSQL database dump\r\n--\r\n", Code.DATABASE),
        ("\ufeff--\r\n-- PostgreSQL database dump\r\n".encode("utf-16-le"), Code.DATABASE),
        ("\ufeff-- MySQL dump".encode("utf-16-be"), Code.DATABASE),
        (b"\xef\xbb\xbf-- MariaDB dump", Code.DATABASE),
        (gzip.compress(b"--\n-- PostgreSQL database cluster dump\n" + bytes(9999)), Code.DATABASE),
        (gzip.compress(b"SQLite format 3\0" + bytes(9999)), Code.DATABASE),
        (b"/*M!999999\\- enable the sandbox mode */\n-- MariaDB", Code.DATABASE),
        (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE", Code.DATABASE),
        (b"REDIS0011\xfa", Code.DATABASE),
        (b"-- MySQL dump 10.13", Code.DATABASE),
        (b"version https://hawser.github.com/spec/v1\n", Code.LFS_POINTER),
        (b"/annex/objects/SHA256E-s9--00\n", Code.LFS_POINTER),
        (("\ufeff" + key(b"RSA ").decode()).encode("utf-16-le"), Code.PRIVATE_KEY),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", Code.LFS_POINTER),
        (key(b""), Code.PRIVATE_KEY),
        (key(b"RSA "), Code.PRIVATE_KEY),
        (key(b"OPENSSH "), Code.PRIVATE_KEY),
        (key(b"ENCRYPTED "), Code.PRIVATE_KEY),
        (key(b"EC ", newline=b"\r\n"), Code.PRIVATE_KEY),
        (b'{"private_key": "' + key(b"", newline=b"\\n") + b'"}', Code.PRIVATE_KEY),
        (key(b"RSA ", b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + BODY), Code.PRIVATE_KEY),
        (BEGIN + b"PGP PRIVATE KEY BLOCK-----\n\n" + BODY, Code.PRIVATE_KEY),
        (b"x = 1\n" * 99 + key(b""), Code.PRIVATE_KEY),
        (b"PuTTY-User-Key-File-3: ssh-rsa\n", Code.PRIVATE_KEY),
    ],
)
def test_what_must_not_be_delivered_is_known_by_its_contents(contents: bytes, code: Code) -> None:
    assert codes(contents) == [code.code]


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"SQLite format 3 is a file format.\n",
        b"See https://git-lfs.github.com/spec/v1\n",
        key(b"RSA ", b"...\n"),
        b"PRIVATE KEY",
        BEGIN + b"PUBLIC KEY-----\n" + BODY,
        BEGIN + b"CERTIFICATE-----\n" + BODY,
    ],
)
def test_what_only_speaks_of_it_is_let_through(contents: bytes) -> None:
    assert codes(contents) == []


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_key_across_the_seam_of_two_blocks_is_seen(cut: int) -> None:
    contents = b"y" * 5000 + key(b"RSA ") + b"z" * 5000
    assert codes(contents[: 5000 + cut], contents[5000 + cut :]) == [Code.PRIVATE_KEY.code]


def test_a_key_is_told_once_whatever_follows() -> None:
    assert codes(key(b""), key(b""), b"x" * 5000) == [Code.PRIVATE_KEY.code]


def test_the_head_is_seen_across_small_blocks() -> None:
    assert codes(b"SQLite ", b"format 3\0", bytes(2000)) == [Code.DATABASE.code]
