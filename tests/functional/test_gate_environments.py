"""What a gate's environment is made from, and what its commands find: digested, redacted, taken away."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from functional.project import Project
from gateproof.environment.copies import copied
from gateproof.environment.recipe import Recipe, arguments, gather
from gateproof.environment.surroundings import Surroundings, read_secrets, surround
from gateproof.errors import UnknownError, UsageError


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_every_file_that_a_recipe_names_is_digested(tmp_path: Path) -> None:
    write(
        tmp_path,
        dev__txt="-r base.txt\n--constraint=pins.txt\npytest\n",
        base__txt="django\n",
        pins__txt="x==1\n",
    )
    write(tmp_path, pyproject__toml="[project]\n")

    found = gather(tmp_path, Recipe(installs=("-r dev.txt", "-e .[test]", "ruff==0.4.4")))

    assert dict(found.files).keys() == {"dev.txt", "base.txt", "pins.txt", "pyproject.toml"}
    assert dict(found.made_from)["ruff==0.4.4"] == "as the index had it"
    assert dict(found.made_from)["base.txt"] == digest("django\n")
    assert found.lock is None


def test_an_environment_is_made_anew_when_any_of_them_changes(tmp_path: Path) -> None:
    write(tmp_path, dev__txt="-r base.txt\n", base__txt="django\n")
    recipe = Recipe(installs=("-r dev.txt",))
    before = gather(tmp_path, recipe).digest
    assert gather(tmp_path, recipe).digest == before

    write(tmp_path, base__txt="django==5\n")

    assert gather(tmp_path, recipe).digest != before
    assert gather(tmp_path, Recipe(installs=("-r dev.txt", "ruff"))).digest != gather(tmp_path, recipe).digest


@pytest.mark.parametrize(
    ("lock", "path"),
    [
        ("store", "requirements/store.txt"),
        ("dev.txt", "dev.txt"),
        ("uv.lock", "uv.lock"),
        ("a/b.txt", "a/b.txt"),
    ],
)
def test_a_lock_is_a_name_or_a_path(lock: str, path: str) -> None:
    assert Recipe(lock=lock).lock_path == path


@pytest.mark.parametrize(
    "recipe", [Recipe(lock="gone"), Recipe(installs=("-r gone.txt",)), Recipe(installs=("Pipfile",))]
)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, recipe: Recipe) -> None:
    with pytest.raises(UsageError, match=r"(gone\.txt|Pipfile), which the environment is made from"):
        gather(tmp_path, recipe)


def test_an_installer_is_given_what_the_lines_say(tmp_path: Path) -> None:
    write(tmp_path, Pipfile='[packages]\ndjango = "*"\n')

    given = arguments(tmp_path, ("-r base.txt", "-e .[test]", "ruff", "Pipfile"))

    assert given == ["-r", "base.txt", "-e", ".[test]", "ruff", "django"]


def test_folders_are_new_empty_outside_and_gone() -> None:
    wanted = Surroundings(env={"URL": "sqlite:///{DATA}/db"}, folders=("DATA",))

    with surround(wanted) as given:
        place = Path(given.variables["DATA"])
        assert list(place.iterdir()) == []
        assert given.variables["URL"] == f"sqlite:///{place.as_posix()}/db"

    assert not place.exists()
    assert wanted.told == ("variable URL", "folder DATA")


def test_a_word_that_stands_for_nothing_is_refused() -> None:
    with (
        pytest.raises(UnknownError, match=r"\{DATA\} in a gate's env stands for nothing"),
        surround(Surroundings(env={"URL": "{DATA}"})),
    ):
        pass


def test_secrets_are_given_and_never_told(tmp_path: Path) -> None:
    write(tmp_path, secrets='# ours\nexport API="tok-7f3a9c"\n\nPLAIN=x=y\n')
    wanted = Surroundings(secrets=str(tmp_path / "secrets"))

    with surround(wanted) as given:
        assert given.variables == {"API": "tok-7f3a9c", "PLAIN": "x=y"}
        assert given.secret == given.variables

    assert wanted.told == ("secrets file",)


@pytest.mark.parametrize("text", [None, "tok-7f3a9c\n"])
def test_a_secrets_file_that_cannot_be_read_is_named_without_its_values(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        write(tmp_path, secrets=text)

    with pytest.raises(UnknownError, match="secrets") as told:
        read_secrets(tmp_path / "secrets")

    assert "tok-7f3a9c" not in str(told.value)


def test_what_cannot_be_given_is_refused_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match="no service oracle; the services are postgres"):
        Surroundings(needs=("oracle",))
    with pytest.raises(ValueError, match="would lie in the repository"):
        Surroundings(secrets="secrets.env")


def test_a_copy_holds_the_source_and_sees_its_change(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop", files={"app/models.py": "x = 1\n", "gone.py": ""})
    project.write("left.log", "ignored")
    project.write("new.py", "")
    (project.root / "gone.py").unlink()

    with copied(project.root) as copy:
        assert {"app/models.py", "new.py", "noxfile.py"} <= set(copy.files)
        assert not {"left.log", "gone.py"} & set(copy.files)
        (copy.place / "db.sqlite3").touch()
        assert copy.changed() == []
        (copy.place / "app" / "models.py").write_text("x = 2\n", encoding="utf-8")
        (copy.place / "good.py").unlink()
        assert copy.changed() == ["app/models.py", "good.py"]

    assert not copy.place.exists()
    assert (project.root / "app" / "models.py").read_text(encoding="utf-8") == "x = 1\n"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_is_copied_as_a_link(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "shop")
    (project.root / "link").symlink_to("good.py")

    with copied(project.root) as copy:
        assert (copy.place / "link").is_symlink()
        assert copy.changed() == []
        (copy.place / "link").unlink()
        (copy.place / "link").symlink_to("noxfile.py")
        assert copy.changed() == ["link"]
