"""Rules are data, and an exception from one is named, narrow and reasoned."""

from __future__ import annotations

import pytest

from gateproof.errors import UsageError
from gateproof.findings import Code
from gateproof.pack.inspect.rules import DEFAULT_RULES, Rule, RuleException, RuleSet, caught_by_name

CAUGHT: dict[Code, list[str]] = {
    Code.ENV_FILE: [".env", "deploy/.env", ".env.production", "prod.env", ".envrc", ".ENV"],
    Code.DATABASE: ["db.sqlite3", "shop/db.sqlite3", "a.sqlite", "db.sqlite3-journal", "db.sqlite3-wal"],
    Code.VIRTUALENV: [".venv/bin/python", "venv/lib/x.py", "env/pyvenv.cfg"],
    Code.IDE: [".idea/workspace.xml", ".vscode/settings.json", ".urls.py.swp", "urls.py~", "x.iml", ".vs/a"],
    Code.CACHE: [
        *(
            "shop/__pycache__/urls.cpython-312.pyc",
            "a.pyc",
            ".mypy_cache/x",
            ".ruff_cache/x",
            ".pytest_cache/x",
        ),
        *(
            "node_modules/a/b.js",
            ".coverage",
            ".coverage.host.1",
            "htmlcov/index.html",
            "a.egg-info/PKG-INFO",
        ),
        *(".tox/x", ".nox/x", ".hypothesis/x", ".ipynb_checkpoints/x"),
    ],
    Code.LITTER: [
        ".DS_Store",
        "static/Thumbs.db",
        "desktop.ini",
        "__MACOSX/a",
        "._a",
        "a.py.orig",
        "a.py.rej",
    ],
    Code.KEY_STORE: [
        "id_rsa",
        ".ssh/id_ed25519",
        "cert.p12",
        "a.pfx",
        "a.jks",
        "a.kdbx",
        ".netrc",
        ".pypirc",
    ],
    Code.OWN_STORE: [".git/config", "lib/.git", ".svn/entries", ".hg/x", ".gateproof/ledger/x"],
}

LET_THROUGH = [
    *(
        ".env.example",
        ".env.sample",
        "deploy/.env.template",
        ".env.dist",
        "example.env",
        "shop/environment.py",
    ),
    *("search.db", "db.py", "sqlite3.py", "venv.py", "docs/venv.md", "ideas.md", "caches.py", ".coveragerc"),
    *(
        "id_rsa.pub",
        ".gitignore",
        ".gitattributes",
        ".github/workflows/gates.yml",
        "original.py",
        "env/settings.py",
    ),
]


def codes_of(path: str) -> list[str]:
    return [finding.code for _, _, finding in caught_by_name(DEFAULT_RULES, path)]


@pytest.mark.parametrize(("code", "path"), [(code, path) for code, paths in CAUGHT.items() for path in paths])
def test_a_name_that_must_not_be_delivered_is_caught(code: Code, path: str) -> None:
    assert codes_of(path) == [code.code]


@pytest.mark.parametrize("path", LET_THROUGH)
def test_a_name_that_only_looks_alike_is_let_through(path: str) -> None:
    assert codes_of(path) == []


def test_every_rule_has_been_seen_to_say_no() -> None:
    assert {code.rule for code in CAUGHT} == {rule.name for rule in DEFAULT_RULES}


def test_a_configuration_adds_a_rule_by_a_line() -> None:
    own = Rule(name="notebooks", code=Code.FORBIDDEN.code, patterns=("*.ipynb",), sentence="A notebook.")
    rules = RuleSet(rules=(*DEFAULT_RULES, own))
    assert [finding.sentence for _, _, finding in caught_by_name(rules.rules, "a.ipynb")] == ["A notebook."]


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_exception_needs_a_reason(reason: str) -> None:
    with pytest.raises(UsageError, match="gives no reason"):
        RuleException(rule="env-file", path=".env", reason=reason)


@pytest.mark.parametrize("path", ["", "*", "**/*", "/"])
def test_an_exception_cannot_cover_everything(path: str) -> None:
    with pytest.raises(UsageError, match="covers everything"):
        RuleException(rule="env-file", path=path, reason="We like it.")


@pytest.mark.parametrize(
    "rule", ["no-such-rule", Code.CRC.rule, Code.MISSING.rule, Code.UNUSED_EXCEPTION.rule]
)
def test_an_exception_names_a_rule_that_can_be_excepted(rule: str) -> None:
    with pytest.raises(UsageError, match=f"There is no rule {rule}; the rules are .*env-file"):
        RuleSet(exceptions=(RuleException(rule=rule, path="a", reason="We like it."),))


def test_two_rules_cannot_share_a_name() -> None:
    with pytest.raises(UsageError, match="Two rules are called env-file"):
        RuleSet(rules=(*DEFAULT_RULES, DEFAULT_RULES[0]))
