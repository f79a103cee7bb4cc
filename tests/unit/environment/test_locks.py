"""Locks of other tools become requirements with every hash, or are refused."""

from __future__ import annotations

import json

import pytest

from gateproof.environment.locks import has_hashes, logical_lines, pipenv_lock, pipfile, poetry_lock
from gateproof.errors import UsageError

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def pipenv(**package: object) -> str:
    return json.dumps({"_meta": {}, "default": {"django": package}, "develop": {}})


def poetry(more: str = "", hashes: str = f'[{{file = "d.whl", hash = "{A}"}}]') -> str:
    return f'[[package]]\nname = "django"\nversion = "5.2.1"\nfiles = {hashes}\n{more}\n'


def test_a_pipenv_lock_keeps_versions_markers_extras_and_hashes() -> None:
    text = json.dumps(
        {
            "default": {"django": {"version": "==5.2.1", "hashes": [B, A], "extras": ["argon2"]}},
            "develop": {
                "tzdata": {"version": "==2026.1", "hashes": [A], "markers": "sys_platform == 'win32'"}
            },
        }
    )

    assert pipenv_lock(text).splitlines() == [
        f"django[argon2]==5.2.1 --hash={A} --hash={B}",
        f"tzdata==2026.1 ; sys_platform == 'win32' --hash={A}",
    ]


def test_a_poetry_lock_keeps_versions_markers_and_hashes() -> None:
    assert poetry_lock(poetry()) == f"django==5.2.1 --hash={A}\n"
    assert poetry_lock(poetry("markers = \"python_version < '3.12'\"")) == (
        f"django==5.2.1 ; python_version < '3.12' --hash={A}\n"
    )
    by_group = poetry("markers = {main = \"os_name == 'nt'\", dev = \"python_version < '4'\"}")
    assert "; (os_name == 'nt') or (python_version < '4') --hash" in poetry_lock(by_group)


def test_an_early_poetry_lock_has_its_hashes_at_the_end() -> None:
    text = '[[package]]\nname = "django"\nversion = "3.2"\n\n'
    text += f'[metadata.files]\ndjango = [{{file = "d", hash = "{A}"}}]\n'

    assert poetry_lock(text) == f"django==3.2 --hash={A}\n"


REFUSED = [
    (pipenv_lock, "{"),
    (pipenv_lock, "[]"),
    (pipenv_lock, json.dumps({"default": {}, "develop": {}})),
    (pipenv_lock, pipenv(version="*", hashes=[A])),
    (pipenv_lock, pipenv(version="==5", hashes=[])),
    (pipenv_lock, pipenv(git="https://example.org/x.git", ref="main")),
    (poetry_lock, "nope"),
    (poetry_lock, "package = []"),
    (poetry_lock, poetry(hashes="[]")),
    (poetry_lock, poetry('[package.source]\ntype = "git"\nurl = "https://example.org"')),
    (poetry_lock, poetry("optional = true")),
    (pipfile, "nope"),
    (pipfile, '[packages]\nshop = {git = "https://example.org/x.git"}'),
]


@pytest.mark.parametrize(("read", "text"), REFUSED)
def test_what_pins_nothing_is_refused(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(UsageError):
        read(text)


def test_a_pipfile_is_read_as_requirements() -> None:
    text = (
        '[packages]\ndjango = "~=5.2"\nredis = "*"\npsycopg = {version = ">=3", extras = ["binary"]}\n'
        '[dev-packages]\ncolorama = {version = "*", markers = "os_name == \'nt\'"}\n'
    )

    assert pipfile(text) == (*("django~=5.2", "redis", "psycopg[binary]>=3", "colorama ; os_name == 'nt'"),)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"django==5 \\\n    --hash={A}\n", True),
        (f"django==5 --hash={A}\nredis==6\n", False),
        ("django\n", False),
        ("# nothing\n", False),
        ("-r other.txt\n", False),
    ],
)
def test_hashes_are_seen(text: str, answer: bool) -> None:
    assert has_hashes(text) is answer


def test_lines_are_joined_and_comments_left_out() -> None:
    assert list(logical_lines("# a\n\ndjango==5 \\\n  --hash=x\nredis # why\n")) == [
        "django==5    --hash=x",
        "redis",
    ]
