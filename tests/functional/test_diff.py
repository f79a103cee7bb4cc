"""`gateproof diff` on deliveries, and the notes that a release gets from the tag before it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functional.project import PYPROJECT, Project, gate
from gateproof import cli
from gateproof.config import load_settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.subject import EXECUTABLE, FILE
from gateproof.release.noting import preview
from packs import CASES, SOURCE, Pack, make_pack, make_signer, zip_of

UNASKED = "(licence unknown; advisories not known)"
"""A project without a record of licences or an audit."""
SIGNER = make_signer()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    content = {**SOURCE, "requirements.txt": (FILE, b"django==5.2.0\n"), "run.sh": (FILE, b"x")}
    return make_pack(tmp_path_factory.mktemp("old"), signer=SIGNER, content=content)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    content = {**SOURCE, "requirements.txt": (FILE, b"django==5.2.1\n"), "run.sh": (EXECUTABLE, b"x")}
    more = (*CASES, replace(CASES[0], gate="types"))
    return make_pack(tmp_path_factory.mktemp("new"), signer=SIGNER, content=content, cases=more)


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    code = cli.main(["diff", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_a_buyer_sees_what_the_new_one_brings(
    old: Pack, new: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = old.write(tmp_path / "one"), new.write(tmp_path / "other")

    code, said = told(capsys, one, other)
    assert code == 1
    assert f"changed  django  5.2.0 {UNASKED} -> 5.2.1 {UNASKED}  (requirements.txt)" in said
    assert "changed  run.sh" in said
    assert "added    types" in said
    assert "They differ." in said

    code, said = told(capsys, one, other, "--json")
    answer = json.loads(said)
    assert (code, answer["exitCode"], answer["same"]) == (1, 1, False)
    assert [one["change"] for one in answer["gates"] if one["name"] == "types"] == ["added"]

    code, said = told(capsys, one, other, "--markdown")
    assert f"| `django` | changed | 5.2.0 {UNASKED} | 5.2.1 {UNASKED} | requirements.txt |" in said


def test_the_same_delivery_differs_in_nothing(
    old: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = old.write(tmp_path / "one"), old.write(tmp_path / "other")

    assert told(capsys, one, other)[0] == 0


def test_evidence_that_was_tampered_with_leaves_the_gates_unknown(
    old: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = old.copy()
    changed.flip(changed.first("output.log"))
    one, other = old.write(tmp_path / "one"), changed.write(tmp_path / "other")

    code, said = told(capsys, one, other)

    assert code == 4
    assert "is not sound, so its gates are not known" in said


def test_a_zip_with_two_contents_is_not_compared(
    old: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = old.write(tmp_path / "one")
    twice = zip_of({"a.py": (FILE, b"1"), "b.py": (FILE, b"2")}).replace(b"b.py", b"a.py")
    (tmp_path / "twice.zip").write_bytes(twice)
    (tmp_path / "text.zip").write_bytes(b"no ZIP at all")

    assert told(capsys, one, tmp_path / "twice.zip")[0] == 4
    assert told(capsys, tmp_path / "text.zip", one)[0] == 4


def test_bare_zips_of_any_tool_are_compared_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("one.zip", b"1"), ("other.zip", b"2")):
        (tmp_path / name).write_bytes(zip_of({"a.py": (FILE, text)}))

    code, said = told(capsys, tmp_path / "one.zip", tmp_path / "other.zip")

    assert (code, "changed  a.py" in said, "Gates" in said) == (1, True, False)


FILES = {
    "pyproject.toml": PYPROJECT + '[tool.bumpversion]\ncurrent_version = "0.1.0"\n',
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n- A cart.\n\n## [0.1.0] - 2026-01-02\n\n- A shop.\n",
    "requirements.txt": "django==5.2.0\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project.make(tmp_path_factory.mktemp("p") / "shop", gate("totals"), FILES)
    # As a release does: the tag marks a commit beside the branch that has evidence/ more.
    made.git("checkout", "--quiet", "--detach")
    made.write("evidence/README.md", "proofs\n")
    made.commit("Evidence")
    made.git("tag", "v0.1.0")
    made.git("checkout", "--quiet", "main")
    made.write("requirements.txt", "django==5.2.1\n")
    made.commit("Mend what nobody reads about")
    made.write("CHANGELOG.md", FILES["CHANGELOG.md"].replace("- A cart.", "- A cart.\n- A till."))
    made.commit("Ring")
    return made


def test_notes_are_previewed_since_the_tag_before(project: Project) -> None:
    facts = preview(project.root, load_settings(project.root), "HEAD", now=NOW)

    assert facts.is_preview
    assert facts.previous == "v0.1.0"
    assert "- A till." in facts.section
    assert [(one.subject, one.tells_users) for one in facts.commits] == [
        ("Ring", True),
        ("Mend what nobody reads about", False),
    ]
    assert facts.changes is not None
    assert [(one.name, one.before, one.after) for one in facts.changes.dependencies] == [
        ("django", "5.2.0", "5.2.1")
    ]


def test_invoke_notes_prints_both_forms(project: Project) -> None:
    project.write(
        "tasks.py", "import sys\nsys.dont_write_bytecode = True\nfrom gateproof.tasks import namespace\n"
    )
    whole, page = (project.run("invoke", "notes", *more) for more in ((), ("--tag-page",)))
    (project.root / "tasks.py").unlink()

    assert (whole.returncode, page.returncode) == (0, 0), whole.stdout + page.stdout
    assert whole.stdout.startswith("# shop unreleased\n")
    assert "- Mend what nobody reads about (" in page.stdout
    assert page.stdout in whole.stdout


def test_a_changelog_without_the_section_and_a_shallow_clone_are_refused(
    project: Project, tmp_path: Path
) -> None:
    project.git("clone", "--quiet", "--depth=1", project.root.as_uri(), str(tmp_path / "shallow"))
    shallow = tmp_path / "shallow"
    with pytest.raises(UnknownError, match=r"what was released before\. This clone is shallow"):
        preview(shallow, load_settings(shallow), "HEAD", now=NOW)

    bare = Project.make(tmp_path / "bare", "", FILES | {"CHANGELOG.md": "# Changelog\n"})
    with pytest.raises(RefusedError, match="has no section Unreleased"):
        preview(bare.root, load_settings(bare.root), "HEAD", now=NOW)
