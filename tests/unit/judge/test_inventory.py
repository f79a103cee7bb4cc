"""What a source is made of, read from its files."""

from __future__ import annotations

from bundles import ELSEWHERE, bundle_of, run
from gateproof.judge import inventory
from gateproof.judge.claims import read_claims
from gateproof.model import Finding, Outcome

STORE = """# a
Django==5.2.1 \\
    --hash=sha256:aa
zope.interface[x]==6 ; python_version>'3'
-r b.txt
loose>=1
"""
TABLES = """
| variable | means |
| --- | --- |
| `PORT` | x |
| `jobs`, `limit` | y |

| app | is |
| --- | --- |
| `orders` | z |
"""


def test_pins_come_from_every_kind_of_lock() -> None:
    bundle = bundle_of(
        {
            "requirements/store.txt": STORE,
            "requirements-dev.txt": "django==4.2\n",
            "uv.lock": '[[package]]\nname = "anyio"\nversion = "4.0"\n[[package]]\nname = "anyio"\nversion = "3.0"\n',
            "Pipfile.lock": '{"default": {"redis": {"version": "==5.0"}, "own": {"path": "."}}}',
            "tests/requirements.txt": "ghost==1\n",
            "docs/words.txt": "ghost==2\n",
            "poetry.lock": "not = [toml",
        }
    )

    assert inventory.pins(bundle) == {
        "anyio": {"uv.lock": "3.0 / 4.0"},
        "django": {"requirements-dev.txt": "4.2", "requirements/store.txt": "5.2.1"},
        "redis": {"Pipfile.lock": "5.0"},
        "zope-interface": {"requirements/store.txt": "6"},
    }


def test_migrations_are_numbered_files_of_apps() -> None:
    names = ["shop/migrations/0001_initial.py", "shop/migrations/__init__.py", "tests/migrations/0001_x.py"]

    assert inventory.migrations(bundle_of(dict.fromkeys(names, ""))) == ("shop/migrations/0001_initial.py",)


def test_settings_are_what_code_reads_and_what_tables_list() -> None:
    code = """
import os
A = os.environ["SECRET_KEY"]
B = os.environ.get(
    "DEBUG", "")
C = os.getenv('PORT')
D = env.bool("USE_TLS")
G = envint("WORKERS", "4")
H = get_env_value("REGION")
E = config("NOT_DECOUPLE")
V = Variable(name="BROKER", meaning="x")
F = environment("LOWER")
"""
    bundle = bundle_of(
        {
            "shop/settings.py": code,
            "shop/other.py": 'from decouple import config\nX = config("HOST")\n',
            "shop/tests/test_env.py": 'os.environ["ONLY_IN_TESTS"]',
            "README.md": TABLES,
        }
    )

    assert inventory.settings(bundle) == {
        "BROKER": "shop/settings.py",
        "DEBUG": "shop/settings.py",
        "HOST": "shop/other.py",
        "PORT": "README.md",
        "REGION": "shop/settings.py",
        "SECRET_KEY": "shop/settings.py",
        "USE_TLS": "shop/settings.py",
        "WORKERS": "shop/settings.py",
        "jobs": "README.md",
        "limit": "README.md",
    }


def test_gates_are_told_by_evidence_about_this_source_alone() -> None:
    bundle = bundle_of(
        {},
        run(outcome=Outcome.FAILED, minute=1),
        run(minute=2),
        run(name="lint", outcome=Outcome.FAILED),
        run(name="stale", tree=ELSEWHERE),
        run(name="deployed", kind="deploy"),
    )

    assert {gate: next(iter(legs.values())) for gate, legs in inventory.gates(bundle).items()} == {
        "lint": "FAILED, 12 tests",
        "test": "PASSED, 12 tests, flaky",
    }


def test_unsound_evidence_tells_of_no_gate() -> None:
    lie = Finding(code="V001", path="evidence", sentence="It was changed.")

    assert inventory.gates(bundle_of({}, run(), unsound=(lie,))) == {}


def test_an_id_is_done_only_where_every_document_says_so() -> None:
    files = {"STATUS.md": "- S1.1: Done\n- S1.2: Done\n", "README.md": "- S1.2: Not Done\n"}

    assert inventory.statuses(read_claims(bundle_of(files))) == {"S1.1": "Done", "S1.2": "Not Done"}


def test_every_form_of_lock_is_read_and_what_is_no_package_is_passed_over() -> None:
    package = '[[package]]\nname = "{}"\nversion = "1"\n[[package]]\nname = "no-version"\n'
    bundle = bundle_of(
        {
            "backend/poetry.lock": package.format("poet"),
            "pdm.lock": package.format("pedi"),
            "pylock.toml": package.format("py").replace("[[package]]", "[[packages]]"),
            "uv.lock": 'package = ["text"]\n',
            "Pipfile.lock": '{"default": {"none": {}}, "develop": {"dev": {"version": "==2"}}}',
        }
    )

    assert inventory.pins(bundle) == {
        "dev": {"Pipfile.lock": "2"},
        "pedi": {"pdm.lock": "1"},
        "poet": {"backend/poetry.lock": "1"},
        "py": {"pylock.toml": "1"},
    }


def test_settings_stand_in_tables_of_settings_alone() -> None:
    tables = "| `not` | x |\n\n  | key | means |\n  | --- | --- |\n  | `PORT` | x |\n"
    files = {"a.txt": "", "b.md": tables, "c.py": 'V = Variable(name="BROKER")\n'}

    assert inventory.settings(bundle_of(files)) == {"BROKER": "c.py", "PORT": "b.md"}


def test_a_gate_that_counted_nothing_is_told_without_a_number() -> None:
    assert inventory.gates(bundle_of({}, run(looked_at=0))) == {"test": {"py3.11-linux": "PASSED"}}


def test_numbers_come_in_the_order_of_their_keys() -> None:
    text = "<!-- claim: b.x --> 2 <!-- /claim --> <!-- claim: a.x -->1<!-- /claim -->"

    assert list(inventory.numbers(read_claims(bundle_of({"README.md": text}))).items()) == [
        ("a.x", "1"),
        ("b.x", "2"),
    ]
