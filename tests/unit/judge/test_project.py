"""What a project's own files give away: a key that is written out, and a `.env` that is meant to be there."""

from __future__ import annotations

import pytest

from bundles import bundle_of
from gateproof.judge.project import LONG_ENOUGH, explained_env, literal_secrets, repositories

LONG = "k" * LONG_ENOUGH
PASSED = "sec" + "ret"


@pytest.mark.parametrize(
    ("written", "is_literal"),
    [
        ("SECRET_KEY = 'x'", True),
        ("SECRET_KEY: str = 'x'", True),
        ("A = SECRET_KEY = 'x'", True),
        ("SECRET_KEY = ''", False),
        ("SECRET_KEYS = 'x'", False),
        ("OTHER = 'x'", False),
        ("SECRET_KEY = environ['SECRET_KEY']", False),
        (f"SECRET_KEY = env('KEY', '{LONG}')", True),
        (f"SECRET_KEY = env('KEY', default='{LONG}')", True),
        (f"SECRET_KEY = env('KEY', '{LONG[1:]}')", False),
        (f"SECRET_KEY = env('{'K' * LONG_ENOUGH}')", False),
        ("SECRET_KEY = '{{ secret_key }}'", False),
    ],
)
def test_a_key_that_is_written_out(written: str, is_literal: bool) -> None:
    found = list(literal_secrets(bundle_of({"shop/settings.py": f"import x\n{written}\n"})))
    assert [(one.path, one.line) for one in found] == ([("shop/settings.py", 2)] if is_literal else [])


NAMED = "README.md names it, and none of its {} values looks secret"
OWN = "its own comment explains it, and none of its {} values looks secret"


@pytest.mark.parametrize(
    ("text", "others", "why"),
    [
        ("# Defaults\nA=1\nB=2\n", {}, OWN.format(2)),
        ("\n  # Defaults\nA=1\n#B=2\nnothing\n", {}, OWN.format(1)),
        ("A=1\n", {}, None),
        ("A=1\nB=a=b\n", {"README.md": "Copy .env first"}, NAMED.format(2)),
        ("A=1\n", {"docker/README.md": "Copy .env first"}, f"docker/{NAMED.format(1)}"),
        ("A=1\n", {"docker/README.md": "Copy it first"}, None),
        ("# x\nAPI_KEY=12345678\n", {}, None),
        ("# x\nAPI_KEY=1234567\n", {}, OWN.format(1)),
        ("# x\nAPI_KEY='changeme'\n", {}, OWN.format(1)),
        ('# x\nAPI_KEY="change-me"\n', {}, OWN.format(1)),
        ("# x\nAPI_KEY=${FROM_THE_VAULT}\n", {}, OWN.format(1)),
        ("# x\n  # API_KEY=12345678\n", {}, OWN.format(1)),
        ("# x\nAPI_KEY=a=b=c=d=e\n", {}, None),
        (f"# x\nURL=postgres://a:{PASSED}@host/x\n", {}, None),
        (f"# x\nURL=postgres://a:{PASSED}@localhost/x\n", {}, OWN.format(1)),
    ],
)
def test_a_file_of_variables_is_explained_or_not(text: str, others: dict[str, str], why: str | None) -> None:
    assert explained_env(bundle_of({"docker/.env": text, **others}), "docker/.env") == why
    assert explained_env(bundle_of(others), "docker/.env") is None


@pytest.mark.parametrize(
    "name",
    ["settings/x.py", "a/b/base.py", "a/base.py", "a/local.py", "a/production.py", "a/dev.py", "a/conf.py"],
)
def test_a_key_is_looked_for_in_every_file_of_settings(name: str) -> None:
    files: dict[str, str | bytes] = {
        "a/a_settings.py": "",
        "a/b_settings.py": "SECRET_KEY = (",
        "a/c_settings.py": b"\xff",
    }
    found = literal_secrets(bundle_of({**files, name: "SECRET_KEY = 'x'"}))
    assert [one.path for one in found] == [name]
    assert not list(literal_secrets(bundle_of({"a/views.py": "SECRET_KEY = 'x'"})))


@pytest.mark.parametrize(
    ("files", "own"),
    [
        ({"setup.cfg": "url = https://github.com/Me/Shop.git\n"}, {"me/shop"}),
        ({"README.md": "![b](https://github.com/me/shop/actions/workflows/ci.yml/badge.svg)"}, {"me/shop"}),
        ({"README.md": "[b](https://github.com/other/tool)"}, set()),
        ({}, set()),
    ],
)
def test_the_projects_own_repository(files: dict[str, str], own: set[str]) -> None:
    assert repositories(bundle_of(files)) == own
