"""Settings are read by their syntax: variables with and without a default, the database, star imports."""

from __future__ import annotations

import pytest

from gateproof.adopt.settings import modules_beside, production_module, read_settings
from unit.adopt.projects import PLAIN, bundle


def variables(text: str) -> dict[str, tuple[str, bool]]:
    reading = read_settings(bundle({"shop/settings.py": text}), "", "shop.settings")
    return {one.name: (one.kind, one.is_required) for one in reading.variables}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('A = os.environ["AA"]', ("str", True)),
        ('A = environ["AA"]', ("str", True)),
        ('A = os.environ.get("AA")', ("str", False)),
        ('A = os.getenv("AA", "x")', ("str", False)),
        ('A = env("AA")', ("str", True)),
        ('A = env("AA", default="")', ("str", False)),
        ('A = env.bool("AA")', ("bool", True)),
        ('A = env.int("AA", 3)', ("int", False)),
        ('env = environ.Env(AA=(bool, False))\nA = env("AA")', ("str", False)),
        ('A = config("AA", cast=bool)', ("bool", True)),
        ('A = config("AA", default="x")', ("str", False)),
        ('A = env.str("AA", "x")\nB = os.environ["AA"]', ("str", True)),
    ],
)
def test_a_variable_is_read_with_its_kind_and_whether_it_must_be_there(
    text: str, read: tuple[str, bool]
) -> None:
    assert variables(text) == {"AA": read}


@pytest.mark.parametrize("text", ['A = other("AA")', 'A = data["AA"]', 'os.environ["AA"] = "x"', "broken ("])
def test_what_reads_no_variable_is_none(text: str) -> None:
    assert variables(text) == {}


def test_a_url_without_a_name_has_its_usual_one() -> None:
    assert variables("DATABASES = {'default': env.db()}") == {"DATABASE_URL": ("db", True)}


def test_settings_that_take_everything_from_others_are_read_whole() -> None:
    files = {
        "src/shop/settings/__init__.py": "",
        "src/shop/settings/live.py": "from .base import *\nA = os.environ['AA']",
        "src/shop/settings/base.py": "from shop.settings.more import *\nB = os.environ['BB']",
        "src/shop/settings/more.py": "from .live import *\nC = os.environ['CC']",
    }

    reading = read_settings(bundle(files), "src", "shop.settings.live")

    assert [one.name for one in reading.variables] == ["AA", "BB", "CC"]
    assert len(reading.files) == 3


def test_the_parts_of_a_postgresql_connection_are_found_with_their_variables() -> None:
    text = (
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.getenv('DB', 'x'),"
        " 'HOST': str(os.environ['WHERE']), 'PORT': 5432}}"
    )
    reading = read_settings(bundle({"shop/settings.py": text}), "", "shop.settings")

    assert reading.is_postgres
    assert dict(reading.database) == {"name": "DB", "host": "WHERE"}


def test_production_settings_are_known_by_their_name() -> None:
    files = {**PLAIN, "shop/settings_production.py": "", "shop/urls.py": ""}
    assert production_module(modules_beside(bundle(files), "", "shop.settings")) == "shop.settings_production"

    package = {f"shop/settings/{name}.py": "" for name in ("__init__", "base", "dev", "prod")}
    assert production_module(modules_beside(bundle(package), "", "shop.settings.dev")) == "shop.settings.prod"
    assert production_module(modules_beside(bundle(package), "", "shop.settings")) == "shop.settings.prod"
    assert production_module(modules_beside(bundle(PLAIN), "", "shop.settings")) is None
