"""What the store's documents name is there: files, commands, gates, invariants, sections of each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE = ROOT / "purelaka"
NAMES = (
    "demo_walkthrough",
    "security",
    "data_governance",
    "release_process",
    "runbook",
    "handover",
    "transfer",
    "backup_restore",
    "deployment",
)
DOCUMENTS = (*(ROOT / "docs" / f"{name}.md" for name in NAMES), STORE / "README.md")
COMMANDS = {path.stem for path in STORE.glob("*/management/commands/*.py")}
# Commands that come with Django and django-axes.
OTHERS = {"check", "createsuperuser", "migrate", "makemigrations", "runserver", "test", "axes_reset_username"}


def said(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """The name that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def missing_files(text: str) -> list[str]:
    """The files that it names and that are not there."""
    named = re.findall(r"`((?:purelaka|tests|docs|requirements)/[\w./-]+\.\w+)`", text)
    return [name for name in named if not any((base / name).exists() for base in (ROOT, STORE))]


def dead_links(text: str, document: Path) -> list[str]:
    """The links that lead to no page, or to no section of it."""
    dead = []
    for target, section in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text):
        page = (document.parent / target).resolve() if target else document
        there = said(page) if target and page.is_file() else text
        headings = map(slug, re.findall(r"^#+ (.+)$", there, re.MULTILINE))
        if (target and not page.exists()) or (section and section not in headings):
            dead.append(f"{target}#{section}" if section else target)
    return dead


def unknown_commands(text: str) -> set[str]:
    """The commands of `manage.py` that there are not."""
    return set(re.findall(r"manage\.py ([a-z_]+)", text)) - COMMANDS - OTHERS


def unknown_checks(text: str) -> list[str]:
    """The invariants and gates that there are not."""
    table, noxfile = said(STORE / "core" / "invariants.py"), said(ROOT / "noxfile.py")
    invariants = re.findall(r"`((?:every|no)_\w+)`", text)
    gates = re.findall(r"[Gg]ate `([\w-]+)`", text)
    return [one for one in invariants if one not in table] + [
        one
        for one in gates
        if f"def {one.replace('-', '_')}(" not in noxfile and f'name="{one}"' not in noxfile
    ]


def empty_sections(text: str, headings: Iterable[str]) -> list[str]:
    """Those of the headings that are not there, or have nothing below them."""
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return [heading for heading in headings if not sections.get(heading, "").strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    assert missing_files(said(document)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert dead_links(said(document), document) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    assert unknown_commands(said(document)) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_invariant_and_gate_that_a_document_names_exists(document: Path) -> None:
    assert unknown_checks(said(document)) == []


def test_what_is_not_there_is_noticed_and_what_is_there_is_let_be() -> None:
    text = (
        "# One\n`purelaka/manage.py` `docs/nowhere.md` [a](security.md#roles) [b](#one) [c](nowhere.md)\n"
        "[d](security.md#nothing) [e](#two) `manage.py migrate` `manage.py make_tea`\n"
        "`no_such_thing` `no_job_is_left_failed` gate `unit`, gate `luck`\n## Empty\n\n## Last\nText.\n"
    )

    assert missing_files(text) == ["docs/nowhere.md"]
    links = dead_links(text, ROOT / "docs" / "made_up.md")
    assert links == ["nowhere.md", "security.md#nothing", "#two"]
    assert unknown_commands(text) == {"make_tea"}
    assert unknown_checks(text) == ["no_such_thing", "luck"]
    assert empty_sections(text, ("Empty", "Last", "Gone")) == ["Empty", "Gone"]


def test_every_command_of_the_store_is_in_its_readme() -> None:
    assert [
        command
        for command in sorted(COMMANDS - {"__init__"})
        if f"`{command}" not in said(STORE / "README.md")
    ] == []


# What the buyer's checklist asks each document for, by the heading under which it stands.
SECTIONS = {
    "security": ("Secrets", "The webhook: replay and idempotency", "Dependencies", "Roles"),
    "data_governance": ("Inventory of personal data", "Retention", "Logs", "Exports"),
    "release_process": (
        "Upgrading an installation",
        "Migrations",
        "Exports: schema policy",
        "KPI definitions",
        "Environments",
    ),
    "runbook": ("Retry policy", "Where a failure is seen", "Running one again", "Alerts"),
    "handover": ("Operational assumptions", "Known limitations, and out of scope", "Checklist"),
    "transfer": ("What is transferred", "Third-party packages"),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_each_document_has_its_sections_and_none_is_empty(name: str) -> None:
    assert empty_sections(said(ROOT / "docs" / f"{name}.md"), SECTIONS[name]) == []
