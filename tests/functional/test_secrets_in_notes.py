"""No secret stands in release notes: one in a commit's subject, the changelog or a file's name stops the release."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bundles import bundle_of, run
from functional.project import PYPROJECT, Project
from gateproof.errors import RefusedError
from gateproof.judge.changes import compare
from gateproof.release.notes import Commit, Facts, notes, tag_page
from gateproof.release.secretscan.texts import refuse_secrets_in
from secretcorpus import WITHOUT_A_FORM, planted

SECRETS = planted(seed=11)
FACTS = Facts(
    product="shop",
    version="0.3.0",
    tag="v0.3-m3",
    day=date(2026, 11, 24),
    section="- A till.",
    previous="v0.2-m2",
    checksums=(("shop.zip", "a" * 64),),
    zip_name="shop.zip",
)


def told(facts: Facts) -> dict[str, bytes]:
    return {"NOTES.md": notes(facts).encode(), "tag-page.md": tag_page(facts).encode()}


def as_told(kind: str) -> str:
    """The secret as somebody would tell it: one without a form of its own is known by its name."""
    name = {"Algolia": "ALGOLIA_API_KEY", "Snyk": "SNYK_TOKEN"}.get(kind, f"SHOP_{kind.upper()}")
    bare = SECRETS[kind]
    return f"{name.replace(' ', '_')} = '{bare}'" if kind in WITHOUT_A_FORM else bare


def in_subjects(kinds: Iterable[str]) -> Facts:
    commits = (
        Commit(id=f"{n:040x}", subject=f"Use {as_told(kind)} for the till") for n, kind in enumerate(kinds)
    )
    return replace(FACTS, commits=tuple(commits))


def in_the_changelog(kinds: Iterable[str]) -> Facts:
    return replace(FACTS, section="\n".join(f"- The till now uses {as_told(kind)}." for kind in kinds))


def in_file_names(kinds: Iterable[str]) -> Facts:
    names = (f"shop/migrations/{n:04}_{as_told(kind)}.py" for n, kind in enumerate(kinds, 1))
    new = bundle_of(dict.fromkeys(names, "1"), run())
    return replace(FACTS, changes=compare(bundle_of({"shop/migrations/0000_a.py": "1"}, run()), new))


PLACES: tuple[tuple[Callable[[Iterable[str]], Facts], tuple[str, ...]], ...] = (
    (in_subjects, tuple(SECRETS)),
    (in_the_changelog, tuple(SECRETS)),
    # A migration is a module: no other name of a file stands in notes, and nothing that is known by a variable's name.
    (in_file_names, tuple(k for k in SECRETS if k not in WITHOUT_A_FORM and f"_{SECRETS[k]}".isidentifier())),
)
any_place = pytest.mark.parametrize(("place", "kinds"), PLACES, ids=[place.__name__ for place, _ in PLACES])


@any_place
def test_each_kind_of_secret_in_the_notes_stops_the_release(
    place: Callable[[Iterable[str]], Facts], kinds: tuple[str, ...]
) -> None:
    # One form at a time: a hundred findings of a kind are listed, and no more.
    for name, text in told(place(kinds)).items():
        with pytest.raises(RefusedError, match="The release notes hold a secret") as refused:
            refuse_secrets_in({name: text})

        said = str(refused.value)
        caught = {int(number) for number in re.findall(r"Line (\d+): ", said)}
        lines = text.decode().replace("\\", "").split("\n")
        for kind in kinds:
            where = {number for number, line in enumerate(lines, 1) if SECRETS[kind] in line}
            assert where, f"{kind} does not stand in {name}"
            assert where <= caught, f"{kind} was overlooked in {name}"
        assert not [kind for kind, secret in SECRETS.items() if secret in said]


@pytest.mark.parametrize("place", [place for place, _ in PLACES])
def test_one_alone_is_enough(place: Callable[[Iterable[str]], Facts]) -> None:
    with pytest.raises(RefusedError, match="The release notes hold a secret"):
        refuse_secrets_in(told(place(["GitHub"])))


def test_notes_without_a_secret_pass() -> None:
    refuse_secrets_in(told(FACTS))
    refuse_secrets_in(told(replace(FACTS, commits=(Commit(id="2" * 40, subject="Use a drawer"),))))


@pytest.mark.parametrize("form", [[], ["--tag-page"]], ids=["notes", "tag page"])
def test_the_preview_refuses_as_the_release_does(shop: Project, form: list[str]) -> None:
    token = SECRETS["GitHub"]
    assert shop.run("invoke", "notes", *form).returncode == 0
    shop.write("till.txt", "A till.\n")
    shop.commit(f"Ring with {token}")

    shown = shop.run("invoke", "notes", *form)

    assert shown.returncode == 1, shown.stdout
    assert "The release notes hold a secret" in shown.stdout
    assert token not in shown.stdout


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    return Project.make(
        tmp_path / "shop",
        "",
        {
            "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- A till.\n",
            "pyproject.toml": PYPROJECT + '\n[tool.bumpversion]\ncurrent_version = "0.1.0"\n',
            "tasks.py": "import sys\nsys.dont_write_bytecode = True\nfrom gateproof.tasks import namespace\n",
        },
    )
