"""Globs mean what they mean in .gitignore."""

from __future__ import annotations

import pytest

from gateproof.pack.inspect.globs import matches_any


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        (".env", ".env"),
        (".env", "deploy/.env"),
        (".env", "deploy/.ENV"),
        (".env", ".env/x"),
        (".venv/", ".venv/bin/python"),
        (".venv/", "a/.venv/"),
        ("*.pyc", "a/b.pyc"),
        ("?.py", "a.py"),
        ("[ab].py", "b.py"),
        ("[!ab].py", "c.py"),
        ("[^ab].py", "c.py"),
        ("[]].py", "].py"),
        ("a[[]b", "a[b"),
        ("docs/*.txt", "docs/a.txt"),
        ("/a.py", "a.py"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("a/**", "a/x/y"),
        ("**/a", "x/a"),
        ("a+b(c)", "a+b(c)"),
        ("a[b", "a[b"),
        ("line\nbreak", "x/line\nbreak"),
    ],
)
def test_a_glob_matches(glob: str, path: str) -> None:
    assert matches_any(path, (glob,))


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        (".env", ".environment"),
        (".env", "x.env"),
        (".venv/", ".venv"),
        (".venv/", "x.venv/a"),
        ("*.py", "a.pyc"),
        ("?.py", "ab.py"),
        ("a?b", "a/b"),
        ("a[!x]b", "a/b"),
        ("a*b", "a/b"),
        ("[!ab].py", "a.py"),
        ("docs/*.txt", "x/docs/a.txt"),
        ("docs/*.txt", "docs/x/a.txt"),
        ("/a.py", "x/a.py"),
        (".env", ".env\n"),
    ],
)
def test_a_glob_does_not_match(glob: str, path: str) -> None:
    assert not matches_any(path, (glob,))


def test_no_globs_match_nothing() -> None:
    assert not matches_any("a.py", ())
