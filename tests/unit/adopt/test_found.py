"""What is found in a project, what stands in the way, and what is said to be unsure."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateproof.adopt.dependencies import find_dependencies
from gateproof.adopt.found import Found
from gateproof.errors import RefusedError
from unit.adopt.projects import MANAGE, PLAIN, bundle, found

HASHED = "django==5.2 --hash=sha256:" + "a" * 64 + "\n"


@pytest.mark.parametrize(
    ("files", "lock", "installs"),
    [
        ({"requirements.txt": "django"}, None, ("-r requirements.txt",)),
        ({"requirements.txt": HASHED}, "requirements.txt", ()),
        (
            {"requirements.txt": "a", "requirements-dev.txt": "b"},
            None,
            ("-r requirements.txt", "-r requirements-dev.txt"),
        ),
        (
            {"requirements.txt": "a", "requirements-dev.txt": "-r requirements.txt\nb"},
            None,
            ("-r requirements-dev.txt",),
        ),
        (
            {"requirements/base.txt": "a", "requirements/test.txt": "-r base.txt"},
            None,
            ("-r requirements/test.txt",),
        ),
        ({"requirements/a.txt": "-r ../b.txt\n", "requirements.txt": "x"}, None, ("-r requirements.txt",)),
        ({"uv.lock": "", "pyproject.toml": ""}, "uv.lock", ()),
        ({"poetry.lock": "", "requirements.txt": "a"}, "poetry.lock", ()),
        ({"Pipfile": "", "Pipfile.lock": ""}, "Pipfile.lock", ()),
        ({"Pipfile": ""}, None, ("Pipfile",)),
        ({"setup.py": ""}, None, ("-e .",)),
        (
            {
                "pyproject.toml": '[project]\ndependencies = ["a"]\noptional-dependencies = {test = [], docs = []}\n'
            },
            None,
            ("-e .[test]",),
        ),
        ({}, None, ("django",)),
    ],
)
def test_the_strongest_form_of_dependencies_is_taken(
    files: Mapping[str, str], lock: str | None, installs: tuple[str, ...]
) -> None:
    dependencies = find_dependencies(bundle(files))

    assert (dependencies.lock, dependencies.installs) == (lock, installs)


def test_what_pins_nothing_is_said_to_be_unsure() -> None:
    assert "not pinned by hash" in find_dependencies(bundle({"requirements.txt": "django"})).unsure[0]
    assert find_dependencies(bundle({"requirements.txt": HASHED})).unsure == ()


@pytest.mark.parametrize(
    ("files", "python"),
    [
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.12"'}, ">=3.12"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.12"'}, ">=3.12,<4"),
        ({"Pipfile": '[requires]\npython_version = "3.9"'}, "==3.9.*"),
        ({".python-version": "3.13.1\n"}, "==3.13.*"),
        ({}, None),
    ],
)
def test_the_projects_python_is_found(files: Mapping[str, str], python: str | None) -> None:
    assert find_dependencies(bundle(files)).python == python


def test_a_tools_name_is_not_found_in_another_name() -> None:
    dependencies = find_dependencies(bundle({"requirements.txt": "pytest-django==4\nblackbox\n"}))

    assert dependencies.names("pytest-django")
    assert not dependencies.names("black")


def tools(found_: Found) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return found_.runner, found_.linters, found_.formatters


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ("manage.py test", (), ())),
        ({"pytest.ini": "[pytest]\n"}, ("pytest", (), ())),
        ({"tox.ini": "[testenv]\ncommands =\n    pytest\n"}, ("pytest", (), ())),
        ({"tox.ini": "[testenv]\ncommands =\n    python manage.py test\n"}, ("manage.py test", (), ())),
        ({"requirements.txt": "pytest-django\n"}, ("pytest", (), ())),
        (
            {"pyproject.toml": "[tool.black]\n[tool.isort]\n", "setup.cfg": "[flake8]\n"},
            ("manage.py test", ("flake8",), ("black", "isort")),
        ),
        (
            {"pyproject.toml": "[tool.ruff]\n[tool.ruff.format]\n"},
            ("manage.py test", ("ruff check",), ("ruff format",)),
        ),
    ],
)
def test_the_tools_are_the_projects_own(files: Mapping[str, str], expected: object) -> None:
    assert tools(found({**PLAIN, **files})) == expected


def test_manage_py_may_lie_in_a_subfolder() -> None:
    it = found(
        {"src/manage.py": MANAGE.format("shop.conf.dev"), "src/shop/conf/dev.py": "", "docs/manage.py": ""}
    )

    assert (it.folder, it.settings.module) == ("src", "shop.conf.dev")
    assert it.settings.files == ("src/shop/conf/dev.py",)


@pytest.mark.parametrize(
    ("files", "words"), [({}, "no manage.py"), ({"manage.py": "pass"}, "names no settings")]
)
def test_what_is_no_django_project_is_refused(files: Mapping[str, str], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        found(files)


def test_apps_are_those_that_the_settings_install() -> None:
    files = {
        "manage.py": MANAGE.format("shop.settings"),
        "shop/settings.py": "INSTALLED_APPS = ['cart', 'shop.pay.apps.PayConfig']",
        **{f"{app}/models.py": "" for app in ("cart", "shop/pay", "left")},
        "shop/pay/apps.py": "class PayConfig(AppConfig):\n    label = 'payments'\n",
        "cart/migrations/__init__.py": "",
    }

    assert found(files).apps == ("cart", "payments")


def test_a_submodule_stands_in_the_way() -> None:
    it = found({**PLAIN, ".gitmodules": '[submodule "lib"]\n\tpath = lib\n\turl = x\n'})

    assert it.blocking == ("lib is a submodule, whose files this repository does not hold; vendor them.",)
    assert "In the way of a first rehearsal:" in it.lines()


@pytest.mark.parametrize(
    ("tags", "form"),
    [
        ((), "none"),
        (("nightly",), "1, none of them a version"),
        (("v1.0", "v1.1.0"), "2 of the form v1.2.3, such as v1.1.0"),
        (("1.0", "x"), "1 of the form 1.2.3, such as 1.0"),
    ],
)
def test_tags_are_told_by_their_form(tags: tuple[str, ...], form: str) -> None:
    assert found(PLAIN, tags=tags).tags == form


def test_a_changelog_is_told_by_its_form() -> None:
    assert found({**PLAIN, "CHANGELOG.md": "## [1.0.0] - 2026-01-01\n"}).changelog.endswith(
        "Keep a Changelog"
    )
    assert found({**PLAIN, "HISTORY.rst": "1.0\n"}).changelog == "HISTORY.rst, in a form of its own"


def test_what_is_not_known_is_said() -> None:
    unsure = " ".join(found(PLAIN).unsure)

    assert "No production settings were found" in unsure
    assert "No dependency file was found" in unsure
    assert "No production settings" not in " ".join(found(PLAIN, production="shop.live").unsure)
