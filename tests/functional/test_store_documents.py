"""What the store's documents name is there: files, commands, gates, invariants, sections of each other."""

from __future__ import annotations

import re
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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    named = re.findall(r"`((?:purelaka|tests|docs|requirements)/[\w./-]+\.\w+)`", said(document))

    missing = [name for name in named if not any((base / name).exists() for base in (ROOT, STORE))]

    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target, section in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", said(document)):
        page = (document.parent / target).resolve() if target else document
        assert page.exists(), target
        if section:
            assert section in map(slug, re.findall(r"^#+ (.+)$", said(page), re.MULTILINE)), section


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", said(document)))

    assert named - COMMANDS - OTHERS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_invariant_and_gate_that_a_document_names_exists(document: Path) -> None:
    table = said(STORE / "core" / "invariants.py")
    noxfile = said(ROOT / "noxfile.py")

    for invariant in re.findall(r"`((?:every|no)_\w+)`", said(document)):
        assert invariant in table
    for gate in re.findall(r"[Gg]ate `([\w-]+)`", said(document)):
        assert f"def {gate.replace('-', '_')}(" in noxfile or f'name="{gate}"' in noxfile


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
    parts = re.split(r"^#+ (.+)$", said(ROOT / "docs" / f"{name}.md"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))

    for heading in SECTIONS[name]:
        assert sections[heading].strip(), heading
